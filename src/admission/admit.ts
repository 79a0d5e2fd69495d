import type {Objection} from '../controls/objection.ts';
import {validatedPolicyKey} from '../kube/annotations.ts';
import {type FieldError, fieldErrorText} from '../kube/fieldError.ts';
import {goQuote} from '../kube/goQuote.ts';
import type {PodView} from '../kube/podView.ts';
import {type Release, sinceRelease} from '../kube/release.ts';
import {admitsUnchanged, evaluate, type PreparedPolicy} from '../policy/evaluate.ts';
import type {Known} from '../rbac/possibleRights.ts';
import {byText} from '../text.ts';

/** Whose right to `use` a policy opens it for a pod; undefined where that is unknown. */
export interface Rights {
  readonly serviceAccount: Known;
  readonly requester: Known;
}

/** Whether somebody's right certainly opens the policy. */
export function isUsable({serviceAccount, requester}: Rights): boolean {
  return serviceAccount === true || requester === true;
}

/** Whether nobody's right certainly opens the policy, but an unknown one could. */
export function isPerhapsUsable(rights: Rights): boolean {
  return (
    !isUsable(rights) && (rights.serviceAccount === undefined || rights.requester === undefined)
  );
}

/** Tells whose right opens the policy for the pod at hand. */
export type RightsTo = (policyName: string) => Rights;

/** The result of trying one policy on the pod. */
export interface Candidate {
  readonly policy: PreparedPolicy;
  readonly rights: Rights;
  /** Whether the pod passes once its gaps are filled; false for an unusable policy. */
  readonly allowed: boolean;
  readonly mutates: boolean;
  readonly errors: readonly Objection[];
}

/** What a request does with a pod, as far as policies make a difference. */
export type Operation = 'CREATE' | 'UPDATE';

/** The policies in the order in which admission tries them, sorted once for many pods. */
export interface PolicySet {
  readonly ordered: readonly PreparedPolicy[];
  readonly byName: ReadonlyMap<string, PreparedPolicy>;
}

/** Sorted by the bytes of their names; those are ASCII, so code units do. */
export function policySet(policies: readonly PreparedPolicy[]): PolicySet {
  const ordered = [...policies].sort((a, b) => byText(a.name, b.name));
  return {ordered, byName: new Map(ordered.map(policy => [policy.name, policy]))};
}

/** What becomes of a pod. */
export type Ending =
  | {
      readonly kind: 'admitted';
      readonly chosen: Candidate;
      /** Whether only a live pod's own annotation tells that its creator may use the policy. */
      readonly isByAnnotation: boolean;
    }
  /** Where no policy is asked: Pod Security Admission lets it in. */
  | {readonly kind: 'passed'}
  /** `refusal`: why it is refused, in the API server's words; undefined if those are unknown. */
  | {
      readonly kind: 'denied';
      readonly refusal: string | undefined;
      /** What the pod names that is not there, for which another plugin refuses it. */
      readonly missing?: Missing;
    }
  | Invalid;

/** An object that a pod names and the cluster does not have. */
export interface Missing {
  readonly kind: 'RuntimeClass' | 'ServiceAccount';
  /** With its namespace, if it is of one. */
  readonly name: string;
}

/** The server refuses the pod by its own validation, whoever else would let it in. */
export interface Invalid {
  readonly kind: 'invalid';
  /** The policy that lets it in; undefined where no policy is asked. */
  readonly chosen: Candidate | undefined;
  readonly errors: readonly FieldError[];
  /** Whether the errors are in words of this program: those of the server are not known. */
  readonly isParaphrased?: boolean;
}

/** What an answer depends on, and what would be needed to know it. */
export interface Unknown {
  readonly about: string;
  readonly needs: string;
}

/** What admission decides about a pod: how that ends, or how it could. */
export type Decision =
  | Ending
  | {
      readonly kind: 'unknown';
      /** All possible endings; none where not even the policies are known. */
      readonly endings: readonly Ending[];
      readonly unknown: readonly Unknown[];
    };

/** The policy that lets the pod in; undefined if the decision is another one. */
export function chosenBy(decision: Decision): Candidate | undefined {
  return decision.kind === 'admitted' ? decision.chosen : undefined;
}

/** What the pod names that is not there, if it is refused for that. */
export function missingOf(decision: Decision): Missing | undefined {
  return decision.kind === 'denied' ? decision.missing : undefined;
}

/** Whether the pod gets in; undefined if that is unknown. */
export function isAdmitted(decision: Decision): Known {
  if (decision.kind !== 'unknown') return isGettingIn(decision);
  const {endings} = decision;
  return endings.length > 0 && endings.every(isGettingIn) ? true : undefined;
}

