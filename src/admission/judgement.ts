import type {Item} from '../inventory/submissions/items.ts';
import type {Submission} from '../inventory/submissions/submissions.ts';
import {type Edit, type PatchOperation, patchOf} from '../kube/edits.ts';
import type {Pod} from '../kube/pod.ts';
import type {PodView} from '../kube/podView.ts';
import type {PodSecurityAnswer} from '../podSecurity/answer.ts';
import {editsOf, type PreparedPolicy} from '../policy/evaluate.ts';
import type {Grantee} from '../rbac/grantee.ts';
import {
  type Candidate,
  chosenBy,
  type Decision,
  forbiddenMessage,
  isAdmitted,
  type Rights,
  type Unknown,
} from './admit.ts';
import type {SubmissionRights, Via} from './rights.ts';
import {invalidMessage} from './validation.ts';
import {type WaysOut, waysOutOf} from './waysOut.ts';

/** What can be said about a pod; the first that is true counts. */
export const verdictStates = ['denied', 'unknown', 'mutated', 'drifted', 'warned', 'ok'] as const;
export type State = (typeof verdictStates)[number];

/**
 * What admission does with a submission. The decision is there from the start; what explains it is computed
 * when it is first asked for.
 */
export interface Judgement {
  readonly decision: Decision;
  /** Whether it gets in; undefined if that depends on what is not known. */
  readonly allowed: boolean | undefined;
  /** The policy that lets it in; undefined if none does, or if it is unknown which. */
  readonly chosen: Candidate | undefined;
  /** What the answer depends on; empty if it is known. */
  readonly unknown: readonly Unknown[];
  /** Whether only the annotation of a live pod tells that its creator may use the chosen policy. */
  readonly isByAnnotation: boolean;
  /** The ways in which the chosen policy is open to it. */
  readonly via: readonly Via[];
  /** What the chosen policy writes into the submitted pod. */
  readonly edits: readonly Edit[];
  /** The same as a JSON patch of the submitted pod. */
  readonly changes: readonly PatchOperation[];
  /** The API server's whole message; undefined if the pod is admitted, or if the words are unknown. */
  readonly message: string | undefined;
  /** The name of the requester; undefined if it is unknown. */
  readonly requester: string | undefined;
  /** Whether the caller stood in for the unknown creator. */
  readonly judgedForCaller: boolean;
  /** How many policies admission tries: those that rights open to it and that admission can work with. */
  readonly tried: number;
  /** The results of all policies, in the order in which admission tries them. */
  readonly candidates: readonly Candidate[];
  /** The results of the policies that rights open to it, in that order. */
  readonly granted: readonly Candidate[];
  /** What would let it in; nothing for one that is admitted for sure. */
  readonly waysOut: WaysOut;
  /** What Pod Security Admission says, where that decides; undefined where policies do. */
  readonly podSecurity: PodSecurityAnswer | undefined;
  /** The result of one policy; undefined if there is none of this name. */
  candidate(policy: string): Candidate | undefined;
}

/** What becomes of one item. */
export interface Verdict extends Judgement {
  readonly item: Item;
  readonly state: State;
}

/** What submissions that share a namespace, an account and a requester may use. */
export interface Standing {
  readonly rights: SubmissionRights;
  readonly to: (policy: string) => Rights;
  /** Whether rights open a policy. */
  readonly opens: (policy: string) => boolean;
  /** How many policies are worth a try. */
  readonly tried: number;
}

/** How candidates are made for a submission: all policies in the order in which they are tried, or one by one. */
export interface Tries {
  order(): readonly PreparedPolicy[];
  policy(name: string): PreparedPolicy | undefined;
  candidate(policy: PreparedPolicy, rights: Rights): Candidate;
  /** The decision if the account, or else the requester, could use a policy as well. */
  ifUsable(policy: PreparedPolicy): Decision;
  /** The decision about the same pod with this changed. */
  ifChanged(view: PodView): Decision;
}

/** The judgement of a submission, from what was decided about it. */
export function judgementOf(
  submission: Submission,
  decision: Decision,
  standing: Standing,
  tries: Tries,
): Judgement {
  return new LazyJudgement(submission, decision, standing, tries);
}

