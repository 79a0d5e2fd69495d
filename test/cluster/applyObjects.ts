import {expect} from 'vitest';
import type {PlannedChange} from '../../src/apply/applyAll.ts';
import {objectPath, planCreate} from '../../src/apply/planChange.ts';
import {isObject, type Json, type JsonObject, parseJson, printJson} from '../../src/kube/json.ts';
import {policyObject} from '../support/builders/policies.ts';
import {objectOf} from '../support/run/output.ts';

/** Where kubectl keeps what was applied. */
export const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
/** The API group of roles and bindings. */
export const rbac = 'rbac.authorization.k8s.io';

/** A policy that lets privileged containers in. */
export function policyOf(name: string): JsonObject {
  return policyObject(name, {privileged: true});
}

/** A rule of RBAC about one resource. */
export function rule(
  group: string,
  resource: string,
  verbs: readonly string[],
  names?: readonly string[],
) {
  const rest = names === undefined ? {} : {resourceNames: names};
  return {apiGroups: [group], resources: [resource], verbs, ...rest};
}

/** A rule: the use of this policy. */
export function use(policy: string): JsonObject {
  return rule('policy', 'podsecuritypolicies', ['use'], [policy]);
}

/** A ClusterRole of these rules. */
export function clusterRole(name: string, rules: readonly JsonObject[]): JsonObject {
  return {apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: {name}, rules};
}

/** Binds the cluster role of the same name. */
export function clusterRoleBinding(name: string, users: readonly JsonObject[]): JsonObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: {name},
    roleRef: {apiGroup: rbac, kind: 'ClusterRole', name},
    subjects: users.map(user => ({apiGroup: rbac, ...user})),
  };
}

/** A role that uses the policy `brief`, in a namespace that may not be there. */
export function roleIn(namespace: string): JsonObject {
  const metadata = {name: 'psp:brief', namespace};
  return {apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules: [use('brief')]};
}

/** The change that makes this object. */
export function planned(object: JsonObject): PlannedChange {
  const plan = planCreate(object);
  if (plan.plan !== 'change') throw new Error(plan.text);
  expect(plan.change.path).toBe(objectPath(object));
  return plan.change;
}

/** What a user wrote of an object, and kubectl's copy of it. */
export function meaning({metadata, spec}: JsonObject): Json {
  const {name, labels = null, annotations = {}} = objectOf(metadata);
  const kept = isObject(annotations) ? annotations[lastApplied] : undefined;
  const applied = typeof kept === 'string' ? parseJson(kept) : null;
  return parseJson(printJson({name, labels, applied, spec}));
}
