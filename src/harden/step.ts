import type {ControlId} from '../controls/control.ts';
import type {Container, Pod} from '../kube/pod.ts';
import type {PodView} from '../kube/podView.ts';
import type {ContainerPlace, PodEdit} from './edits.ts';
import type {Target} from './target.ts';

/** One thing to do to a pod template so that it lives under a built-in policy. */
export interface Step {
  readonly control: ControlId;
  /** `pod`, `container web` or `init container setup`. */
  readonly where: string;
  /** What to do, as an imperative. */
  readonly says: string;
  /**
   * What the template asks for that has to go: whether it can do without, a person has to decide.
   * undefined if the step only sets what is unset, or takes away what nothing uses.
   */
  readonly asks: string | undefined;
  readonly edits: readonly PodEdit[];
}

/** A template, and the pod that admission gets to see of it. */
export interface Judged {
  readonly template: Pod;
  readonly view: PodView;
}

/** What a control's part of a policy takes of a pod that does not meet it. */
export type Planner = (pod: Judged, target: Target) => readonly Step[];

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

/** The edit that sets a field of a container's security context, or takes it away. */
export function setIn(
  {list, name}: ContainerPlace,
  field: string,
  value: Extract<PodEdit, {readonly kind: 'container'}>['value'],
): PodEdit {
  return {kind: 'container', at: {list, name}, field, value};
}
