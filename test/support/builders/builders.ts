import type {Json, JsonObject} from '../../../src/kube/json.ts';
import {decodePolicy, type Policy} from '../../../src/kube/objects.ts';
import {decodePod} from '../../../src/kube/pod.ts';
import {defaultPod} from '../../../src/kube/podDefaults.ts';
import {type PodView, viewOf} from '../../../src/kube/podView.ts';

/** Any pod as JSON, the way admission sees it: read, defaulted, looked at. */
export function podFrom(raw: Json): PodView {
  return viewOf(defaultPod(decodePod(raw)));
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
  return podFrom({
    metadata: {name: 'pod', namespace: 'default', annotations},
    spec: {containers: named(containers), ...spec},
  });
}

/** A pod whose one container has this security context. */
export function secured(securityContext: JsonObject): PodView {
  return pod({securityContext});
}

function named(containers: readonly JsonObject[]): readonly JsonObject[] {
  const some = containers.length > 0 ? containers : [{}];
  return some.map((container, index) => ({name: `c${index}`, ...container}));
}

/** A policy as the API gives it. It has just these fields, so the rules that it must have may be missing. */
export function policy(
  spec: JsonObject,
  {name = 'policy', annotations}: {name?: string; annotations?: JsonObject} = {},
): Policy {
  return decodePolicy({metadata: {name, annotations}, spec});
}

/** The four rules without which a policy is invalid, all open. */
export const openRules: JsonObject = {
  runAsUser: {rule: 'RunAsAny'},
  seLinux: {rule: 'RunAsAny'},
  fsGroup: {rule: 'RunAsAny'},
  supplementalGroups: {rule: 'RunAsAny'},
};

/** A policy as a manifest has it: with the four rules open, and these fields. */
export function policyObject(name: string, spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'policy/v1beta1',
    kind: 'PodSecurityPolicy',
    metadata: {name},
    spec: {...openRules, ...spec},
  };
}
