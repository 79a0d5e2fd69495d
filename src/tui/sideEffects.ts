import {messageOf} from '../errors.ts';
import type {Inventory} from '../inventory/inventory.ts';
import {fieldErrorText} from '../kube/fieldError.ts';
import type {Policy} from '../kube/objects.ts';
import {sameSettings} from '../policy/direction.ts';
import {policyErrors} from '../policy/evaluate.ts';
import {adviceYaml} from '../report/advice.ts';
import {type Draft, isEdited} from './edit.ts';
import {adviceNamed, policyYaml} from './lines.ts';
import type {Model} from './model.ts';
import {adviceProposal, policyProposal} from './proposals.ts';
import type {Result, Services} from './services.ts';
import type {Action, Session, View} from './session.ts';
import {driftOf} from './state.ts';

/** The session's side effects: on files and on the cluster. Each one ends in a notice or a text. */
export interface SideEffects {
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

/** What the side effects need; asked for when one begins, so that it is current. */
export interface Surroundings {
  session(): Session;
  model(): Model;
  readonly services: Services;
  dispatch(action: Action): void;
  refresh(): void;
}

/** The side effects of a session in these surroundings. */
export function createSideEffects(around: Surroundings): SideEffects {
  const voice = voiceOf(around);
  return {
    ...policyEffects(around, voice),
    ...adviceEffects(around, voice),
    write: (path, content, force) =>
      voice.run('writing', async () => {
        const outcome = await around.services.writeFile(path, content, force);
        if (outcome === 'written') voice.say('good', `Wrote ${path}`);
        else around.dispatch({type: 'prompt', prompt: {kind: 'overwrite', path, content}});
      }),
  };
}

/** How side effects report progress and results. */
interface Voice {
  say(tone: 'good' | 'bad' | 'info', text: string): void;
  fail(title: string, lines: readonly string[]): void;
  showResult(result: Result): void;
  /** Asks for the file to write to. */
  askForFile(name: string, content: string): void;
  /** Runs something that takes time; what it throws is shown, all of it. */
  run(what: string, task: () => Promise<void>): void;
  /** Whether nothing can be applied; then it says why. */
  isReadOnly(): boolean;
}

function voiceOf({dispatch, services}: Surroundings): Voice {
  const say: Voice['say'] = (tone, text) => dispatch({type: 'notice', notice: {tone, text}});
  const fail: Voice['fail'] = (title, lines) => {
    dispatch({type: 'open', view: {name: 'text', title, lines}});
    say('bad', 'Failed; your edit is kept: Esc goes back to it');
  };
  return {
    say,
    fail,
    showResult({ok, lines}) {
      if (!ok) return fail('Not applied', lines);
      dispatch({type: 'open', view: {name: 'text', title: 'Applied', lines}});
      return say('good', lines[0] ?? 'done');
    },
    askForFile: (name, content) =>
      dispatch({type: 'prompt', prompt: {kind: 'write', text: `${name}.yaml`, content}}),
    run(what, task) {
      dispatch({type: 'busy', busy: what});
      void task()
        .catch((error: unknown) => fail(`Failed: ${what}`, [messageOf(error)]))
        .finally(() => dispatch({type: 'busy', busy: undefined}));
    },
    isReadOnly() {
      if (services.readOnly === undefined) return false;
      say('bad', `${services.readOnly}; w writes a file instead`);
      return true;
    },
  };
}

type PolicyEffects = Pick<SideEffects, 'writePolicy' | 'proposePolicy' | 'applyPolicy'>;

function policyEffects(
  {session, model, services, dispatch, refresh}: Surroundings,
  {say, fail, showResult, askForFile, run, isReadOnly}: Voice,
): PolicyEffects {
  const isInTheWay = (draft: Draft) => {
    const lines = driftLines(draft, model().inventory, session().drafts, services);
    if (lines !== undefined) fail('Not sent', lines);
    return lines !== undefined;
  };
  return {
    writePolicy: policy => askForFile(policy.metadata.name, policyYaml(policy)),
    proposePolicy(name) {
      const draft = session().drafts[name];
      if (draft === undefined || !isEdited(draft)) return say('info', 'Nothing is changed');
      if (isReadOnly() || isInTheWay(draft)) return undefined;
      const [error] = policyErrors(draft.now);
      if (error !== undefined) return say('bad', fieldErrorText(error));
      return run('dry run', async () => {
        const tried = await services.dryRunPolicy(upToDate(draft, model().inventory));
        const {lines, typed} = policyProposal(draft, model(), services, tried.lines);
        dispatch({type: 'open', view: {name: 'text', title: `Apply ${name}`, lines}});
        if (!tried.ok) return say('bad', 'The server would refuse this; your edit is kept');
        dispatch({type: 'prompt', prompt: {kind: 'apply', policy: name, text: '', typed}});
        return undefined;
      });
    },
    applyPolicy: name =>
      run('applying', async () => {
        const draft = session().drafts[name];
        if (draft === undefined) return;
        dispatch({type: 'back'});
        if (isInTheWay(draft)) return;
        const result = await services.applyPolicy(upToDate(draft, model().inventory));
        if (result.ok) {
          dispatch({type: 'discard', policy: name});
          refresh();
        }
        showResult(result);
      }),
  };
}

type AdviceEffects = Pick<SideEffects, 'writeAdvice' | 'proposeAdvice' | 'applyAdvice'>;

function adviceEffects(
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

/** The draft as it goes to the server: what others changed besides the controls is not a conflict. */
function upToDate({base, now}: Draft, {policies}: Inventory): Policy {
  const current = policies.find(({metadata}) => metadata.name === base.metadata.name);
  if (current === undefined || !sameSettings(current, base)) return now;
  const {resourceVersion} = current.metadata;
  return {...now, metadata: {...now.metadata, resourceVersion}};
}

/** Why a draft can't be sent: what happened to its policy in the meantime; undefined if it can. */
function driftLines(
  {base}: Draft,
  inventory: Inventory,
  drafts: Session['drafts'],
  services: Services,
): readonly string[] | undefined {
  const {name} = base.metadata;
  const drift = driftOf(name, drafts, inventory);
  const current = inventory.policies.find(({metadata}) => metadata.name === name);
  if (drift === 'gone' || (drift === 'changed' && current === undefined)) {
    return [
      `PodSecurityPolicy ${name} was deleted from the cluster after your edit began.`,
      'In the editor w writes your edit to a file; kubectl create -f recreates the policy.',
    ];
  }
  if (current === undefined || drift === undefined) return undefined;
  return [
    `PodSecurityPolicy ${name} was changed in the cluster after your edit began.`,
    'In the editor m puts your edit on top of it; then p asks again. What was changed there:',
    '',
    ...services.diff(policyYaml(base), policyYaml(current), name),
  ];
}
