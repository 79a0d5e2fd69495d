import type {Item} from '../inventory/submissions/items.ts';
import type {Submission} from '../inventory/submissions/submissions.ts';
import {type Edit, type PatchOperation, patchOf} from '../kube/edits.ts';
import {editsOf, type PreparedPolicy} from '../policy/evaluate.ts';
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

/** What can be said about a pod; the first that is true counts. */
export const verdictStates = ['denied', 'unknown', 'mutated', 'drifted', 'ok'] as const;
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

/** The same for another submission that differs only in names: a refusal names the pod. */
export function judgementOfTwin(twin: Submission, first: Judgement): Judgement {
  const {kind} = first.decision;
  return kind === 'denied' || kind === 'invalid' ? new TwinJudgement(twin, first) : first;
}

/** The verdict on an item whose submission has this judgement. */
export function verdictOf(item: Item, judgement: Judgement): Verdict {
  return new ItemVerdict(item, judgement);
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
    return messageOf(this.#submission, this.decision);
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

/** Everything except the message is that of the first. */
abstract class Delegate implements Judgement {
  readonly #to: Judgement;

  constructor(to: Judgement) {
    this.#to = to;
  }

  get decision() {
    return this.#to.decision;
  }
  get chosen() {
    return this.#to.chosen;
  }
  get allowed() {
    return this.#to.allowed;
  }
  get unknown() {
    return this.#to.unknown;
  }
  get isByAnnotation() {
    return this.#to.isByAnnotation;
  }
  get via() {
    return this.#to.via;
  }
  get edits() {
    return this.#to.edits;
  }
  get changes() {
    return this.#to.changes;
  }
  get message() {
    return this.#to.message;
  }
  get requester() {
    return this.#to.requester;
  }
  get judgedForCaller() {
    return this.#to.judgedForCaller;
  }
  get tried() {
    return this.#to.tried;
  }
  get candidates() {
    return this.#to.candidates;
  }
  get granted() {
    return this.#to.granted;
  }
  candidate(policy: string) {
    return this.#to.candidate(policy);
  }
}

class TwinJudgement extends Delegate {
  readonly #twin: Submission;

  constructor(twin: Submission, first: Judgement) {
    super(first);
    this.#twin = twin;
  }

  override get message() {
    return messageOf(this.#twin, this.decision);
  }
}

class ItemVerdict extends Delegate implements Verdict {
  readonly item: Item;
  readonly state: State;

  constructor(item: Item, judgement: Judgement) {
    super(judgement);
    this.item = item;
    this.state = stateOf(judgement, item);
  }
}

function stateOf({chosen, decision}: Judgement, {admittedBy}: Item): State {
  if (decision.kind === 'unknown') return 'unknown';
  if (chosen === undefined) return 'denied';
  if (chosen.mutates) return 'mutated';
  return admittedBy !== undefined && admittedBy !== chosen.policy.name ? 'drifted' : 'ok';
}

function messageOf({view}: Submission, decision: Decision): string | undefined {
  const {name, generateName = ''} = view.pod.metadata;
  if (decision.kind === 'denied') {
    const {refusal} = decision;
    return refusal === undefined ? undefined : forbiddenMessage(name || generateName, refusal);
  }
  return decision.kind === 'invalid'
    ? invalidMessage(name || (generateName && `${generateName}xxxxx`), decision.errors)
    : undefined;
}
