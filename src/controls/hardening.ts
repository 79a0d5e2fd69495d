import type {Json} from '../kube/json.ts';
import type {Container, Pod} from '../kube/pod.ts';
import type {PodView} from '../kube/podView.ts';

/** The containers that a template can have; ephemeral ones come later, to a running pod. */
export type TemplateList = 'initContainers' | 'containers';

/** Which container of a template. */
export interface ContainerPlace {
  readonly list: TemplateList;
  readonly name: string;
}

/** One thing to write into, or remove from, a pod template. `null` removes the field. */
export type PodEdit =
  | {readonly kind: 'spec'; readonly field: 'hostNetwork' | 'hostPID' | 'hostIPC'}
  | {readonly kind: 'pod'; readonly field: string; readonly value: Json}
  | {
      readonly kind: 'container';
      readonly at: ContainerPlace;
      readonly field: string;
      readonly value: Json;
    }
  /** Takes it away. */
  | {readonly kind: 'annotation'; readonly key: string}
  | {readonly kind: 'setAnnotation'; readonly key: string; readonly value: string}
  | {readonly kind: 'sysctl'; readonly name: string}
  | {readonly kind: 'hostPort'; readonly at: ContainerPlace; readonly index: number}
  /** The volume, and where it is mounted. */
  | {readonly kind: 'volume'; readonly name: string};

/** One thing to do to a pod template so that a control no longer keeps it out. */
export interface PlannedStep {
  /** `pod`, `container web` or `init container setup`. */
  readonly where: string;
  /** What to do, as an imperative. */
  readonly says: string;
  /**
   * What the template asks for that has to go: a person has to decide whether it can do without that.
   * undefined if the step only sets what is unset, or removes what nothing uses.
   */
  readonly asks: string | undefined;
  readonly edits: readonly PodEdit[];
}

/** A template, and the pod that admission gets to see of it. */
export interface JudgedTemplate {
  readonly template: Pod;
  readonly view: PodView;
}

/** A container of a template, with its place in words. */
export interface PlacedContainer extends ContainerPlace {
  readonly where: string;
  readonly container: Container;
}

/** The containers of a template, init containers first. */
export function containersIn({spec}: Pod): readonly PlacedContainer[] {
  const place = (list: ContainerPlace['list'], word: string) =>
    (spec[list] ?? []).map((container): PlacedContainer => {
      const name = container.name ?? '';
      return {list, name, where: `${word} ${name}`, container};
    });
  return [...place('initContainers', 'init container'), ...place('containers', 'container')];
}

/** The edit that sets a field of a container's security context, or removes it (`null`). */
export function setIn({list, name}: ContainerPlace, field: string, value: Json): PodEdit {
  return {kind: 'container', at: {list, name}, field, value};
}
