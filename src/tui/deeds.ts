import {messageOf} from '../errors.ts';
import {fieldErrorText} from '../kube/fieldError.ts';
import type {Policy} from '../kube/objects.ts';
import {policyErrors} from '../policy/evaluate.ts';
import {policyLevel} from '../policy/standard.ts';
import {adviceYaml} from '../report/advice.ts';
import {nameOf} from '../report/why.ts';
import {isEdited} from './edit.ts';
import {impactText} from './impact.ts';
import {adviceNamed, policyYaml} from './lines.ts';
import type {Model} from './model.ts';
import type {Result, Services} from './services.ts';
import type {Action, Session, View} from './session.ts';
import {impactOfDraft, policyOf} from './state.ts';

/** What the session does to the world: files and the cluster. Each one ends in a notice or a text. */
export interface Deeds {
  writePolicy(policy: Policy): void;
  writeAdvice(view: Extract<View, {name: 'advice'}>): void;
  /** Writes a file; asks before it overwrites one. */
  write(path: string, content: string, force: boolean): void;
  /** Dry run, difference and impact, then a question. */
  proposePolicy(name: string): void;
  applyPolicy(name: string): void;
  proposeAdvice(view: Extract<View, {name: 'advice'}>): void;
  applyAdvice(view: Extract<View, {name: 'advice'}>): void;
}

/** How many names of denied pods the last question lists. */
const namesShown = 8;

/** What the deeds are done with; asked for when one begins, so that it is as it is then. */
export interface Surroundings {
  session(): Session;
  model(): Model;
  readonly services: Services;
  dispatch(action: Action): void;
  refresh(): void;
}

export function createDeeds({session, model, services, dispatch, refresh}: Surroundings): Deeds {
  const say = (tone: 'good' | 'bad' | 'info', text: string) =>
    dispatch({type: 'notice', notice: {tone, text}});
  /** Runs something that takes time; what it throws becomes a notice. */
  const run = (what: string, task: () => Promise<void>) => {
    dispatch({type: 'busy', busy: what});
    void task()
      .catch((error: unknown) => say('bad', messageOf(error)))
      .finally(() => dispatch({type: 'busy', busy: undefined}));
  };
  const ask = (name: string, content: string) =>
    dispatch({type: 'prompt', prompt: {kind: 'write', text: `${name}.yaml`, content}});
  const isReadOnly = () => {
    if (services.readOnly === undefined) return false;
    say('bad', `${services.readOnly}; w writes a file instead`);
    return true;
  };
  const showResult = (title: string, result: Result) => {
    dispatch({type: 'open', view: {name: 'text', title, lines: result.lines}});
    if (result.ok) say('good', result.lines[0] ?? 'done');
    else say('bad', 'Nothing is lost: your edit is kept');
  };
  return {
    writePolicy: policy => ask(policy.metadata.name, policyYaml(policy)),
    writeAdvice(view) {
      const advice = adviceNamed(model(), view);
      if (advice !== undefined) ask(view.policy, adviceYaml([advice], true));
    },
    write: (path, content, force) =>
      run('writing', async () => {
        const outcome = await services.writeFile(path, content, force);
        if (outcome === 'written') say('good', `Wrote ${path}`);
        else dispatch({type: 'prompt', prompt: {kind: 'overwrite', path, content}});
      }),
    proposePolicy(name) {
      const draft = session().drafts[name];
      if (draft === undefined || !isEdited(draft)) return say('info', 'Nothing is changed');
      if (isReadOnly()) return undefined;
      const errors = policyErrors(draft.now);
      const [first] = errors;
      if (first !== undefined) return say('bad', fieldErrorText(first));
      return run('dry run', async () => {
        const tried = await services.dryRunPolicy(draft.now);
        const lines = proposalLines(draft, model(), services, tried);
        dispatch({type: 'open', view: {name: 'text', title: `Apply ${name}`, lines}});
        if (!tried.ok) return say('bad', 'The server would refuse this');
        const typed =
          impactOfDraft(model(), draft.now).denied.length > 0 || becomesOpen(draft.base, draft.now);
        dispatch({type: 'prompt', prompt: {kind: 'apply', policy: name, text: '', typed}});
        return undefined;
      });
    },
    applyPolicy: name =>
      run('applying', async () => {
        const policy = policyOf(name, session().drafts, model().inventory);
        if (policy === undefined) return;
        const result = await services.applyPolicy(policy.now);
        dispatch({type: 'back'});
        if (result.ok) {
          dispatch({type: 'discard', policy: name});
          refresh();
        }
        showResult(result.ok ? 'Applied' : 'Not applied', result);
      }),
    proposeAdvice(view) {
      const advice = adviceNamed(model(), view);
      if (advice === undefined || isReadOnly()) return undefined;
      return run('dry run', async () => {
        const tried = await services.dryRunAdvice([advice]);
        const lines = [...tried.lines, '', ...adviceYaml([advice], true).split('\n')];
        dispatch({type: 'open', view: {name: 'text', title: 'Apply', lines}});
        if (!tried.ok) return say('bad', 'The server would refuse this');
        const prompt = {kind: 'applyAdvice', scope: view.scope, policy: view.policy} as const;
        dispatch({type: 'prompt', prompt});
        return undefined;
      });
    },
    applyAdvice: view =>
      run('applying', async () => {
        const advice = adviceNamed(model(), view);
        if (advice === undefined) return;
        const result = await services.applyAdvice([advice]);
        dispatch({type: 'back'});
        showResult('Applied', result);
        if (result.ok) refresh();
      }),
  };
}

/** Whether a policy that restricted its pods no longer does: worth typing its name. */
function becomesOpen(before: Policy, after: Policy): boolean {
  return policyLevel(before) === 'restricted' && policyLevel(after) !== 'restricted';
}

function proposalLines(
  {base, now}: {readonly base: Policy; readonly now: Policy},
  model: Model,
  services: Services,
  tried: Result,
): readonly string[] {
  const impact = impactOfDraft(model, now);
  const denied = impact.denied.map(({before}) => `${before.item.namespace}/${nameOf(before.item)}`);
  const more = denied.length - namesShown;
  return [
    ...tried.lines,
    `Impact: ${impactText(impact)}`,
    ...denied.slice(0, namesShown).map(name => `  denied: ${name}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    '',
    ...services.diff(policyYaml(base), policyYaml(now), now.metadata.name),
  ];
}
