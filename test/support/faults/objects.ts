import type {JsonObject} from '../../../src/kube/json.ts';
import {podObject} from '../builders/pods.ts';
import {policyObject} from '../builders/policies.ts';

const rbac = 'rbac.authorization.k8s.io';

const podSpec: JsonObject = {
  serviceAccountName: 'app',
  automountServiceAccountToken: false,
  containers: [{name: 'main', image: 'none'}],
  volumes: [{name: 'cache', emptyDir: {}}],
};

/** A little of everything that the commands read, in two namespaces. */
export const clusterObjects: readonly JsonObject[] = [
  ...['shop', 'ops'].flatMap(namespace => [
    {apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}},
    {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: 'app', namespace}},
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: {name: 'app', namespace},
      roleRef: {apiGroup: rbac, kind: 'ClusterRole', name: 'psp:tight'},
      subjects: [{kind: 'ServiceAccount', name: 'app', namespace}],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata: {name: 'psp', namespace},
      rules: [ruleFor('open')],
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {name: 'web', namespace},
      spec: {
        selector: {matchLabels: {app: 'web'}},
        template: {metadata: {labels: {app: 'web'}}, spec: podSpec},
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: {name: 'agent', namespace},
      spec: {
        selector: {matchLabels: {app: 'agent'}},
        template: {metadata: {labels: {app: 'agent'}}, spec: {...podSpec, hostNetwork: true}},
      },
    },
    ...['a', 'b', 'c'].map(name => podObject({name, namespace}, podSpec)),
  ]),
  ...['open', 'tight', 'zero'].map(name =>
    policyObject(name, {volumes: ['emptyDir'], privileged: name === 'open'}),
  ),
  {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: {name: 'psp:tight'},
    rules: [ruleFor('tight')],
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: {name: 'tight'},
    roleRef: {apiGroup: rbac, kind: 'ClusterRole', name: 'psp:tight'},
    subjects: [{apiGroup: rbac, kind: 'Group', name: 'jane'}],
  },
];

function ruleFor(policy: string): JsonObject {
  const resources = ['podsecuritypolicies'];
  return {apiGroups: ['policy'], resources, verbs: ['use'], resourceNames: [policy]};
}
