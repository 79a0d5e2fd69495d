import {type JsonObject, printJson} from '../../src/kube/json.ts';
import {podObject} from '../support/builders/pods.ts';
import {policyObject} from '../support/builders/policies.ts';
import {objectOf} from '../support/run/output.ts';
import {podIn, validCases} from './pods.ts';

/** What must not get into any answer. */
export const secret = 'hunter2-planted';
const spaces = ['team', 'team-a', 'a'];
const accounts = ['default', 'a-b-sa', 'b-sa', `long-${'n'.repeat(240)}`, 'dotted.name'];
/** How many workloads there are. */
export const workloadCount = 60;

/** Deployments with all sorts of templates, among all accounts of all namespaces but one. */
export function workloads(): readonly JsonObject[] {
  const cases = validCases().filter(({pod}) => !printJson(pod).includes('"os":'));
  return Array.from({length: workloadCount}, (_, index) => {
    const {pod} = cases[(index * 37) % cases.length] ?? {pod: barePod};
    const namespace = spaces[index % 2] ?? '';
    const account = accounts[(index >> 1) % accounts.length] ?? '';
    const {metadata, spec} = podIn(pod, namespace, {}, account);
    const {activeDeadlineSeconds: _deadline, ...rest} = objectOf(spec);
    const {annotations = {}} = objectOf(metadata);
    const app = `w${index}`;
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {name: app, namespace},
      spec: {
        selector: {matchLabels: {app}},
        template: {
          metadata: {labels: {app}, annotations},
          spec: {...rest, restartPolicy: 'Always'},
        },
      },
    } as JsonObject;
  });
}

/** The policies of the cluster before any advice. */
export const ownPolicies: readonly JsonObject[] = [
  policyObject('open', {volumes: ['*']}),
  policyObject('no-volumes', {volumes: []}),
];

/** A pod with a secret in all places where none should be. */
export const barePod = podObject(
  {name: 'bare', namespace: 'default', annotations: {note: `see ${secret}`}},
  {
    containers: [
      {
        name: 'main',
        image: 'nginx',
        args: [`--password=${secret}`],
        env: [{name: 'PASSWORD', value: secret}],
      },
    ],
  },
);

/** Namespaces, accounts, and users with few rights: `creator`, `viewer` and `reader`. */
export function clusterObjects(): readonly JsonObject[] {
  const rbac = 'rbac.authorization.k8s.io';
  const role = (name: string, rules: readonly JsonObject[], namespace?: string): JsonObject => ({
    apiVersion: `${rbac}/v1`,
    kind: namespace === undefined ? 'ClusterRole' : 'Role',
    metadata: {name, ...(namespace === undefined ? {} : {namespace})},
    rules,
  });
  const bound = (name: string, users: readonly string[], namespace?: string): JsonObject => ({
    apiVersion: `${rbac}/v1`,
    kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: {name, ...(namespace === undefined ? {} : {namespace})},
    roleRef: {apiGroup: rbac, kind: namespace === undefined ? 'ClusterRole' : 'Role', name},
    subjects: users.map(user => ({apiGroup: rbac, kind: 'User', name: user})),
  });
  const psp = {resources: ['podsecuritypolicies']};
  const account = (name: string, namespace: string): JsonObject => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {name, namespace},
    ...(name === 'b-sa' ? {automountServiceAccountToken: false} : {}),
  });
  const all = ['list', 'get'];
  const classes = printJson(validCases()).matchAll(/"(?:runtimeClassName)":"([^"]+)"/g);
  return [
    ...ownPolicies,
    ...spaces.map(name => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name}})),
    ...spaces.flatMap(space => accounts.map(name => account(name, space))),
    ...['default', 'b-sa'].map(name => account(name, 'default')),
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {name: 's', namespace: 'team'},
      stringData: {password: secret},
    },
    ...[...new Set([...classes].map(([, name = '']) => name))].map(name => ({
      apiVersion: 'node.k8s.io/v1',
      kind: 'RuntimeClass',
      metadata: {name},
      handler: 'runc',
    })),
    role('create-pods', [{apiGroups: [''], resources: ['pods'], verbs: ['create']}]),
    bound('create-pods', ['creator']),
    role('read-policies', [{apiGroups: ['policy'], ...psp, verbs: all}]),
    bound('read-policies', ['viewer', 'reader']),
    role('read-all', [{apiGroups: ['*'], resources: ['*'], verbs: all}]),
    bound('read-all', ['reader']),
    role('use-open', [
      {apiGroups: ['extensions'], ...psp, resourceNames: ['open'], verbs: ['use']},
    ]),
    bound('use-open', ['reader']),
    role(
      'read-team',
      [
        {apiGroups: [''], resources: ['pods', 'serviceaccounts'], verbs: all},
        {apiGroups: [''], resources: ['replicationcontrollers'], verbs: all},
        {apiGroups: ['apps', 'batch'], resources: ['*'], verbs: all},
      ],
      'team',
    ),
    bound('read-team', ['viewer'], 'team'),
  ];
}
