import type {Finding} from '../../../src/audit/finding.ts';
import {auditOf} from '../../../src/audit/index.ts';
import type {Gap, Inventory} from '../../../src/inventory/inventory.ts';
import type {JsonObject} from '../../../src/kube/json.ts';
import {clusterWith} from './inventory.ts';
import {podObject} from './pods.ts';
import {openRules} from './policies.ts';

/** What a rule finds in a whole cluster of these objects. */
export function findingsOf(
  rule: string,
  objects: readonly JsonObject[],
  changes: Partial<Inventory> = {},
): readonly Finding[] {
  const {findings} = auditOf(clusterWith(objects, changes), {namespace: undefined, isWhole: true});
  return findings.filter(finding => finding.rule === rule);
}

export function gapOf(resource: string, namespace?: string): Gap {
  return {resource, namespace, reason: 'forbidden'};
}

/** A policy with all the rules open, and this as well. */
export function psp(name: string, spec: JsonObject = {}, annotations?: JsonObject): JsonObject {
  return {
    apiVersion: 'policy/v1beta1',
    kind: 'PodSecurityPolicy',
    metadata: {name, annotations},
    spec: {...openRules, volumes: ['configMap', 'emptyDir', 'projected', 'secret'], ...spec},
  };
}

const group = 'rbac.authorization.k8s.io';

/** `sa:NAME` (in shop), `group:NAME` or `user:NAME`. */
export function subject(text: string): JsonObject {
  const [, kind, name = ''] = /^(sa|group|user):(.*)$/.exec(text) ?? [];
  if (kind === 'sa') return {kind: 'ServiceAccount', namespace: 'shop', name};
  return {apiGroup: group, kind: kind === 'group' ? 'Group' : 'User', name};
}

/** A ClusterRole that may use these policies: all of them if none is named. */
export function roleFor(name: string, ...resourceNames: readonly string[]): JsonObject {
  const resources = ['podsecuritypolicies'];
  return role(name, {apiGroups: ['policy'], resources, verbs: ['use'], resourceNames});
}

export function role(name: string, ...rules: readonly JsonObject[]): JsonObject {
  return {apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata: {name}, rules};
}

/** Binds a ClusterRole in shop; in the whole cluster where `wide`. */
export function binding(name: string, roleName: string, subjects: readonly string[], wide = false) {
  return {
    apiVersion: `${group}/v1`,
    kind: wide ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: wide ? {name} : {name, namespace: 'shop'},
    roleRef: {apiGroup: group, kind: 'ClusterRole', name: roleName},
    subjects: subjects.map(subject),
  };
}

/** A role of the policy's name and its binding in shop. */
export function grant(policy: string, ...subjects: readonly string[]): readonly JsonObject[] {
  return [roleFor(policy, policy), binding(policy, policy, subjects)];
}

/** A Deployment in shop that runs as account `web`, with one container. */
export function deployment(
  name: string,
  securityContext: JsonObject = {},
  {spec, annotations, ...more}: JsonObject = {},
): JsonObject {
  const podSpec = {
    serviceAccountName: 'web',
    containers: [{name: 'c', securityContext}],
    ...(spec as JsonObject | undefined),
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {name, namespace: 'shop'},
    spec: {...more, template: {metadata: {annotations}, spec: podSpec}},
  };
}

/** Its pods, through a ReplicaSet that is not there; `admittedBy` is in their annotation. */
export function podsOf(
  owner: string,
  admittedBy: string | undefined,
  count = 1,
): readonly JsonObject[] {
  const controller = {apiVersion: 'apps/v1', kind: 'Deployment', uid: '', controller: true};
  return Array.from({length: count}, (_, index) =>
    podObject(
      {
        name: `${owner}-${index}`,
        namespace: 'shop',
        annotations: admittedBy === undefined ? {} : {'kubernetes.io/psp': admittedBy},
        ownerReferences: [{...controller, name: owner}],
      },
      {serviceAccountName: 'web'},
    ),
  );
}