function isGettingIn({kind}: Ending): boolean {
  return kind === 'admitted' || kind === 'passed';
}

/**
 * Which policy admission chooses (plugin/pkg/admission/security/podsecuritypolicy/admission.go,
 * computeSecurityContext): the first by name that lets the pod through unchanged and that the service
 * account or the requester may use; failing that, on CREATE, the first that changes it.
 */
export function decide(
  pod: PodView,
  policies: PolicySet,
  rightsTo: RightsTo,
  operation: Operation = 'CREATE',
): Ending {
  let mutating: Candidate | undefined;
  let anyUsable = false;
  const failed: Candidate[] = [];
  for (const policy of orderOfTries(pod, policies, operation)) {
    if (policy.unusable !== undefined) continue;
    anyUsable = true;
    const rights = rightsTo(policy.name);
    if (!isUsable(rights)) continue;
    // Once a policy that changes the pod is found, another such policy makes no difference.
    if (mutating !== undefined && !admitsUnchanged(policy, pod)) continue;
    const candidate = candidateOf(policy, pod, rights);
    if (!candidate.allowed) failed.push(candidate);
    else if (!candidate.mutates) return admittedBy(candidate);
    else if (operation === 'CREATE') mutating ??= candidate;
  }
  if (mutating !== undefined) return admittedBy(mutating);
  return {kind: 'denied', refusal: refusalOf(failed, anyUsable, operation, pod.release)};
}

/** The ending for a pod that a policy lets in through a right. */
export function admittedBy(chosen: Candidate): Ending {
  return {kind: 'admitted', chosen, isByAnnotation: false};
}

/** The result of trying one policy, which is open to those named in `rights`, on a pod. */
export function candidateOf(policy: PreparedPolicy, pod: PodView, rights: Rights): Candidate {
  if (policy.unusable !== undefined) {
    return {policy, rights, allowed: false, mutates: false, errors: []};
  }
  const {mutates, errors} = evaluate(policy, pod);
  return {policy, rights, allowed: errors.length === 0, mutates, errors};
}

/**
 * The policies in the order in which admission tries them for a pod. On UPDATE the one that the pod's
 * annotation names comes first; the annotation gives no right to it.
 */
export function orderOfTries(
  pod: PodView,
  {ordered, byName}: PolicySet,
  operation: Operation,
): readonly PreparedPolicy[] {
  const hinted =
    operation === 'UPDATE' ? byName.get(pod.annotations[validatedPolicyKey] ?? '') : undefined;
  return hinted ? [hinted, ...ordered.filter(policy => policy !== hinted)] : ordered;
}

/** The plugin's words; the plugin joins those of several policies at random, here they come in the order tried. */
function refusalOf(
  failed: readonly Candidate[],
  anyUsable: boolean,
  operation: Operation,
  release: Release,
): string {
  const {prefix, says} = refusalWords(release);
  if (!anyUsable) return `${prefix}no providers available to validate pod request`;
  let texts = '';
  for (const {errors} of failed) {
    for (const error of errors) texts += (texts === '' ? '' : ' ') + fieldErrorText(error);
  }
  return `${prefix}${says[operation]}: [${texts}]`;
}

/** plugin/pkg/admission/security/podsecuritypolicy/admission.go, Admit and Validate. */
const refusalWords = sinceRelease<{
  readonly prefix: string;
  readonly says: Readonly<Record<Operation, string>>;
}>({
  16: {
    prefix: '',
    says: {
      CREATE: 'unable to validate against any pod security policy',
      UPDATE: 'unable to validate against any pod security policy',
    },
  },
  19: {
    prefix: 'PodSecurityPolicy: ',
    says: {CREATE: 'unable to admit pod', UPDATE: 'unable to validate pod'},
  },
});

/** The whole message of the 403, as the API server words it. `name` may be a generateName prefix. */
export function forbiddenMessage(name: string, refusal: string): string {
  return `pods ${goQuote(name || 'Unknown')} is forbidden: ${refusal}`;
}

/** The policies that could be chosen, where nobody knows which is. */
export function possiblePolicies(decision: Decision): readonly string[] {
  if (decision.kind !== 'unknown') return [];
  return decision.endings.flatMap(ending => policyOfEnding(ending)?.policy.name ?? []);
}

/** The policy that an ending is about; undefined if it is about none. */
export function policyOfEnding(ending: Ending): Candidate | undefined {
  return 'chosen' in ending ? ending.chosen : undefined;
}
