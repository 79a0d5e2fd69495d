import type {JsonObject} from '../../../src/kube/json.ts';
import {decodePolicy, type Policy} from '../../../src/kube/objects.ts';

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
