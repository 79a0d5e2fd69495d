import {adviceYaml} from '../report/advice.ts';
import {adviceNamed} from './lines.ts';
import type {ProposalEffects} from './proposalEffects.ts';
import type {View} from './session.ts';
import type {Surroundings, Voice} from './voice.ts';

/** What the session does about advice. */
export interface AdviceEffects {
  writeAdvice(view: Extract<View, {name: 'advice'}>): void;
  proposeAdvice(view: Extract<View, {name: 'advice'}>): void;
}

/** The side effects of the views of advice. */
export function adviceEffects(
  {model}: Surroundings,
  {askForFile}: Voice,
  {propose}: ProposalEffects,
): AdviceEffects {
  return {
    writeAdvice(view) {
      const advice = adviceNamed(model(), view);
      if (advice !== undefined) askForFile(view.policy, adviceYaml([advice], true));
    },
    proposeAdvice(view) {
      const advice = adviceNamed(model(), view);
      if (advice === undefined) return;
      propose({
        title: `Apply ${view.policy}`,
        question: `Create ${view.policy} and its grant?`,
        name: view.policy,
        wanted: {kind: 'advice', advices: [advice]},
        details: adviceYaml([advice], true).trimEnd().split('\n'),
      });
    },
  };
}
