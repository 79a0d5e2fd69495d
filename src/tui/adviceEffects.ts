import {adviceYaml} from '../report/advice.ts';
import {adviceNamed} from './lines.ts';
import {adviceProposal} from './proposals.ts';
import type {View} from './session.ts';
import type {Surroundings, Voice} from './voice.ts';

/** What the session does about advice. */
export interface AdviceEffects {
  writeAdvice(view: Extract<View, {name: 'advice'}>): void;
  proposeAdvice(view: Extract<View, {name: 'advice'}>): void;
  applyAdvice(view: Extract<View, {name: 'advice'}>): void;
}

/** The side effects of the views of advice. */
export function adviceEffects(
  {model, services, dispatch, refresh}: Surroundings,
  {say, showResult, askForFile, run, isReadOnly}: Voice,
): AdviceEffects {
  return {
    writeAdvice(view) {
      const advice = adviceNamed(model(), view);
      if (advice !== undefined) askForFile(view.policy, adviceYaml([advice], true));
    },
    proposeAdvice(view) {
      const advice = adviceNamed(model(), view);
      if (advice === undefined || isReadOnly()) return undefined;
      return run('dry run', async () => {
        const tried = await services.dryRunAdvice([advice]);
        const {lines, typed} = adviceProposal(advice, model(), tried.lines);
        dispatch({type: 'open', view: {name: 'text', title: 'Apply', lines}});
        if (!tried.ok) return say('bad', 'The server would refuse this');
        const {scope, policy} = view;
        dispatch({type: 'prompt', prompt: {kind: 'applyAdvice', scope, policy, text: '', typed}});
        return undefined;
      });
    },
    applyAdvice: view =>
      run('applying', async () => {
        const advice = adviceNamed(model(), view);
        if (advice === undefined) return;
        const result = await services.applyAdvice([advice]);
        dispatch({type: 'back'});
        showResult(result);
        if (result.ok) refresh();
      }),
  };
}