class LazyJudgement implements Judgement {
  readonly decision: Decision;
  readonly chosen: Candidate | undefined;
  readonly #submission: Submission;
  readonly #standing: Standing;
  readonly #tries: Tries;
  #via: readonly Via[] | undefined;
  #edits: readonly Edit[] | undefined;
  #changes: readonly PatchOperation[] | undefined;
  #candidates: readonly Candidate[] | undefined;
  #granted: readonly Candidate[] | undefined;
  #waysOut: WaysOut | undefined;

  constructor(submission: Submission, decision: Decision, standing: Standing, tries: Tries) {
    this.decision = decision;
    this.chosen = chosenBy(decision);
    this.#submission = submission;
    this.#standing = standing;
    this.#tries = tries;
  }

  get allowed() {
    return isAdmitted(this.decision);
  }
  get unknown() {
    return this.decision.kind === 'unknown' ? this.decision.unknown : [];
  }
  get isByAnnotation() {
    return this.decision.kind === 'admitted' && this.decision.isByAnnotation;
  }
  get via() {
    const {chosen} = this;
    this.#via ??= chosen === undefined ? [] : this.#standing.rights.via(chosen.policy.name);
    return this.#via;
  }
  get edits() {
    const {chosen} = this;
    this.#edits ??= chosen?.mutates ? editsOf(chosen.policy, this.#submission.view) : [];
    return this.#edits;
  }
  get changes() {
    const {edits} = this;
    this.#changes ??= edits.length === 0 ? [] : patchOf(this.#submission.view.pod, edits);
    return this.#changes;
  }
  get message() {
    return apiMessageOf(this.#submission.view.pod, this.decision);
  }
  get requester() {
    return this.#standing.rights.requester;
  }
  get judgedForCaller() {
    return this.#standing.rights.isForCaller;
  }
  get tried() {
    return this.#standing.tried;
  }
  get podSecurity() {
    return undefined;
  }
  get candidates() {
    this.#candidates ??= this.#tries.order().map(policy => this.#candidateOf(policy));
    return this.#candidates;
  }
  get granted() {
    const {opens} = this.#standing;
    this.#granted ??=
      this.#candidates?.filter(({policy}) => opens(policy.name)) ??
      this.#tries
        .order()
        .filter(policy => opens(policy.name))
        .map(policy => this.#candidateOf(policy));
    return this.#granted;
  }
  get waysOut() {
    const {allowed} = this;
    this.#waysOut ??= allowed
      ? {byUse: [], byChange: undefined}
      : waysOutOf({
          submission: this.#submission,
          grantee: granteeFor(this.#submission),
          candidates: this.candidates,
          ifUsable: this.#tries.ifUsable,
          ifChanged: this.#tries.ifChanged,
        });
    return this.#waysOut;
  }
  candidate(name: string) {
    const policy = this.#tries.policy(name);
    return policy && this.#candidateOf(policy);
  }

  #candidateOf(policy: PreparedPolicy): Candidate {
    if (this.chosen?.policy === policy) return this.chosen;
    const isSame = (known: Candidate) => known.policy === policy;
    return (
      (this.#candidates ?? this.#granted)?.find(isSame) ??
      this.#tries.candidate(policy, this.#standing.to(policy.name))
    );
  }
}

/** Whom to let use a policy so that the pod may: its account, or the node of a mirror pod. */
function granteeFor({serviceAccount, namespace, requester}: Submission): Grantee | undefined {
  if (serviceAccount !== '') return {kind: 'ServiceAccount', namespace, name: serviceAccount};
  return requester && {kind: 'User', namespace: undefined, name: requester.user};
}

/** The API server's words about a submission on which this was decided; undefined if it says nothing, or nobody knows. */
export function apiMessageOf(
  {metadata}: Pod,
  decision: Decision,
  ownName = metadata.name,
): string | undefined {
  const {generateName = ''} = metadata;
  if (decision.kind === 'denied') {
    const {refusal} = decision;
    return refusal === undefined ? undefined : forbiddenMessage(ownName || generateName, refusal);
  }
  return decision.kind === 'invalid' && decision.isParaphrased !== true
    ? invalidMessage(ownName || (generateName && `${generateName}xxxxx`), decision.errors)
    : undefined;
}
