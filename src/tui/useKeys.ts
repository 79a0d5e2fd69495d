import {type Key, useApp, useInput, usePaste} from 'ink';
import {scopes} from '../advice/scope.ts';
import type {Control} from '../controls/control.ts';
import {controlById, controls, isControlId} from '../controls/index.ts';
import {firstImpact, type ImpactKind, impactKinds} from '../effect/impact.ts';
import {itemKey} from '../inventory/submissions/items.ts';
import type {Policy} from '../kube/objects.ts';
import {nextStep} from './edit.ts';
import type {Model} from './model.ts';
import type {Services} from './services.ts';
import {type Action, editedDrafts, type Frame, type Session, topOf, type View} from './session.ts';
import type {SideEffects} from './sideEffects.ts';
import {driftOf, impactOfDraft, policyOf, type Shown} from './state.ts';

/** What the session ends with after Ctrl-C. */
export const interrupted = 'interrupted';

/** What a key may need to know and to do. */
export interface Context {
  readonly session: Session;
  readonly model: Model;
  readonly shown: Shown;
  /** How many lines the middle of the screen has. */
  readonly page: number;
  /** How far the text in view scrolls; 0 if it is no text. */
  readonly lastScroll: number;
  dispatch(action: Action): void;
  readonly sideEffects: SideEffects;
  readonly services: Services;
  refresh(): void;
}

/** The keys of all views but those that take their own (values, guide, prompts). */
export function useKeys(contextNow: () => Context, suspend: () => void): void {
  const {exit} = useApp();
  useInput((input, key) => {
    const context = contextNow();
    const {session, dispatch} = context;
    const {view} = topOf(session);
    const quit = (reason?: typeof interrupted) => {
      const isAsking = session.prompt?.kind === 'quit';
      if (editedDrafts(session).length === 0 || isAsking) exit(reason);
      else dispatch({type: 'prompt', prompt: {kind: 'quit'}});
    };
    if (key.ctrl && input === 'c') return quit(interrupted);
    if (key.ctrl && input === 'z') return suspend();
    if (key.ctrl || key.meta || session.busy !== undefined) return undefined;
    if (session.prompt !== undefined) {
      // What is to be applied can be read while the question stands.
      const isProposal = session.prompt.kind === 'apply' || session.prompt.kind === 'applyAdvice';
      if (isProposal && input === '') move('', key, context, topOf(session));
      return undefined;
    }
    if (view.name === 'values') return undefined;
    if (input === 'q') return quit();
    if (view.name === 'walk') return generalKey(input, context);
    return onKey(input, key, context);
  });
  // What is pasted is text, not keys: it goes where something is typed, and nowhere else.
  usePaste(() => {
    const context = contextNow();
    if (context.session.prompt !== undefined || topOf(context.session).view.name === 'values')
      return;
    inform(context, 'Text can be pasted where something is typed: after / and :');
  });
}

function onKey(input: string, key: Key, context: Context): void {
  const {session, dispatch, refresh} = context;
  const frame = topOf(session);
  if (move(input, key, context, frame)) return;
  if (viewKey(input, key, context, frame.view)) return;
  if (key.escape || key.backspace) {
    if (frame.filter !== '') dispatch({type: 'filter', text: ''});
    else dispatch({type: 'back'});
  } else if (key.return) {
    const enter = context.shown.rows[context.shown.cursor]?.enter;
    if (enter !== undefined) dispatch({type: 'open', view: enter});
  } else if (input === 'r') refresh();
  else if (input === '/' && context.shown.table !== undefined) {
    dispatch({type: 'prompt', prompt: {kind: 'filter'}});
  } else if (input === 's' && context.shown.table !== undefined) {
    dispatch({type: 'sort', columns: context.shown.table.columns.length});
  } else generalKey(input, context);
}

function generalKey(input: string, {dispatch}: Context): void {
  if (input === '?') dispatch({type: 'open', view: {name: 'help'}});
  else if (input === ':') dispatch({type: 'prompt', prompt: {kind: 'jump', text: ''}});
}

/** Moves the cursor or scrolls; says whether the key was one for that. */
function move(input: string, key: Key, context: Context, frame: Frame): boolean {
  const {shown, page, lastScroll, dispatch} = context;
  const distance = distanceOf(input, key, page);
  if (distance === undefined) return false;
  if (shown.table === undefined) {
    const to = Math.max(0, Math.min(lastScroll, Math.min(frame.scroll, lastScroll) + distance));
    dispatch({type: 'scroll', to});
    return true;
  }
  const place = Math.max(0, Math.min(shown.rows.length - 1, shown.cursor + distance));
  dispatch({type: 'select', key: shown.rows[place]?.key, place});
  return true;
}

function distanceOf(input: string, key: Key, page: number): number | undefined {
  if (key.upArrow || input === 'k') return -1;
  if (key.downArrow || input === 'j') return 1;
  if (key.pageUp) return -page;
  if (key.pageDown || input === ' ') return page;
  if (key.home) return -Infinity;
  if (key.end || input === 'G') return Infinity;
  return undefined;
}

