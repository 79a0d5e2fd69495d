import type {Edit} from '../kube/edits.ts';
import {type BadValue, type FieldError, forbidden, invalid} from '../kube/fieldError.ts';
import type {ContainerSecurityContext, PodSecurityContext} from '../kube/pod.ts';
import type {ContainerView} from '../kube/podView.ts';

/**
 * What one policy does with one pod, as the controls find it out: the gaps it fills and the errors.
 * Keeping the edits costs time, so only a recording report keeps them.
 */
export class Report {
  /** Whether the policy writes anything into the pod. */
  mutates = false;
  /** In the order in which Kubernetes tells them. */
  readonly errors: FieldError[] = [];
  /** What it writes; empty unless recording. */
  readonly edits: Edit[] = [];
  readonly #recording: boolean;

  constructor(recording: boolean) {
    this.#recording = recording;
  }

  fillContainer<K extends keyof ContainerSecurityContext>(
    {list, index}: ContainerView,
    field: K,
    value: ContainerSecurityContext[K],
  ): void {
    this.mutates = true;
    if (this.#recording) {
      this.edits.push({at: ['spec', list, index, 'securityContext', field], value});
    }
  }

  fillPod<K extends keyof PodSecurityContext>(field: K, value: PodSecurityContext[K]): void {
    this.mutates = true;
    if (this.#recording) this.edits.push({at: ['spec', 'securityContext', field], value});
  }

  fillSpec(field: 'runtimeClassName', value: string): void {
    this.mutates = true;
    if (this.#recording) this.edits.push({at: ['spec', field], value});
  }

  fillAnnotation(key: string, value: string): void {
    this.mutates = true;
    if (this.#recording) this.edits.push({at: ['metadata', 'annotations', key], value});
  }

  invalid(field: string, badValue: BadValue, detail: string): void {
    this.errors.push(invalid(field, badValue, detail));
  }

  forbidden(field: string, detail: string): void {
    this.errors.push(forbidden(field, detail));
  }
}
