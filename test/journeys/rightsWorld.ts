import type {JsonObject} from '../../src/kube/json.ts';
import {deploymentOf} from '../support/builders/labelledCluster.ts';
import {openRules, policyObject} from '../support/builders/policies.ts';

const rbac = 'rbac.authorization.k8s.io';
const apiVersion = `${rbac}/v1`;

/** The use of a policy by a service account, through a role and a binding of its own. */
function grant(policy: string, binding: string, namespace: string, account: string) {
  const role = `psp:${policy}`;
  return {
    role: {
      apiVersion,
      kind: 'ClusterRole',
      metadata: {name: role},
      rules: [
        {
          apiGroups: ['policy'],
          resources: ['podsecuritypolicies'],
          verbs: ['use'],
          resourceNames: [policy],
        },
      ],
    },
    binding: {
      apiVersion,
      kind: 'RoleBinding',
      metadata: {name: binding, namespace},
      roleRef: {apiGroup: rbac, kind: 'ClusterRole', name: role},
      subjects: [{kind: 'ServiceAccount', name: account, namespace}],
    },
  };
}

/** A Deployment whose pods run as the account; `container` has what its container asks for. */
export function deployment(
  namespace: string,
  name: string,
  account: string,
  container: JsonObject = {},
): JsonObject {
  return deploymentOf(namespace, name, {
    serviceAccountName: account,
    automountServiceAccountToken: false,
    containers: [{name: 'main', image: 'none', ...container}],
  });
}

const open = {...openRules, volumes: ['*']};

/** What the journeys never change: namespaces, accounts and workloads, and who may read one namespace. */
export const standing: readonly JsonObject[] = [
  ...['shop', 'ops'].map(name => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name}})),
  ...[
    ['shop', 'web'],
    ['ops', 'agent'],
  ].map(([namespace = '', name = '']) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {name, namespace},
  })),
  deployment('shop', 'front', 'web'),
  deployment('ops', 'node-agent', 'agent', {securityContext: {privileged: true}}),
  {
    apiVersion,
    kind: 'ClusterRole',
    metadata: {name: 'read-policies'},
    rules: [{apiGroups: ['policy'], resources: ['podsecuritypolicies'], verbs: ['list', 'watch']}],
  },
  {
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata: {name: 'read-policies'},
    roleRef: {apiGroup: rbac, kind: 'ClusterRole', name: 'read-policies'},
    subjects: [{apiGroup: rbac, kind: 'User', name: 'dev'}],
  },
  {
    apiVersion,
    kind: 'Role',
    metadata: {name: 'read', namespace: 'shop'},
    rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['list', 'watch']}],
  },
  {
    apiVersion,
    kind: 'RoleBinding',
    metadata: {name: 'read', namespace: 'shop'},
    roleRef: {apiGroup: rbac, kind: 'Role', name: 'read'},
    subjects: [{apiGroup: rbac, kind: 'User', name: 'dev'}],
  },
];

const web = grant('web', 'psp-web', 'shop', 'web');
const privileged = grant('privileged', 'node-agents', 'ops', 'agent');
const legacy = grant('legacy', 'psp-legacy', 'shop', 'web');

/**
 * What the journeys change, as it is before each: policies and grants, among them a policy that nothing
 * needs, and a binding whose role is gone.
 */
export const changing: readonly JsonObject[] = [
  policyObject('web', open),
  policyObject('web-v2', open),
  policyObject('privileged', {...open, privileged: true}),
  policyObject('z-legacy', {...open, hostIPC: true}),
  ...[web, privileged].flatMap(({role, binding}) => [role, binding]),
  {...legacy.role, rules: legacy.role.rules.map(rule => ({...rule, resourceNames: ['z-legacy']}))},
  legacy.binding,
  {
    apiVersion,
    kind: 'RoleBinding',
    metadata: {name: 'forgotten', namespace: 'shop'},
    roleRef: {apiGroup: rbac, kind: 'Role', name: 'long-gone'},
    subjects: [{kind: 'ServiceAccount', name: 'web', namespace: 'shop'}],
  },
];

/** The path of an object that the journeys change. */
export function pathOf({kind, metadata}: JsonObject): string {
  const {name, namespace} = metadata as {readonly name: string; readonly namespace?: string};
  if (kind === 'PodSecurityPolicy') return `/apis/policy/v1beta1/podsecuritypolicies/${name}`;
  const place = namespace === undefined ? '' : `/namespaces/${namespace}`;
  return `/apis/${apiVersion}${place}/${String(kind).toLowerCase()}s/${name}`;
}

/** What the journeys make, besides what they change: the grant of the policy that takes another's place. */
export const made: readonly JsonObject[] = ['Role', 'RoleBinding'].map(kind => ({
  apiVersion,
  kind,
  metadata: {name: 'psp:web-v2', namespace: 'shop'},
}));

/** The next version of the chart: the front asks for the network of its node. */
export const nextChart = `apiVersion: apps/v1
kind: Deployment
metadata: {name: front, namespace: shop}
spec:
  selector: {matchLabels: {app: front}}
  template:
    metadata: {labels: {app: front}}
    spec:
      serviceAccountName: web
      automountServiceAccountToken: false
      hostNetwork: true
      containers: [{name: main, image: none}]
`;