/** The keys of one view; says whether it knew the key. */
function viewKey(input: string, key: Key, context: Context, view: View): boolean {
  switch (view.name) {
    case 'namespaces':
    case 'accounts':
      return listKey(input, context, view);
    case 'policies': {
      const policy = context.shown.rows[context.shown.cursor]?.key;
      if (input !== 'b' || policy === undefined) return false;
      context.dispatch({type: 'open', view: {name: 'pods', policy}});
      return true;
    }
    case 'why':
      return whyKey(input, context, view);
    case 'policy':
      return editorKey(input, key, context, view.policy);
    case 'impact': {
      const show = (kind: ImpactKind) => context.dispatch({type: 'replace', view: {...view, kind}});
      const named = impactKinds[Number.parseInt(input, 10) - 1];
      if (named !== undefined) show(named);
      return named !== undefined || turn(key, impactKinds, view.kind, show);
    }
    case 'advise':
      return turn(key, scopes, view.scope, scope =>
        context.dispatch({type: 'replace', view: {...view, scope}}),
      );
    case 'advice':
      if (input === 'w') context.sideEffects.writeAdvice(view);
      else if (input === 'p') context.sideEffects.proposeAdvice(view);
      else return false;
      return true;
    default:
      return false;
  }
}

function listKey(
  input: string,
  {shown, dispatch}: Context,
  view: Extract<View, {name: 'namespaces' | 'accounts'}>,
): boolean {
  if (input !== 'a') return false;
  const namespace = view.name === 'accounts' ? view.namespace : shown.rows[shown.cursor]?.key;
  dispatch({type: 'open', view: {name: 'advise', scope: 'service-account', namespace}});
  return true;
}

function whyKey(
  input: string,
  {model, dispatch}: Context,
  {item}: Extract<View, {name: 'why'}>,
): boolean {
  if (input !== 'e') return false;
  const verdict = model.verdicts.find(verdict => itemKey(verdict.item) === item);
  const policy = verdict?.chosen?.policy.name;
  if (policy !== undefined) dispatch({type: 'open', view: {name: 'policy', policy}});
  else dispatch({type: 'open', view: {name: 'policies'}});
  return true;
}

/** Left and right among a few values, round and round. */
function turn<T>(
  {leftArrow, rightArrow}: Key,
  values: readonly T[],
  now: T,
  set: (value: T) => void,
): boolean {
  if (!leftArrow && !rightArrow) return false;
  const place = (values.indexOf(now) + (rightArrow ? 1 : values.length - 1)) % values.length;
  const value = values[place];
  if (value !== undefined) set(value);
  return true;
}

function editorKey(input: string, key: Key, context: Context, name: string): boolean {
  const {session, model, shown, dispatch} = context;
  const policy = policyOf(name, session.drafts, model.inventory);
  const id = shown.rows[shown.cursor]?.key;
  if (policy === undefined || id === undefined || !isControlId(id)) return false;
  const edit = (now: Policy) => dispatch({type: 'edit', base: policy.base, now});
  const editing = {context, name, control: controlById[id], ...policy, edit};
  if (key.leftArrow || key.rightArrow) {
    walk(editing, key.leftArrow ? 'tighter' : 'looser');
    return true;
  }
  return Object.hasOwn(editorKeys, input) && editorKeys[input]?.(editing) !== false;
}

/** The policy under the editor and the row that the cursor is on. */
interface Editing {
  readonly context: Context;
  readonly name: string;
  readonly control: Control;
  readonly base: Policy;
  readonly now: Policy;
  edit(now: Policy): void;
}

/** One step of the row's control. */
function walk({context, control, now, edit}: Editing, direction: 'tighter' | 'looser'): void {
  const step = nextStep(control, now, direction);
  if (step !== undefined) edit(step.value);
  else inform(context, `${control.title}: no ${direction} step from here; Enter sets exact values`);
}

function inform({dispatch}: Context, text: string): void {
  dispatch({type: 'notice', notice: {tone: 'info', text}});
}

/** What the letters do in the editor; false where one has nothing to do. */
const editorKeys: Readonly<Record<string, (editing: Editing) => false | undefined>> = {
  a({context, name, now, edit}) {
    const least = context.model.leastFor(name);
    if (least === undefined) {
      inform(context, 'No pod is known to use this policy, so what is needed is unknown');
    } else edit(controls.reduce((policy, each) => each.copy(least, policy), now));
    return undefined;
  },
  u: ({context, name}) => void context.dispatch({type: 'undo', policy: name}),
  U: ({context, name}) => void context.dispatch({type: 'redo', policy: name}),
  x: ({control, base, now, edit}) => void edit(control.copy(base, now)),
  g: ({context, name}) =>
    void context.dispatch({type: 'open', view: {name: 'walk', policy: name, step: 0}}),
  i({context, name, now}) {
    const kind = firstImpact(impactOfDraft(context.model, now));
    context.dispatch({type: 'open', view: {name: 'impact', policy: name, kind}});
    return undefined;
  },
  m({context, name}) {
    const {session, model, dispatch} = context;
    const current = model.inventory.policies.find(({metadata}) => metadata.name === name);
    if (current === undefined || driftOf(name, session.drafts, model.inventory) === undefined) {
      return false;
    }
    dispatch({type: 'rebase', onto: current});
    const text = "Your edit is now on top of the cluster's policy: d shows it";
    dispatch({type: 'notice', notice: {tone: 'good', text}});
    return undefined;
  },
  d: ({context, name}) => void context.dispatch({type: 'open', view: {name: 'diff', policy: name}}),
  w: ({context, now}) => void context.sideEffects.writePolicy(now),
  p: ({context, name}) => void context.sideEffects.proposePolicy(name),
};
