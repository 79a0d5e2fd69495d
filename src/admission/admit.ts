import {validatedPolicyKey} from '../kube/annotations.ts';
import {type FieldError, fieldErrorText} from '../kube/fieldError.ts';
import {goQuote} from '../kube/goQuote.ts';
import type {PodView} from '../kube/podView.ts';
import {admitsUnchanged, evaluate, type PreparedPolicy} from '../policy/evaluate.ts';
import {byText} from '../text.ts';

/** Whose right to `use` a policy opens it for a pod. */
export interface Rights {
  readonly serviceAccount: boolean;
  readonly requester: boolean;
}

/** Whether anybody's right opens the policy. */
export function isUsable({serviceAccount, requester}: Rights): boolean {
  return serviceAccount || requester;
}

/** Tells whose right opens the policy for the pod at hand. */
export type RightsTo = (policyName: string) => Rights;

/** What became of one policy when the pod was held against it. */
export interface Candidate {
  readonly policy: PreparedPolicy;
  readonly rights: Rights;
  /** Whether the pod passes once its gaps are filled; false for an unusable policy. */
  readonly allowed: boolean;
  readonly mutates: boolean;
  readonly errors: readonly FieldError[];
}

export type Operation = 'CREATE' | 'UPDATE';

/** The policies in the order in which admission tries them, made once for many pods. */
export interface PolicySet {
  readonly ordered: readonly PreparedPolicy[];
  readonly byName: ReadonlyMap<string, PreparedPolicy>;
}

/** Sorted by the bytes of their names; those are ASCII, so code units do. */
export function policySet(policies: readonly PreparedPolicy[]): PolicySet {
  const ordered = [...policies].sort((a, b) => byText(a.name, b.name));
  return {ordered, byName: new Map(ordered.map(policy => [policy.name, policy]))};
}

/** Which policy a pod binds to, if any. */
export interface Decision {
  readonly chosen: Candidate | undefined;
  /** Why nothing fits, in the API server's words; undefined if something does. */
  readonly refusal: string | undefined;
}

/**
 * Which policy admission chooses (plugin/pkg/admission/security/podsecuritypolicy/admission.go,
 * computeSecurityContext): the first by name that lets the pod through unchanged and that the service
 * account or the requester may use; on CREATE failing that, the first that changes it.
 */
export function decide(
  pod: PodView,
  policies: PolicySet,
  rightsTo: RightsTo,
  operation: Operation = 'CREATE',
): Decision {
  return choose(
    orderFor(pod, policies, operation),
    operation,
    (policy, _index, mustBeUnchanged) => {
      const rights = rightsTo(policy.name);
      if (!isUsable(rights)) return undefined;
      if (mustBeUnchanged && !admitsUnchanged(policy, pod)) return undefined;
      return candidateOf(policy, pod, rights);
    },
  );
}

/** The same, together with how every policy fared, in the order in which they are tried. */
export function explain(
  pod: PodView,
  policies: PolicySet,
  rightsTo: RightsTo,
  operation: Operation = 'CREATE',
): Decision & {readonly candidates: readonly Candidate[]} {
  const ordered = orderFor(pod, policies, operation);
  const candidates = ordered.map(policy => candidateOf(policy, pod, rightsTo(policy.name)));
  return {...choose(ordered, operation, (_policy, index) => candidates[index]), candidates};
}

/** How a policy fares with a pod, of those who may use it by `rights`. */
export function candidateOf(policy: PreparedPolicy, pod: PodView, rights: Rights): Candidate {
  if (policy.unusable !== undefined) {
    return {policy, rights, allowed: false, mutates: false, errors: []};
  }
  const {mutates, errors} = evaluate(policy, pod);
  return {policy, rights, allowed: errors.length === 0, mutates, errors};
}

/** On UPDATE the policy that the pod's annotation names is tried first; it gives no right to it. */
function orderFor(
  pod: PodView,
  {ordered, byName}: PolicySet,
  operation: Operation,
): readonly PreparedPolicy[] {
  const hinted =
    operation === 'UPDATE' ? byName.get(pod.annotations[validatedPolicyKey] ?? '') : undefined;
  return hinted ? [hinted, ...ordered.filter(policy => policy !== hinted)] : ordered;
}

/**
 * Gives how a policy fared; undefined if that makes no difference, as that of a policy that changes the
 * pod does not once one like it is found (`mustBeUnchanged`).
 */
type Try = (
  policy: PreparedPolicy,
  index: number,
  mustBeUnchanged: boolean,
) => Candidate | undefined;

function choose(
  ordered: readonly PreparedPolicy[],
  operation: Operation,
  candidateFor: Try,
): Decision {
  let mutating: Candidate | undefined;
  let anyUsable = false;
  const failed: Candidate[] = [];
  for (const [index, policy] of ordered.entries()) {
    if (policy.unusable !== undefined) continue;
    anyUsable = true;
    const candidate = candidateFor(policy, index, mutating !== undefined);
    if (candidate === undefined || !isUsable(candidate.rights)) continue;
    if (!candidate.allowed) failed.push(candidate);
    else if (!candidate.mutates) return {chosen: candidate, refusal: undefined};
    else if (operation === 'CREATE') mutating ??= candidate;
  }
  if (mutating) return {chosen: mutating, refusal: undefined};
  return {chosen: undefined, refusal: refusalOf(failed, anyUsable, operation)};
}

/** The plugin's words; between policies the plugin's order is random, here it is that of the tries. */
function refusalOf(failed: readonly Candidate[], anyUsable: boolean, operation: Operation): string {
  if (!anyUsable) return 'PodSecurityPolicy: no providers available to validate pod request';
  const verb = operation === 'CREATE' ? 'admit' : 'validate';
  const texts = failed.flatMap(({errors}) => errors.map(fieldErrorText));
  return `PodSecurityPolicy: unable to ${verb} pod: [${texts.join(' ')}]`;
}

/** The whole message of the 403, as the API server words it. `name` may be a generateName prefix. */
export function forbiddenMessage(name: string, refusal: string): string {
  return `pods ${goQuote(name || 'Unknown')} is forbidden: ${refusal}`;
}
