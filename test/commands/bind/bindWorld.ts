import {policyObject} from '../../support/builders/policies.ts';
import {fileOf} from '../../support/run/files.ts';

const rbac = 'rbac.authorization.k8s.io';
const deployment = (name: string, container: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {name, namespace: 'shop'},
  spec: {template: {spec: {serviceAccountName: name, containers: [{name: 'c', ...container}]}}},
});
/** The label of what the program makes. */
export const own = {'app.kubernetes.io/managed-by': 'kubectl-psp'};
/** A role that grants the use of the policy `web`, or what the rule says. */
export const role = (
  name: string,
  namespace: string | undefined,
  rule: object = {},
  labels = {},
) => ({
  apiVersion: `${rbac}/v1`,
  kind: namespace === undefined ? 'ClusterRole' : 'Role',
  metadata: {name, namespace, labels},
  rules: [
    {
      apiGroups: ['policy'],
      resources: ['podsecuritypolicies'],
      resourceNames: ['web'],
      verbs: ['use'],
      ...rule,
    },
  ],
});
/** A binding of the role of its name, or of another one. */
export const binding = (
  name: string,
  namespace: string | undefined,
  subjects: readonly object[],
  {kind = namespace === undefined ? 'ClusterRole' : 'Role', to = name, labels = {}} = {},
) => ({
  apiVersion: `${rbac}/v1`,
  kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
  metadata: {name, namespace, labels},
  roleRef: {apiGroup: rbac, kind, name: to},
  subjects,
});
export const account = (name: string, namespace = 'shop') => ({
  kind: 'ServiceAccount',
  name,
  namespace,
});
export const group = (name: string) => ({kind: 'Group', apiGroup: rbac, name});
const world = [
  // Of no policy: with roles and bindings, files say who may use what.
  {apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: {name: 'none'}},
  binding('none', undefined, [group('nobody')]),
  policyObject('web', {volumes: ['*']}),
  policyObject('wide', {volumes: ['*'], privileged: true}),
  deployment('api'),
  deployment('agent', {securityContext: {privileged: true}}),
  ...['api', 'agent'].map(name => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {name, namespace: 'shop'},
  })),
];

/** The flags for these objects beside the policies and the workloads. */
export function from(...objects: readonly object[]): readonly string[] {
  return ['--from', fileOf([...world, ...objects])];
}
