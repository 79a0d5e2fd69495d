import type {JsonObject} from '../../../src/kube/json.ts';
import {policyObject} from '../../support/builders/policies.ts';
import {folderOf} from '../../support/run/files.ts';
import {runHere} from '../../support/run/run.ts';

const rbac = 'rbac.authorization.k8s.io';
/** A policy with the four rules open and all volumes, and these fields. */
export const policy = (name: string, spec: JsonObject = {}) =>
  policyObject(name, {volumes: ['*'], ...spec});
/** A role in shop that grants the use of these policies. */
export const role = (name: string, ...policies: readonly string[]) => ({
  apiVersion: `${rbac}/v1`,
  kind: 'Role',
  metadata: {name, namespace: 'shop'},
  rules: [
    {
      apiGroups: ['policy'],
      resources: ['podsecuritypolicies'],
      resourceNames: policies,
      verbs: ['use'],
    },
  ],
});
/** Binds the role of the same name to an account, in shop. */
export const binding = (name: string, account: string) => ({
  apiVersion: `${rbac}/v1`,
  kind: 'RoleBinding',
  metadata: {name, namespace: 'shop'},
  roleRef: {apiGroup: rbac, kind: 'Role', name},
  subjects: [{kind: 'ServiceAccount', name: account, namespace: 'shop'}],
});
/** A Deployment that runs as the account of its name, with one container. */
export const deployment = (name: string, container: object = {}, namespace?: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {name, namespace},
  spec: {template: {spec: {serviceAccountName: name, containers: [{name: 'c', ...container}]}}},
});

/** A folder of manifests: two policies, two accounts that may use them, and one that may not. */
export const repository = folderOf({
  'policies.yaml': lines(policy('tight', {privileged: false}), policy('wide', {privileged: true})),
  'rbac.yaml': lines(
    role('web', 'tight'),
    binding('web', 'web'),
    role('agent', 'tight', 'wide'),
    binding('agent', 'agent'),
  ),
  'apps.yaml': lines(
    deployment('web', {}, 'shop'),
    deployment('agent', {securityContext: {privileged: true}}, 'shop'),
    deployment('batch', {}, 'shop'),
  ),
});

function lines(...objects: readonly object[]): string {
  return objects.map(object => `${JSON.stringify(object)}\n`).join('');
}

/** Tries files against the repository; every message goes with the answer. */
export async function tryOver(...args: readonly string[]) {
  return runHere('try', '--from', repository, '-A', ...args);
}
