import fc from 'fast-check';
import type {Json, JsonObject} from '../../src/kube/json.ts';
import {some, volumeMounts, volumes, windowsOptions} from './oddValues.ts';

const profiles = ['runtime/default', 'docker/default', 'unconfined', 'localhost/a', 'odd'];

const ids = [0, 1, 1000, 2147483647, 2147483648, -1];

const seccompProfile = some<Json>(
  {type: 'RuntimeDefault'},
  {type: 'Unconfined'},
  {type: 'Localhost', localhostProfile: 'a'},
  {type: 'Localhost', localhostProfile: '/a/../b'},
  {type: 'Localhost'},
  {type: 'RuntimeDefault', localhostProfile: 'a'},
  {type: 'Odd'},
  {},
);

const seLinuxOptions = some<Json>({level: 's0'}, {});

const container = fc.record({
  volumeMounts,
  ports: some<Json>(
    [],
    [
      {containerPort: 80, protocol: 'tcp'},
      {containerPort: 81, protocol: 'SCTP'},
    ],
    [{containerPort: 80}],
    [{containerPort: 80, hostPort: 80}],
    [{containerPort: 80, hostPort: 81}, {containerPort: 70000}],
    [
      {containerPort: 80, hostPort: 80},
      {containerPort: 81, hostPort: 80, protocol: 'UDP'},
      {containerPort: 82, hostPort: 80, hostIP: '10.0.0.1'},
      {containerPort: 83, hostPort: 80, protocol: 'TCP'},
    ],
  ),
  securityContext: fc.option(
    fc.record({
      privileged: some(true, false),
      allowPrivilegeEscalation: some(true, false),
      capabilities: some<Json>({add: ['CAP_SYS_ADMIN']}, {add: ['SYS_ADMIN'], drop: ['ALL']}, {}),
      readOnlyRootFilesystem: some(true, false),
      procMount: some('Default'),
      runAsUser: some(...ids),
      runAsGroup: some(...ids),
      seccompProfile,
      seLinuxOptions,
      windowsOptions,
    }),
    {nil: undefined},
  ),
});

export const oddCase = fc.record({
  containers: fc.array(container, {minLength: 1, maxLength: 2}),
  initContainers: fc.array(container, {maxLength: 1}),
  names: fc.constantFrom(['a', 'b', 'c'], ['a', 'a', 'a'], ['A', 'b_c', 'c']),
  os: some<Json>({name: 'windows'}, {name: 'linux'}, {name: 'plan9'}, {}),
  host: fc.record({
    hostNetwork: some(true, false),
    hostPID: some(true, false),
    hostIPC: some(true, false),
    shareProcessNamespace: some(true, false),
    volumes,
    serviceAccountName: some('app'),
    nodeName: some('n'),
    runtimeClassName: some('gvisor', 'Odd_Name'),
  }),
  context: fc.option(
    fc.record({
      fsGroup: some(...ids),
      fsGroupChangePolicy: some('Always', 'OnRootMismatch', 'Never', ''),
      windowsOptions,
      runAsUser: some(...ids),
      runAsGroup: some(...ids),
      supplementalGroups: some<Json>([], [1], [-1, 2147483648]),
      sysctls: some<Json>(
        [],
        [{name: 'a.b', value: '1'}],
        [
          {name: 'net/ipv4.tcp', value: '1'},
          {name: 'A', value: '1'},
          {name: 'a.b', value: '1'},
          {name: 'a.b', value: '1'},
        ],
      ),
      seccompProfile,
      seLinuxOptions,
    }),
    {nil: undefined},
  ),
  podSeccomp: some(...profiles),
  containerSeccomp: some(...profiles, 'localhost/../a'),
  appArmor: some(...profiles),
  lostAppArmor: fc.boolean(),
  isMirror: fc.boolean(),
  odd: some<Record<string, string>>(
    {'a b': '1', 'a/b/c': '1'},
    {'A.x/B_c': '1', '/x': '1', 'x/': '1'},
  ),
  labels: some<Json>(
    {app: 'web'},
    {app: 'a b', 'x y': 'v', 'É/é': 'v'},
    {[`a/${'b'.repeat(64)}`]: 'c'.repeat(64)},
  ),
  podName: fc.constantFrom('p', 'a.b', 'A_b'),
  policy: fc.record({
    defaultAllowPrivilegeEscalation: some(false, true),
    requiredDropCapabilities: some<Json>(['ALL'], ['KILL']),
    defaultAddCapabilities: some<Json>(['CHOWN'], ['CAP_SYS_ADMIN']),
    readOnlyRootFilesystem: some(true, false),
    fsGroup: fc.constantFrom<Json>(
      {rule: 'RunAsAny'},
      {rule: 'MustRunAs', ranges: [{min: 1, max: 2147483648}]},
    ),
    runAsUser: fc.constantFrom<Json>(
      {rule: 'RunAsAny'},
      {rule: 'MustRunAs', ranges: [{min: 1, max: 2147483648}]},
      {rule: 'MustRunAsNonRoot'},
    ),
    seLinux: fc.constantFrom<Json>(
      {rule: 'RunAsAny'},
      {rule: 'MustRunAs', seLinuxOptions: {level: 's0'}},
    ),
    runtimeClass: some<Json>({allowedRuntimeClassNames: ['*'], defaultRuntimeClassName: 'kata'}),
  }),
  seccompDefault: some('runtime/default', 'localhost/a'),
  appArmorDefault: some('runtime/default'),
});

