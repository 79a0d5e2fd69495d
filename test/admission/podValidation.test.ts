import {join} from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {podErrors} from '../../src/admission/podValidation.ts';
import {prepareForCreate} from '../../src/admission/prepare.ts';
import type {FieldError} from '../../src/kube/fieldError.ts';
import {isObject, type Json, type JsonObject} from '../../src/kube/json.ts';
import {decodePod} from '../../src/kube/pod.ts';
import {defaultPod} from '../../src/kube/podDefaults.ts';
import {lastRelease, type Release, releaseOf} from '../../src/kube/release.ts';
import {changedPod} from '../support/kubernetes/conformance.ts';
import {
  hasReference,
  isThorough,
  requireBinary,
  runProgram,
} from '../support/kubernetes/reference.ts';
import {builtRelease, oldReleases, recordedRelease} from '../support/kubernetes/releases.ts';

const profiles = ['runtime/default', 'docker/default', 'unconfined', 'localhost/a', 'odd'];
const some = <T>(...values: readonly T[]) =>
  fc.option(fc.constantFrom(...values), {nil: undefined});
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
  ports: some<Json>(
    [],
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
    }),
    {nil: undefined},
  ),
});

const oddCase = fc.record({
  containers: fc.array(container, {minLength: 1, maxLength: 2}),
  initContainers: fc.array(container, {maxLength: 1}),
  names: fc.constantFrom(['a', 'b', 'c'], ['a', 'a', 'a'], ['A', 'b_c', 'c']),
  os: some<Json>({name: 'windows'}, {name: 'linux'}, {name: 'plan9'}, {}),
  host: fc.record({
    hostNetwork: some(true, false),
    hostPID: some(true, false),
    hostIPC: some(true, false),
    shareProcessNamespace: some(true, false),
    volumes: some<Json>(
      [{name: 'v', hostPath: {path: '/a'}}],
      [{name: 'v', hostPath: {path: '/a/../b'}}],
      [{name: 'v', hostPath: {path: ''}}],
    ),
    runtimeClassName: some('gvisor', 'Odd_Name'),
  }),
  context: fc.option(
    fc.record({
      fsGroup: some(...ids),
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
const soundCase = (anyCase: fc.Arbitrary<AnyCase>): fc.Arbitrary<AnyCase> =>
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
        runtimeClassName: undefined,
      },
      context: undefined,
      podSeccomp: undefined,
      containerSeccomp: undefined,
      appArmor,
      lostAppArmor: false,
    }));

/** A case for the reference program: a pod, and one policy that fills in much and allows nearly all. */
function caseOf(made: AnyCase, number: number): JsonObject {
  const named = (list: readonly object[], from: number) =>
    list.map((item, index) => ({...item, name: made.names[from + index] ?? 'x', image: 'i'}));
  const annotations = {
    'seccomp.security.alpha.kubernetes.io/pod': made.podSeccomp,
    'container.seccomp.security.alpha.kubernetes.io/a': made.containerSeccomp,
    'container.apparmor.security.beta.kubernetes.io/a': made.appArmor,
    'container.apparmor.security.beta.kubernetes.io/lost': made.lostAppArmor ? 'odd' : undefined,
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
      metadata: {name: 'p', annotations},
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

const runs = isThorough ? 3000 : 300;

/** A release, and its reference program. */
interface Judged {
  readonly name: string;
  readonly release: Release;
  readonly program: string;
}

const current: readonly Judged[] = hasReference('psp-reference')
  ? [{name: 'v1.24', release: lastRelease, program: requireBinary('psp-reference')}]
  : [];
/** The old releases whose programs are built, if new cases of them are wanted. */
const old =
  Number(process.env.PSP_RELEASE_CASES ?? 0) === 0
    ? []
    : oldReleases.flatMap((name): readonly Judged[] => {
        const dir = builtRelease(name);
        if (dir === undefined) return [];
        return [{name, release: releaseOf(name), program: join(dir, 'psp-reference')}];
      });
const judged: readonly Judged[] = [...current, ...old];

describe.runIf(judged.length > 0)('what is said of a pod that is created', () => {
  test.each(
    judged.flatMap(by => [
      {...by, about: 'of odd values', made: oddCase, share: 0},
      {...by, about: 'sound until a policy changes it', made: soundCase(oddCase), share: 0.1},
    ]),
  )('is what the API server of $name says: $about', ({release, program, made, share}) => {
    const cases = fc.sample(made, runs).map(caseOf);
    const lines = cases.map(one => `${JSON.stringify(one)}\n`).join('');
    const results = runProgram(program, ['-validate-pods'], lines)
      .toString('utf8')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as JsonObject);
    let afterwards = 0;
    for (const [index, result] of results.entries()) {
      const input = cases[index] ?? {};
      const about = JSON.stringify(input.pod);
      expect(result.error, about).toBeUndefined();
      const pod = defaultPod(decodePod(input.pod ?? null), release);
      const submitted = prepareForCreate(pod, release);
      expect(printed(podErrors(submitted, release)), about).toEqual(listed(result.podErrors));
      if (listed(result.podErrors).length > 0 || !isObject(result.pod)) continue;
      const left = defaultPod(decodePod(result.pod), release);
      const errors = printed(podErrors(left, release));
      expect(errors, about).toEqual(listed(result.mutatedPodErrors));
      if (errors.length > 0) afterwards++;
    }
    expect(afterwards).toBeGreaterThanOrEqual(runs * share);
  });
});

describe.each(oldReleases)('what is said of the recorded pods of %s', name => {
  test('is what its API server says, before and after a policy has changed them', () => {
    const release = releaseOf(name);
    const created = recordedRelease(name).filter(({input}) => input.operation === 'CREATE');
    const differing = created.filter(({input, expected}) => {
      const submitted = defaultPod(decodePod(input.pod ?? null), release);
      const own = printed(podErrors(prepareForCreate(submitted, release), release));
      const changed = changedPod(input.pod ?? null, expected);
      const left = defaultPod(decodePod(changed), release);
      const later = printed(podErrors(prepareForCreate(left, release), release));
      return (
        !isDeepStrictEqual(own, listed(expected.podErrors)) ||
        (own.length === 0 && !isDeepStrictEqual(later, listed(expected.mutatedPodErrors)))
      );
    });
    expect(created.length).toBeGreaterThan(400);
    expect(differing.map(({input}) => input.name)).toEqual([]);
  });
});

test('a name that no container may have is told in the words of the release', () => {
  const pod = decodePod({spec: {containers: [{name: 'Web', image: 'x'}]}});
  const said = (release: Release) => podErrors(pod, release).map(({detail}) => detail);
  expect(said(19)).toEqual([expect.stringMatching(/^a DNS-1123 label must consist of/)]);
  expect(said(20)).toEqual([expect.stringMatching(/^a lowercase RFC 1123 label must consist of/)]);
});

test('what Windows alone knows is refused of a pod that is for Linux', () => {
  const windowsOptions = {runAsUserName: 'ContainerUser'};
  const container = {name: 'c', image: 'x', securityContext: {windowsOptions}};
  const spec = (os: object | undefined) => ({
    securityContext: {windowsOptions},
    containers: [container],
    os,
  });
  const said = (os: object | undefined) =>
    printed(podErrors(decodePod(plain({spec: spec(os)})), lastRelease));
  const words = 'windows options cannot be set for a linux pod';
  expect(said({name: 'linux'})).toEqual([
    `FieldValueForbidden spec.containers[0].securityContext.windowsOptions ${words}`,
    `FieldValueForbidden spec.securityContext.windowsOptions ${words}`,
  ]);
  expect([said(undefined), said({name: 'windows'})]).toEqual([[], []]);
});

/** As the reference prints errors: sorted, without the values that Go prints with addresses. */
function printed(errors: readonly FieldError[]): readonly string[] {
  return errors.map(({type, field, detail}) => `${type} ${field} ${detail}`).sort();
}

function listed(errors: Json | undefined): readonly string[] {
  if (!Array.isArray(errors)) return [];
  return errors
    .filter(isObject)
    .map(({type, field, detail}) => `${type} ${field} ${detail ?? ''}`)
    .sort();
}

function plain(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
