import {controls} from '../controls/index.ts';
import type {Policy} from '../kube/objects.ts';
import type {PodView} from '../kube/podView.ts';
import type {NonEmpty} from '../nonEmpty.ts';

/**
 * The strictest policy that lets all the pods through unchanged; with `mayFill`, one that may fill in
 * what they leave unset. Pods with a pod-level seccomp field and no annotation are changed by every
 * policy of v1.24, including this one.
 */
export function leastPolicy(name: string, pods: NonEmpty<PodView>, mayFill: boolean): Policy {
  const empty: Policy = {metadata: {name}, spec: {}};
  return controls.reduce((policy, control) => control.fit(policy, pods, mayFill), empty);
}
