import type {JsonObject} from '../../../src/kube/json.ts';
import {podObject} from '../builders/pods.ts';
import {openRules} from '../builders/policies.ts';

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const rbac = 'rbac.authorization.k8s.io';
const places = ['shop', 'data', 'kube-system'];
const accounts = ['default', 'web', 'agent'];
const soft = ['configMap', 'emptyDir', 'projected', 'secret'];

/** Policies of all kinds that people write, good and bad. */
const specs: readonly JsonObject[] = [
  {volumes: soft},
  {volumes: soft, allowPrivilegeEscalation: false},
  {volumes: soft, requiredDropCapabilities: ['ALL'], allowPrivilegeEscalation: false},
  {volumes: ['*'], privileged: true, hostNetwork: true, allowedCapabilities: ['*']},
  {volumes: ['*'], hostPID: true, hostPorts: [{min: 1, max: 65535}]},
  {volumes: [...soft, 'hostPath'], allowedHostPaths: [{pathPrefix: '/var/log'}]},
  {volumes: [...soft, 'hostPath'], allowedHostPaths: [{pathPrefix: '/data', readOnly: true}]},
  {volumes: soft, allowedCapabilities: ['SYS_ADMIN', 'NET_ADMIN']},
  {volumes: soft, runAsUser: {rule: 'MustRunAs'}},
  {volumes: soft, privileged: true, allowPrivilegeEscalation: false},
];

const podSpecs: readonly JsonObject[] = [
  {containers: [{name: 'c'}]},
  {containers: [{name: 'c', securityContext: {allowPrivilegeEscalation: false}}]},
  {containers: [{name: 'c', securityContext: {capabilities: {drop: ['ALL']}}}]},
  {containers: [{name: 'c', securityContext: {privileged: true}}]},
  {hostNetwork: true, containers: [{name: 'c', ports: [{containerPort: 80, hostPort: 80}]}]},
  {containers: [{name: 'c', securityContext: {capabilities: {add: ['NET_ADMIN']}}}]},
  {
    containers: [{name: 'c', volumeMounts: [{name: 'v', mountPath: '/v', readOnly: true}]}],
    volumes: [{name: 'v', hostPath: {path: '/var/log/app'}}],
  },
];

/** The objects of a cluster in which a lot is wrong, the same for the same seed. */
export function messyCluster(seed: number): readonly JsonObject[] {
  const random = randomOf(seed);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  const times = <T>(most: number, make: (index: number) => T): readonly T[] =>
    Array.from({length: 1 + Math.floor(random() * most)}, (_, index) => make(index));
  const names = times(6, index => `${pick(['a', 'm', 'z'])}${index}`);
  const policies = names.map(name => ({
    apiVersion: 'policy/v1beta1',
    kind: 'PodSecurityPolicy',
    metadata: {name},
    spec: {...openRules, ...pick(specs)},
  }));
  const roleNames = times(6, index => `r${index}`);
  const rule = () => ({
    apiGroups: [pick(['policy', 'policy', 'policy', 'extensions', 'policy/v1beta1', '*'])],
    resources: [pick([...Array(5).fill('podsecuritypolicies'), 'psp', '*'])],
    verbs: [pick(['use', 'use', 'use', 'use', 'Use', '*'])],
    resourceNames: pick([
      [pick(names)],
      [pick(names)],
      [pick(names), pick(names)],
      [],
      ['gone'],
      ['*'],
    ]),
  });
  const making = {apiGroups: ['', 'apps'], resources: ['pods', 'deployments'], verbs: ['create']};
  const roles = roleNames.flatMap(name => {
    const rules = [...times(2, rule), ...(random() < 0.3 ? [making] : [])];
    const isLocal = random() < 0.3;
    const metadata = isLocal ? {name, namespace: pick(places)} : {name};
    return [{apiVersion: `${rbac}/v1`, kind: isLocal ? 'Role' : 'ClusterRole', metadata, rules}];
  });
  const subject = (place: string): JsonObject => {
    const account = {
      kind: 'ServiceAccount',
      namespace: pick([place, ...places]),
      name: pick(accounts),
    };
    const group = pick([
      'system:serviceaccounts',
      `system:serviceaccounts:${place}`,
      'system:authenticated',
      'devs',
      `system:serviceaccount:${place}`,
      'system:serviceaccounts:kube-system',
    ]);
    return pick<JsonObject>([
      account,
      account,
      {apiGroup: rbac, kind: 'Group', name: group},
      {apiGroup: rbac, kind: 'User', name: pick(['alice', `serviceaccount:${place}:web`])},
    ]);
  };
  const bindings = times(8, index => {
    const isWide = random() < 0.4;
    const place = pick(places);
    const role = pick([...roleNames, `${pick(roleNames)}-psp`]);
    return {
      apiVersion: `${rbac}/v1`,
      kind: isWide ? 'ClusterRoleBinding' : 'RoleBinding',
      metadata: isWide ? {name: `b${index}`} : {name: `b${index}`, namespace: place},
      roleRef: {
        apiGroup: rbac,
        kind: !isWide && random() < 0.3 ? 'Role' : 'ClusterRole',
        name: role,
      },
      subjects: random() < 0.1 ? [] : times(2, () => subject(place)),
    };
  });
  const workloads = times(8, index => workload(index, pick, random, names));
  return [...policies, ...roles, ...bindings, ...workloads.flat()];
}

function workload(
  index: number,
  pick: <T>(all: readonly T[]) => T,
  random: () => number,
  policies: readonly string[],
): readonly JsonObject[] {
  const kind = pick(['Deployment', 'DaemonSet', 'StatefulSet']);
  const namespace = pick(places);
  const name = `w${index}`;
  const spec = {serviceAccountName: pick(accounts), ...pick(podSpecs)};
  const annotations = random() < 0.1 ? {'kubernetes.io/psp': pick(policies)} : undefined;
  const template = {metadata: annotations === undefined ? {} : {annotations}, spec};
  const owner = {apiVersion: 'apps/v1', kind, name, uid: `u${index}`, controller: true};
  const pods = random() < 0.6 ? [0, 1] : [];
  return [
    {apiVersion: 'apps/v1', kind, metadata: {name, namespace, uid: `u${index}`}, spec: {template}},
    ...pods.map(number =>
      podObject(
        {
          name: `${name}-${number}`,
          namespace,
          annotations: {'kubernetes.io/psp': pick(policies)},
          ownerReferences: [owner],
        },
        spec,
      ),
    ),
  ];
}
