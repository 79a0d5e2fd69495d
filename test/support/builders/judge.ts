import {compact, pointer} from '../../../src/kube/edits.ts';
import {fieldErrorText} from '../../../src/kube/fieldError.ts';
import {type Json, printJson} from '../../../src/kube/json.ts';
import type {Policy} from '../../../src/kube/objects.ts';
import type {PodView} from '../../../src/kube/podView.ts';
import {lastRelease} from '../../../src/kube/release.ts';
import {
  editsOf,
  evaluate,
  type PreparedPolicy,
  preparePolicy,
} from '../../../src/policy/evaluate.ts';

const ready = new WeakMap<Policy, PreparedPolicy>();

/** The policy made ready, once. */
export function prepared(policy: Policy): PreparedPolicy {
  const known = ready.get(policy) ?? preparePolicy(policy, lastRelease);
  ready.set(policy, known);
  return known;
}

/** What one policy says of one pod, in the API server's words. */
export function errorsOf(policy: Policy, pod: PodView): readonly string[] {
  return evaluate(prepared(policy), pod).errors.map(fieldErrorText);
}

/** What one policy writes into one pod, by JSON pointer. */
export function writesOf(policy: Policy, pod: PodView): Readonly<Record<string, Json>> {
  const edits = editsOf(prepared(policy), pod);
  return Object.fromEntries(edits.map(({at, value}) => [pointer(at), compact(value)]));
}

/** Whether the policy lets the pod through, perhaps changed. */
export function lets(policy: Policy, pod: PodView): boolean {
  const {unusable} = prepared(policy);
  return unusable === undefined && evaluate(prepared(policy), pod).errors.length === 0;
}

/**
 * Whether the policy lets the pod through and changes no more of it than `open` does: there is one
 * change that every policy makes (the annotation for a pod-level seccomp field).
 */
export function leavesAlone(policy: Policy, pod: PodView, open: Policy): boolean {
  return lets(policy, pod) && sameWrites(policy, open, pod);
}

function sameWrites(one: Policy, other: Policy, pod: PodView): boolean {
  return printJson(writesOf(one, pod)) === printJson(writesOf(other, pod));
}
