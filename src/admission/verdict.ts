import type {Item} from '../inventory/submissions/items.ts';
import type {Submission} from '../inventory/submissions/submissions.ts';
import {apiMessageOf, type Judgement, type State, type Verdict} from './judgement.ts';

/** The same for another submission of which only the names differ: a refusal names the pod. */
export function judgementOfTwin(twin: Submission, first: Judgement): Judgement {
  const {kind} = first.decision;
  return kind === 'denied' || kind === 'invalid' ? new TwinJudgement(twin, first) : first;
}

/** The verdict on an item whose submission is judged so. */
export function verdictOf(item: Item, judgement: Judgement): Verdict {
  return new ItemVerdict(item, judgement);
}

/** A judgement that says what another one says, but for what it overrides. */
export abstract class Delegate implements Judgement {
  readonly #to: Judgement;

  constructor(to: Judgement) {
    this.#to = to;
  }

  get decision(): Judgement['decision'] {
    return this.#to.decision;
  }
  get chosen(): Judgement['chosen'] {
    return this.#to.chosen;
  }
  get allowed(): Judgement['allowed'] {
    return this.#to.allowed;
  }
  get unknown(): Judgement['unknown'] {
    return this.#to.unknown;
  }
  get isByAnnotation() {
    return this.#to.isByAnnotation;
  }
  get via(): Judgement['via'] {
    return this.#to.via;
  }
  get edits(): Judgement['edits'] {
    return this.#to.edits;
  }
  get changes(): Judgement['changes'] {
    return this.#to.changes;
  }
  get message(): Judgement['message'] {
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
  get waysOut() {
    return this.#to.waysOut;
  }
  get podSecurity(): Judgement['podSecurity'] {
    return this.#to.podSecurity;
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
    return apiMessageOf(this.#twin.view.pod, this.decision);
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

  /** Of the pods of a StatefulSet, whose template is judged as the first one, each has its own name. */
  override get message() {
    const {item} = this;
    const {pod} = item.submission.view;
    const isOther = item.kind === 'Pod' && pod.metadata.name !== undefined;
    return isOther && pod.metadata.name !== item.name
      ? apiMessageOf(pod, this.decision, item.name)
      : super.message;
  }
}

function stateOf({chosen, decision, podSecurity}: Judgement, {admittedBy}: Item): State {
  if (decision.kind === 'unknown') return 'unknown';
  if (decision.kind === 'passed') {
    const {warn = [], audit = []} = podSecurity?.refusals ?? {};
    return warn.length + audit.length > 0 ? 'warned' : 'ok';
  }
  if (chosen === undefined) return 'denied';
  if (chosen.mutates) return 'mutated';
  return admittedBy !== undefined && admittedBy !== chosen.policy.name ? 'drifted' : 'ok';
}
