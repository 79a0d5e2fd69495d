import {profileKeys, specKeys} from '../apply/sameMeaning.ts';
import type {Control, ValueStep} from '../controls/control.ts';
import {controls} from '../controls/index.ts';
import type {Policy} from '../kube/objects.ts';
import type {Release} from '../kube/release.ts';
import {directionOf, sameSettings} from '../policy/direction.ts';

/** A policy under the editor: where it began, and the way to what it is now. */
export interface Draft {
  /** As it was read when the edit began. */
  readonly base: Policy;
  readonly past: readonly Policy[];
  readonly now: Policy;
  readonly future: readonly Policy[];
}

export function draftOf(base: Policy): Draft {
  return {base, past: [], now: base, future: []};
}

/** The draft with a new present; nothing happens if it says the same. */
export function change(draft: Draft, now: Policy): Draft {
  if (sameSettings(draft.now, now)) return draft;
  const past = [...draft.past, draft.now];
  return {...draft, past, now: spelledLike(draft.base, now), future: []};
}

export function undo(draft: Draft): Draft {
  const now = draft.past.at(-1);
  if (now === undefined) return draft;
  return {...draft, past: draft.past.slice(0, -1), now, future: [draft.now, ...draft.future]};
}

export function redo(draft: Draft): Draft {
  const [now, ...future] = draft.future;
  if (now === undefined) return draft;
  return {...draft, past: [...draft.past, draft.now], now, future};
}

/** The same edit of another version of the policy: the controls that it changed are put on top. */
export function rebase({base, now}: Draft, onto: Policy): Draft {
  const next = controls.reduce(
    (policy, control) =>
      control.describe(base) === control.describe(now) ? policy : control.copy(now, policy),
    onto,
  );
  const past = sameSettings(onto, next) ? [] : [onto];
  return {base: onto, past, now: spelledLike(onto, next), future: []};
}

/**
 * A policy in the words of another where they mean the same, so that the difference of the two has nothing
 * but what is different: `hostPID: false` and none at all, or a list in another order.
 */
function spelledLike(base: Policy, now: Policy): Policy {
  if (sameSettings(base, now)) return base;
  const field = (policy: Policy, key: string): Policy => {
    const value = (base.spec as Readonly<Record<string, unknown>>)[key];
    return {...policy, spec: {...policy.spec, [key]: value}};
  };
  const annotation = (policy: Policy, key: string): Policy => {
    const annotations = {...policy.metadata.annotations};
    const old = base.metadata.annotations?.[key];
    if (old === undefined) delete annotations[key];
    else annotations[key] = old;
    return {...policy, metadata: {...policy.metadata, annotations}};
  };
  const tries = [
    ...specKeys.map(key => (policy: Policy) => field(policy, key)),
    ...profileKeys.map(key => (policy: Policy) => annotation(policy, key)),
  ];
  return tries.reduce((policy, spelled) => {
    const next = spelled(policy);
    return sameSettings(policy, next) ? next : policy;
  }, now);
}

export function isEdited({base, now}: Draft): boolean {
  return !sameSettings(base, now);
}

/**
 * The smallest step of a control in one direction: of those that lead there, one that no other lies
 * before. undefined at the end of the way.
 */
export function nextStep(
  control: Control,
  policy: Policy,
  direction: 'tighter' | 'looser',
  release: Release,
): ValueStep<Policy> | undefined {
  const steps = control
    .steps(policy, release)
    .filter(({value}) => directionOf(control, policy, value, release) === direction);
  const nearer = direction === 'tighter' ? 'looser' : 'tighter';
  return steps.find(
    ({value}) => !steps.some(other => directionOf(control, value, other.value, release) === nearer),
  );
}
