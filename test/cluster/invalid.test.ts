import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Json, JsonObject} from '../../src/kube/json.ts';
import {openRules} from '../support/builders/policies.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {fileOf} from '../support/run/files.ts';
import {objectOf} from '../support/run/output.ts';
import {itemsHere} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {expectSame, replicaSetOf, type Trial} from './trials.ts';
import {podOf} from './whyWorlds.ts';

const rbac = 'rbac.authorization.k8s.io';
const podsPerPolicy = 30;

/** Policies that let everything in, and write what does not go with every pod. */
const mutations: Readonly<Record<string, JsonObject>> = {
  escalation: {defaultAllowPrivilegeEscalation: false},
  strict: {allowPrivilegeEscalation: false},
  group: {fsGroup: {rule: 'MustRunAs', ranges: [{min: 5, max: 9}]}},
  'large-group': {fsGroup: {rule: 'MustRunAs', ranges: [{min: 4294967294, max: 4294967295}]}},
  'large-user': {runAsUser: {rule: 'MustRunAs', ranges: [{min: 4294967294, max: 4294967295}]}},
  selinux: {seLinux: {rule: 'MustRunAs', seLinuxOptions: {level: 's0'}}},
  drops: {requiredDropCapabilities: ['KILL'], allowedCapabilities: []},
  adds: {defaultAddCapabilities: ['CAP_SYS_ADMIN'], allowedCapabilities: ['CAP_SYS_ADMIN']},
  readonly: {readOnlyRootFilesystem: true},
  'all-at-once': {
    defaultAllowPrivilegeEscalation: false,
    fsGroup: {rule: 'MustRunAs', ranges: [{min: 5, max: 9}]},
    supplementalGroups: {rule: 'MustRunAs', ranges: [{min: 5, max: 9}]},
    seLinux: {rule: 'MustRunAs', seLinuxOptions: {level: 's0'}},
    runAsUser: {rule: 'MustRunAs', ranges: [{min: 5, max: 9}]},
  },
};

const some = <T>(...values: readonly T[]) =>
  fc.option(fc.constantFrom(...values), {nil: undefined});
const windowsOptions = some<Json>(
  {runAsUserName: 'app'},
  {runAsUserName: 'CORP\\app', gmsaCredentialSpecName: 'gmsa', gmsaCredentialSpec: '{}'},
  {runAsUserName: 'CORP\\a/b'},
  {runAsUserName: '', gmsaCredentialSpecName: 'Odd_Name'},
  {gmsaCredentialSpec: ''},
);
const linuxContext = {
  privileged: some(true, false),
  allowPrivilegeEscalation: some(true),
  capabilities: some<Json>({add: ['CAP_SYS_ADMIN']}, {add: ['SYS_ADMIN', 'CAP_SYS_ADMIN']}, {}),
  runAsUser: some(7, 1000),
  readOnlyRootFilesystem: some(true),
};
const volumeMounts = some<Json>(
  [{name: 'v', mountPath: '/v'}],
  [{name: 'v', mountPath: '/v', mountPropagation: 'Bidirectional'}],
  [{name: 'w', mountPath: '/w'}],
);
const volumes = some<Json>(
  [{name: 'v', hostPath: {path: '/v', type: 'Directory'}}],
  [{name: 'v', csi: {driver: 'csi.example.com'}}],
  [
    {name: 'v', hostPath: {path: '/v', type: 'Folder'}},
    {name: 'w', csi: {driver: 'a_b'}},
  ],
);

/** Pods whose own values the server takes; odd ones often have some that it refuses. */
const anyPod = (isOdd: boolean) =>
  fc.constantFrom('windows', 'linux', 'unsaid', 'unsaid').chain(os => {
    const isWindows = os === 'windows';
    const own: Readonly<Record<string, fc.Arbitrary<Json | undefined>>> = isWindows
      ? {runAsNonRoot: some(true)}
      : linuxContext;
    const odd = <T>(values: fc.Arbitrary<T>) => (isOdd ? values : fc.constant(undefined));
    const container = fc.record({
      securityContext: fc.option(
        fc.record({
          ...own,
          windowsOptions:
            isWindows && !isOdd ? some<Json>({runAsUserName: 'app'}) : odd(windowsOptions),
        }),
        {nil: undefined},
      ),
      volumeMounts: odd(volumeMounts),
    });
    return fc.record({
      os: fc.constant(os === 'unsaid' ? undefined : {name: os}),
      containers: fc.array(container, {minLength: 1, maxLength: 2}),
      initContainers: fc.array(container, {maxLength: 2}),
      hostNetwork: isWindows ? fc.constant(undefined) : some(true),
      volumes: odd(volumes),
      context: fc.record({
        windowsOptions: odd(windowsOptions),
        fsGroupChangePolicy: odd(some('Always', 'Never')),
        supplementalGroups: isWindows ? fc.constant(undefined) : some<Json>([6]),
      }),
    });
  });
