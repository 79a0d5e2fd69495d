import type {JsonObject} from '../../src/kube/json.ts';
import {podObject} from '../support/builders/pods.ts';

const rbac = 'rbac.authorization.k8s.io';
/** Where the roles of shop are. */
export const roles = `/apis/${rbac}/v1/namespaces/shop/roles`;
/** Where its bindings are. */
export const bindings = `/apis/${rbac}/v1/namespaces/shop/rolebindings`;

/** A service account in shop. */
export function account(name: string): JsonObject {
  return {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name, namespace: 'shop'}};
}

/** A rule of RBAC: the use of this policy. */
export function use(policy: string): JsonObject {
  return {
    apiGroups: ['policy'],
    resources: ['podsecuritypolicies'],
    resourceNames: [policy],
    verbs: ['use'],
  };
}

/** A role in shop. */
export function roleOf(name: string, rule: JsonObject): JsonObject {
  const metadata = {name, namespace: 'shop'};
  return {apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules: [rule]};
}

/** Binds the role of the same name in shop. */
export function bindingOf(name: string, subjects: readonly JsonObject[]): JsonObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: {name, namespace: 'shop'},
    roleRef: {apiGroup: rbac, kind: 'Role', name},
    subjects,
  };
}

/** A Deployment in shop that runs as the account of its name. */
export function deployment(name: string): JsonObject {
  const labels = {app: name};
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {name, namespace: 'shop'},
    spec: {
      selector: {matchLabels: labels},
      template: {
        metadata: {labels},
        spec: {serviceAccountName: name, containers: [{name: 'c', image: 'i'}]},
      },
    },
  };
}

/** A pod in shop that runs as the account `api`. */
export function bare(name: string): JsonObject {
  return podObject({name, namespace: 'shop'}, {serviceAccountName: 'api'});
}
