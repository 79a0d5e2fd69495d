import type {Submission} from '../inventory/submissions/submissions.ts';
import {applyEdits} from '../kube/edits.ts';
import {type PodView, viewOf} from '../kube/podView.ts';
import {orderOf} from '../policy/direction.ts';
import {evaluate, type PreparedPolicy} from '../policy/evaluate.ts';
import type {Grantee} from '../rbac/grantee.ts';
import {type Candidate, type Decision, isAdmitted, isUsable} from './admit.ts';
import type {Remark} from './reasons.ts';

/** A policy that would let the pod in if this subject could use it. */
export interface WayByUse {
  readonly policy: PreparedPolicy;
  readonly mutates: boolean;
  readonly to: Grantee;
  /** Whether another one of these ways opens less, and changes the pod no more. */
  readonly opensMore: boolean;
}

/** What to change in the pod so that a policy that it may use lets it in. */
export interface WayByChange {
  readonly policy: PreparedPolicy;
  readonly changes: readonly Remark[];
}

/** What would let a pod in that is not admitted for sure. Each way was tried, the server's validation included. */
export interface WaysOut {
  /** In the order of the tries. */
  readonly byUse: readonly WayByUse[];
  /** The one with the fewest changes. */
  readonly byChange: WayByChange | undefined;
}

/** What it takes to look for ways out. */
export interface WaysOutSource {
  readonly submission: Submission;
  /** Who is to get the right to use a policy; undefined if nobody knows whom to name. */
  readonly grantee: Grantee | undefined;
  readonly candidates: readonly Candidate[];
  /** The decision if the grantee could use the policy as well. */
  ifUsable(policy: PreparedPolicy): Decision;
  /** The decision about the same pod with this changed. */
  ifChanged(view: PodView): Decision;
}

/** Looks for all ways out. */
export function waysOutOf(source: WaysOutSource): WaysOut {
  return {byUse: waysByUse(source), byChange: wayByChange(source)};
}

function waysByUse({grantee, candidates, ifUsable}: WaysOutSource): readonly WayByUse[] {
  if (grantee === undefined) return [];
  const found = candidates.filter(
    ({policy, rights, allowed}) =>
      allowed && !isUsable(rights) && isAdmitted(ifUsable(policy)) === true,
  );
  return found.map(({policy, mutates}) => ({
    policy,
    mutates,
    to: grantee,
    opensMore: found.some(
      other =>
        (mutates || !other.mutates) &&
        orderOf(policy.policy, other.policy.policy, policy.release) === 'tighter',
    ),
  }));
}

function wayByChange({submission, candidates, ifChanged}: WaysOutSource): WayByChange | undefined {
  let best: WayByChange | undefined;
  for (const {policy, rights, errors} of candidates) {
    if (!isUsable(rights) || errors.length === 0) continue;
    const fitted = fittedTo(policy, submission.view);
    if (fitted === undefined || isAdmitted(ifChanged(fitted.view)) !== true) continue;
    const isFewer = best === undefined || fitted.changes.length < best.changes.length;
    if (isFewer) best = {policy, changes: fitted.changes};
  }
  return best;
}

/** More changes than any pod of a size that is seen needs. */
const mostChanges = 200;

/** The pod with one thing after the other fixed, until the policy finds nothing; undefined if some can't be. */
function fittedTo(
  policy: PreparedPolicy,
  submitted: PodView,
): {readonly view: PodView; readonly changes: readonly Remark[]} | undefined {
  // Debug containers come later, by requests of their own.
  const {spec} = submitted.pod;
  let view =
    spec.ephemeralContainers === undefined
      ? submitted
      : viewOf({...submitted.pod, spec: {...spec, ephemeralContainers: undefined}}, policy.release);
  const changes: Remark[] = [];
  while (changes.length < mostChanges) {
    const [first] = evaluate(policy, view).errors;
    if (first === undefined) return {view, changes};
    const fix = first.fix?.();
    if (fix === undefined) return undefined;
    changes.push({at: fix.isOfPod ? undefined : first.at, says: fix.says});
    view = viewOf(applyEdits(view.pod, fix.edits), policy.release);
  }
  return undefined;
}
