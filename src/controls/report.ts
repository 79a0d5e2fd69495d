import type {Edit} from '../kube/edits.ts';
import type {FieldError} from '../kube/fieldError.ts';
import type {ContainerSecurityContext, PodSecurityContext} from '../kube/pod.ts';
import type {ContainerView, PodView} from '../kube/podView.ts';
import type {Grounds, Objection, Place, Wording} from './objection.ts';

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
  private readonly question: ReportQuestion;

  constructor(question: ReportQuestion) {
    this.question = question;
  }

  /** Whether what is filled in matters, and not only that something is. */
  get asksForEdits(): boolean {
    return this.question === 'edits';
  }

  fillContainer<K extends keyof ContainerSecurityContext>(
    container: ContainerView,
    field: K,
    value: ContainerSecurityContext[K],
  ): void {
    if (!this.fills()) return;
    this.edit(['spec', container.list, container.index, 'securityContext', field], value);
  }

  fillPod<K extends keyof PodSecurityContext>(field: K, value: PodSecurityContext[K]): void {
    if (this.fills()) this.edit(['spec', 'securityContext', field], value);
  }

  fillSpec(field: 'runtimeClassName', value: string): void {
    if (this.fills()) this.edit(['spec', field], value);
  }

  fillAnnotation(key: string, value: string): void {
    if (this.fills()) this.edit(['metadata', 'annotations', key], value);
  }

  /** Objects to a value that the pod has, or would be given, in a place of it. */
  object<Value, At extends Place>(
    wording: Wording<Value, At>,
    value: Value,
    at: At,
    pod: PodView,
  ): void {
    const objection = new LateObjection(wording, value, at, pod);
    if (this.errors === noErrors) this.errors = [objection];
    else (this.errors as Objection[]).push(objection);
    this.answered = this.question === 'anything';
  }

  /** What `check` fills in counts, and what it objects to does not. */
  onlyFills(check: () => void): void {
    const {errors, answered} = this;
    this.errors = noErrors;
    check();
    this.errors = errors;
    this.answered = answered || (this.mutates && this.question === 'anything');
  }

  /** Notes that something is filled in; returns whether the edit is wanted. */
  private fills(): boolean {
    this.mutates = true;
    this.answered = this.question === 'anything';
    return this.question === 'edits';
  }

  // Most reports stay empty, so their lists are created when needed.

  private edit(at: Edit['at'], value: unknown): void {
    if (this.edits === noEdits) this.edits = [{at, value}];
    else (this.edits as Edit[]).push({at, value});
  }
}

/**
 * One that is worded when somebody reads it: most decisions need no words. To word objections at once makes
 * evaluations a fifth slower; `#` in place of `private`, here and in the views of pods, a tenth.
 */
class LateObjection<Value, At extends Place> implements Objection {
  private readonly wording: Wording<Value, At>;
  private readonly given: Value;
  private readonly place: At;
  private readonly pod: PodView;
  private error: FieldError | undefined;
  private grounds: Grounds | undefined;

  constructor(wording: Wording<Value, At>, value: Value, at: At, pod: PodView) {
    this.wording = wording;
    this.given = value;
    this.place = at;
    this.pod = pod;
    this.error = undefined;
    this.grounds = undefined;
  }

  get type() {
    return this.worded.type;
  }
  get field() {
    return this.worded.field;
  }
  get badValue() {
    return this.worded.badValue;
  }
  get detail() {
    return this.worded.detail;
  }
  get at() {
    return this.found.at;
  }
  get where() {
    return this.found.where;
  }
  get does() {
    return this.found.does;
  }
  get value() {
    return this.found.value;
  }
  get allowed() {
    return this.found.allowed;
  }
  get fix() {
    return this.found.fix;
  }

  private get worded(): FieldError {
    this.error ??= this.wording.error(this.given, this.place, this.pod);
    return this.error;
  }

  private get found(): Grounds {
    this.grounds ??= this.wording.grounds(this.given, this.place, this.pod);
    return this.grounds;
  }
}