type AnyCase = typeof oddCase extends fc.Arbitrary<infer T> ? T : never;

const bareContainer = fc.record({securityContext: some<Json>({}, {privileged: false})});

const soundContainer = fc.record({
  ports: some<Json>([], [{containerPort: 80}]),
  securityContext: fc.option(
    fc.record({
      privileged: some(true, false),
      allowPrivilegeEscalation: some(true),
      capabilities: some<Json>({add: ['CAP_SYS_ADMIN']}, {add: ['SYS_ADMIN'], drop: ['ALL']}, {}),
      runAsUser: some(1, 1000),
      seccompProfile: some<Json>({type: 'RuntimeDefault'}, {type: 'Unconfined'}),
    }),
    {nil: undefined},
  ),
});

/** Pods that the API server would take as they are, so that what it refuses is what the policy wrote. */
export const soundCase = (anyCase: fc.Arbitrary<AnyCase>): fc.Arbitrary<AnyCase> =>
  fc
    .record({
      made: anyCase,
      isWindows: fc.boolean(),
      bare: fc.array(bareContainer, {minLength: 1, maxLength: 2}),
      sound: fc.array(soundContainer, {minLength: 1, maxLength: 2}),
      appArmor: some('runtime/default', 'unconfined'),
    })
    .map(({made, isWindows, bare, sound, appArmor}) => ({
      ...made,
      containers: (isWindows ? [{}, {}] : sound) as AnyCase['containers'],
      initContainers: (isWindows ? [] : bare) as AnyCase['initContainers'],
      names: ['a', 'b', 'c'],
      os: isWindows ? {name: 'windows'} : undefined,
      host: {
        hostNetwork: undefined,
        hostPID: undefined,
        hostIPC: undefined,
        shareProcessNamespace: undefined,
        volumes: undefined,
        serviceAccountName: undefined,
        nodeName: undefined,
        runtimeClassName: undefined,
      },
      context: undefined,
      podSeccomp: undefined,
      containerSeccomp: undefined,
      appArmor,
      lostAppArmor: false,
      isMirror: false,
      odd: undefined,
      labels: undefined,
      podName: 'p',
    }));

/** A case for the reference program: a pod, and one policy that fills in much and allows nearly all. */
export function caseOf(made: AnyCase, number: number): JsonObject {
  const named = (list: readonly object[], from: number) =>
    list.map((item, index) => ({...item, name: made.names[from + index] ?? 'x', image: 'i'}));
  const annotations = {
    'seccomp.security.alpha.kubernetes.io/pod': made.podSeccomp,
    'container.seccomp.security.alpha.kubernetes.io/a': made.containerSeccomp,
    'container.apparmor.security.beta.kubernetes.io/a': made.appArmor,
    'container.apparmor.security.beta.kubernetes.io/lost': made.lostAppArmor ? 'odd' : undefined,
    'kubernetes.io/config.mirror': made.isMirror ? 'm' : undefined,
    ...made.odd,
  };
  return plain({
    name: `c${number}`,
    operation: 'CREATE',
    namespace: 'a',
    user: {username: 'u', groups: []},
    policies: [
      {
        metadata: {
          name: 'p',
          annotations: {
            'seccomp.security.alpha.kubernetes.io/allowedProfileNames': '*',
            'seccomp.security.alpha.kubernetes.io/defaultProfileName': made.seccompDefault,
            'apparmor.security.beta.kubernetes.io/defaultProfileName': made.appArmorDefault,
          },
        },
        spec: {
          privileged: true,
          hostNetwork: true,
          hostPID: true,
          hostIPC: true,
          hostPorts: [{min: 0, max: 70000}],
          volumes: ['*'],
          allowedCapabilities: ['*'],
          allowedUnsafeSysctls: ['*'],
          supplementalGroups: {rule: 'RunAsAny'},
          ...made.policy,
        },
      },
    ],
    rbac: {
      clusterRoles: [
        {
          metadata: {name: 'r'},
          rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}],
        },
      ],
      clusterRoleBindings: [
        {
          metadata: {name: 'r'},
          roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'r'},
          subjects: [{apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'u'}],
        },
      ],
    },
    pod: {
      metadata: {name: made.podName, annotations, labels: made.labels},
      spec: {
        ...made.host,
        os: made.os,
        securityContext: made.context,
        initContainers: named(made.initContainers, 2),
        containers: named(made.containers, 0),
      },
    },
  });
}

export function plain(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
