import type {Container, Pod} from '../kube/pod.ts';
import {containerLists} from '../kube/pod.ts';

/** The levels of the Pod Security Standards at which something is checked. */
export type CheckedLevel = 'baseline' | 'restricted';

/** Why a check refuses a pod, in the words of Pod Security Admission. */
export interface Refusal {
  /** Short, and the same for all such pods: `host ports`. */
  readonly reason: string;
  /** What it is about this pod. */
  readonly detail: string;
}

/** What a check says from a version on. */
export interface CheckRow {
  /** The first minor version of Kubernetes 1 that says it. */
  readonly since: number;
  /** Undefined if nothing is wrong with the pod. */
  readonly refuse: (pod: Pod) => Refusal | undefined;
}

/** One check of the standards; its id is Kubernetes' own, and decides the order of the messages. */
export interface StandardCheck {
  readonly id: string;
  readonly level: CheckedLevel;
  /** From old to new; the last one that is not newer than the version asked for holds. */
  readonly rows: readonly CheckRow[];
  /** The baseline check that this one of restricted takes the place of, in all of its rows. */
  readonly replaces?: string;
}

/** All containers, in the order of policy/visitor.go. */
export function containersOf({spec}: Pod): readonly Container[] {
  return containerLists.flatMap(list => spec[list] ?? []);
}

/** The names of the containers of which it is true. */
export function namesWhere(pod: Pod, isSo: (container: Container) => boolean): readonly string[] {
  return containersOf(pod).filter(isSo).map(containerName);
}

/** A container's name as Go has it: unset is empty. */
export function containerName({name = ''}: Container): string {
  return name;
}

/** Whether it says of itself that it is for Windows, where most of this has no meaning. */
export function isForWindows({spec}: Pod): boolean {
  return spec.os?.name === 'windows';
}

/** Whether it has users of its own: root in it is nobody on the node. */
export function hasOwnUsers({spec}: Pod): boolean {
  return spec.hostUsers === false;
}
