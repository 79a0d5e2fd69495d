import type {Key} from 'ink';
import {isUsable} from '../admission/admit.ts';
import type {Verdict} from '../admission/judgement.ts';
import type {MadeChange} from '../apply/reverse.ts';
import type {Control} from '../controls/control.ts';
import {controlById, controls, isControlId} from '../controls/index.ts';
import {firstImpact} from '../effect/impact.ts';
import type {Policy} from '../kube/objects.ts';
import {loosenedFor} from '../policy/loosen.ts';
import {type Context, inform} from './context.ts';
import {impactOfDraft} from './draftImpact.ts';
import {nextStep} from './edit.ts';
import type {View} from './session.ts';
import {driftOf, policyOf} from './state.ts';
import {accountWord, noRights, podOf, verdictNamed} from './waysIn.ts';

/** The keys of the editor; says whether it knew the key. */
export function editorKey(
  input: string,
  key: Key,
  context: Context,
  {policy: name, item}: Extract<View, {name: 'policy'}>,
): boolean {
  const {session, model, shown, dispatch} = context;
  const policy = policyOf(name, session.drafts, model.inventory);
  const id = shown.rows[shown.cursor]?.key;
  if (policy === undefined || id === undefined || !isControlId(id)) return false;
  const edit = (now: Policy) => dispatch({type: 'edit', base: policy.base, now});
  const verdict = item === undefined ? undefined : verdictNamed(model, item);
  const editing = {context, name, verdict, control: controlById[id], ...policy, edit};
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
  /** What the policy is edited for. */
  readonly verdict: Verdict | undefined;
  readonly control: Control;
  readonly base: Policy;
  readonly now: Policy;
  edit(now: Policy): void;
}

/** One step of the row's control. */
function walk({context, control, now, edit}: Editing, direction: 'tighter' | 'looser'): void {
  const step = nextStep(control, now, direction, context.model.inventory.release);
  if (step !== undefined) edit(step.value);
  else inform(context, `${control.title}: no ${direction} step from here; Enter sets exact values`);
}

/** What the letters do in the editor; false where one has nothing to do. */
const editorKeys: Readonly<Record<string, (editing: Editing) => false | undefined>> = {
  a({context, name, verdict, now, edit}) {
    if (verdict !== undefined) {
      edit(loosenedFor(now, podOf(verdict.item)));
      const isOpen = isUsable(verdict.candidate(name)?.rights ?? noRights);
      if (!isOpen) inform(context, `It may not use ${name} yet: b binds it`);
      return undefined;
    }
    const least = context.model.leastFor(name);
    if (least === undefined) {
      inform(context, 'No pod is known to use this policy, so what is needed is unknown');
    } else edit(controls.reduce((policy, each) => each.copy(least, policy), now));
    return undefined;
  },
  b({context, name, verdict}) {
    const subject = verdict && accountWord(verdict.item);
    if (subject !== undefined) context.sideEffects.proposeBind(name, subject);
    else context.dispatch({type: 'prompt', prompt: {kind: 'bind', text: '', policy: name}});
    return undefined;
  },
  u({context, name}) {
    const {session, dispatch, sideEffects} = context;
    const applied = session.applied.findLast(({made}) => made.some(isOf(name)));
    if ((session.drafts[name]?.past.length ?? 0) > 0) dispatch({type: 'undo', policy: name});
    else if (applied !== undefined) sideEffects.proposeUndo(applied);
    else inform(context, 'There is nothing to undo');
    return undefined;
  },
  U: ({context, name}) => void context.dispatch({type: 'redo', policy: name}),
  x: ({control, base, now, edit}) => void edit(control.copy(base, now)),
  t: ({context, name}) =>
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

/** Whether what was applied is of this policy. */
function isOf(policy: string): (made: MadeChange) => boolean {
  return ({change}) => change.kind === 'PodSecurityPolicy' && change.name === policy;
}
