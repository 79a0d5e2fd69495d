import type {Json, JsonObject} from '../../../src/kube/json.ts';
import {decodePod} from '../../../src/kube/pod.ts';
import {defaultPod} from '../../../src/kube/podDefaults.ts';
import {type PodView, viewOf} from '../../../src/kube/podView.ts';
import {lastRelease} from '../../../src/kube/release.ts';

/**
 * A pod as a manifest has it, or as the server sends it: one container that asks for nothing, unless the
 * spec has others. What is not given is not there.
 */
export function podObject(metadata: JsonObject, spec: JsonObject = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: {containers: [{name: 'c', image: 'i'}], ...spec} satisfies JsonObject,
  };
}

/** Any pod as JSON, the way admission sees it: read, defaulted, looked at. */
export function podFrom(raw: Json): PodView {
  return viewOf(defaultPod(decodePod(raw), lastRelease), lastRelease);
}

/** A pod of these containers, named c0, c1 and so on; of one that asks for nothing if none is given. */
export function pod(...containers: readonly JsonObject[]): PodView {
  return podWith({}, ...containers);
}

/** The same with fields of the pod's spec; `annotations` go to its metadata. */
export function podWith(
  {annotations, ...spec}: JsonObject,
  ...containers: readonly JsonObject[]
): PodView {
  const metadata = {name: 'pod', namespace: 'default', annotations};
  return podFrom(podObject(metadata, {containers: named(containers), ...spec}));
}

/** A pod whose one container has this security context. */
export function secured(securityContext: JsonObject): PodView {
  return pod({securityContext});
}

function named(containers: readonly JsonObject[]): readonly JsonObject[] {
  const some = containers.length > 0 ? containers : [{}];
  return some.map((container, index) => ({name: `c${index}`, ...container}));
}
