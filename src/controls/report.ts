import type {Edit} from '../kube/edits.ts';
import type {BadValue, FieldErrorType} from '../kube/fieldError.ts';
import type {ContainerSecurityContext, PodSecurityContext} from '../kube/pod.ts';
import type {ContainerView} from '../kube/podView.ts';
import type {Grounds, Objection} from './objection.ts';

/**
 * What is asked for: all errors, the edits too (which cost time), or only whether there is anything to
 * report at all, which the first finding answers.
 */
export type ReportQuestion = 'errors' | 'edits' | 'anything';

const noErrors: Objection[] = [];
const noEdits: Edit[] = [];

/** What one policy does with one pod, as the controls report it: the gaps it fills, and the errors. */
export class Report {
  /** Whether the policy writes anything into the pod. */
  mutates = false;
  /** In the order in which Kubernetes reports them. */
  errors: readonly Objection[] = noErrors;
  /** What it writes; empty unless asked for. */
  edits: readonly Edit[] = noEdits;
  /** Whether the question is answered, so that looking further is useless. */
  answered = false;
  readonly #question: ReportQuestion;

  constructor(question: ReportQuestion) {
    this.#question = question;
  }

  /** `value` may be a function if it takes time to compute. */
  fillContainer<K extends keyof ContainerSecurityContext>(
    {list, index}: ContainerView,
    field: K,
    value: ContainerSecurityContext[K] | (() => ContainerSecurityContext[K]),
  ): void {
    if (!this.#fills()) return;
    const filled = typeof value === 'function' ? value() : value;
    this.#edit(['spec', list, index, 'securityContext', field], filled);
  }

  fillPod<K extends keyof PodSecurityContext>(field: K, value: PodSecurityContext[K]): void {
    if (this.#fills()) this.#edit(['spec', 'securityContext', field], value);
  }

  fillSpec(field: 'runtimeClassName', value: string): void {
    if (this.#fills()) this.#edit(['spec', field], value);
  }

  fillAnnotation(key: string, value: string): void {
    if (this.#fills()) this.#edit(['metadata', 'annotations', key], value);
  }

  /** `field`, the value and the detail are the API server's words, `grounds` those for people. */
  invalid(field: string, badValue: BadValue, detail: string, grounds: () => Grounds): void {
    this.#add(new LateObjection('FieldValueInvalid', field, badValue, detail, grounds));
  }

  forbidden(field: string, detail: string, grounds: () => Grounds): void {
    this.#add(new LateObjection('FieldValueForbidden', field, undefined, detail, grounds));
  }

  /** What `check` fills in counts, and what it objects to does not. */
  onlyFills(check: () => void): void {
    const {errors, answered} = this;
    this.errors = noErrors;
    check();
    this.errors = errors;
    this.answered = answered || (this.mutates && this.#question === 'anything');
  }

  /** Notes that something is filled in; returns whether the edit is wanted. */
  #fills(): boolean {
    this.mutates = true;
    this.answered = this.#question === 'anything';
    return this.#question === 'edits';
  }

  // Most reports stay empty, so their lists are created when needed.

  #edit(at: Edit['at'], value: unknown): void {
    if (this.edits === noEdits) this.edits = [{at, value}];
    else (this.edits as Edit[]).push({at, value});
  }

  #add(objection: Objection): void {
    if (this.errors === noErrors) this.errors = [objection];
    else (this.errors as Objection[]).push(objection);
    this.answered = this.#question === 'anything';
  }
}

/** One whose grounds are found when somebody reads them: most decisions need none. */
class LateObjection implements Objection {
  readonly type: FieldErrorType;
  readonly field: string;
  readonly badValue: BadValue | undefined;
  readonly detail: string;
  #grounds: Grounds | (() => Grounds);

  constructor(
    type: FieldErrorType,
    field: string,
    badValue: BadValue | undefined,
    detail: string,
    grounds: () => Grounds,
  ) {
    this.type = type;
    this.field = field;
    this.badValue = badValue;
    this.detail = detail;
    this.#grounds = grounds;
  }

  get at() {
    return this.#found.at;
  }
  get where() {
    return this.#found.where;
  }
  get does() {
    return this.#found.does;
  }
  get value() {
    return this.#found.value;
  }
  get allowed() {
    return this.#found.allowed;
  }
  get fix() {
    return this.#found.fix;
  }

  get #found(): Grounds {
    if (typeof this.#grounds === 'function') this.#grounds = this.#grounds();
    return this.#grounds;
  }
}