type AnyPod = ReturnType<typeof anyPod> extends fc.Arbitrary<infer T> ? T : never;

/** A ReplicaSet of such a pod, so that it is certain who submits it. */
function replicaSet(pod: AnyPod, namespace: string, name: string): JsonObject {
  const named = (list: AnyPod['containers'], prefix: string) =>
    list.map((container, index) => ({...container, name: `${prefix}${index}`, image: 'x'}));
  const {os, hostNetwork, volumes: made, context} = pod;
  const spec = {
    os,
    hostNetwork,
    volumes: made ?? [
      {name: 'v', emptyDir: {}},
      {name: 'w', emptyDir: {}},
    ],
    securityContext: Object.values(context).every(value => value === undefined)
      ? undefined
      : context,
    containers: named(pod.containers, 'c'),
    initContainers: named(pod.initContainers, 'i'),
  };
  return replicaSetOf(namespace, name, {spec});
}

/** A namespace whose accounts may use one policy, which has its name. */
function worldOf(name: string, changes: JsonObject): readonly JsonObject[] {
  const reference = {apiGroup: rbac, kind: 'Role', name};
  const group = {apiGroup: rbac, kind: 'Group', name: `system:serviceaccounts:${name}`};
  return [
    {apiVersion: 'v1', kind: 'Namespace', metadata: {name}},
    {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: 'default', namespace: name}},
    {
      apiVersion: 'policy/v1beta1',
      kind: 'PodSecurityPolicy',
      metadata: {name},
      spec: {
        privileged: true,
        hostNetwork: true,
        volumes: ['*'],
        hostPorts: [{min: 0, max: 65535}],
        allowedCapabilities: ['*'],
        ...openRules,
        ...changes,
      },
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata: {name, namespace: name},
      rules: [
        {
          apiGroups: ['policy'],
          resources: ['podsecuritypolicies'],
          resourceNames: [name],
          verbs: ['use'],
        },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: {name, namespace: name},
      roleRef: reference,
      subjects: [group],
    },
  ];
}

const controller = 'system:serviceaccount:kube-system:replicaset-controller';

describe.runIf(hasReference('etcd', 'kube-apiserver'))('pods that a policy makes invalid', () => {
  let server: ApiServer;
  const sets = Object.keys(mutations).flatMap(namespace =>
    [false, true]
      .flatMap(isOdd => fc.sample(anyPod(isOdd), podsPerPolicy / 2))
      .map((pod, index) => replicaSet(pod, namespace, `${namespace}-${index}`)),
  );

  beforeAll(async () => {
    server = await startApiServer();
    await server.createAll(
      Object.entries(mutations).flatMap(([name, changes]) => worldOf(name, changes)),
    );
  });
  afterAll(() => server?.stop());

  test('why and try foresee every verdict, change and message of the server', async () => {
    const live = ['--kubeconfig', server.kubeconfig];
    const file = fileOf(sets);
    const verdicts = await itemsHere('why', '-A', '-f', file, ...live);
    const shifts = await itemsHere('try', '-A', '-f', file, ...live);
    const trialOf = (set: JsonObject, said: (name: string) => JsonObject): Trial => {
      const {namespace, name} = objectOf(set.metadata);
      return {
        label: `${namespace}/${name} ${JSON.stringify(objectOf(set.spec).template)}`,
        pod: podOf(set),
        user: controller,
        groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system'],
        verdict: said(String(name)),
      };
    };
    const byWhy = new Map(verdicts.map(verdict => [verdict.name, verdict]));
    const byTry = new Map(shifts.map(shift => [shift.name, objectOf(shift.after)]));
    const seen = await expectSame(
      server,
      sets.map(set => trialOf(set, name => objectOf(byWhy.get(name)))),
    );
    expect(sets).toHaveLength(300);
    expect(seen.validation).toBeGreaterThan(60);
    expect(seen.mutated).toBeGreaterThan(30);
    await expectSame(
      server,
      sets.map(set => trialOf(set, name => objectOf(byTry.get(name)))),
    );
  });
});
