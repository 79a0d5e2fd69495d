import {describe, expect, test} from 'vitest';
import {laterErrors} from '../../src/admission/laterValidation.ts';
import {lastingErrors} from '../../src/admission/podValidation.ts';
import {fieldErrorText} from '../../src/kube/fieldError.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {decodePod} from '../../src/kube/pod.ts';

const podWith = (
  spec: JsonObject,
  own: JsonObject = {},
  annotations: Readonly<Record<string, string>> = {},
) => decodePod({metadata: {annotations}, spec: {containers: [{name: 'c', ...own}], ...spec}});

const appArmor = (profile: JsonObject) => ({securityContext: {appArmorProfile: profile}});
const appArmorKey = 'container.apparmor.security.beta.kubernetes.io/c';

describe('a later server refuses by itself', () => {
  test.each([
    [
      'user namespaces beside those of the host',
      podWith({hostUsers: false, hostPID: true, hostIPC: true}),
      33,
      ['hostPID, hostIPC may not be true with hostUsers: false'],
    ],
    [
      'an unmasked /proc without a user namespace',
      podWith({}, {securityContext: {procMount: 'Unmasked'}}),
      33,
      ['procMount Unmasked needs hostUsers: false'],
    ],
    [
      'sysctls of namespaces that are those of the host',
      podWith({hostNetwork: true, securityContext: {sysctls: [{name: 'net.core.somaxconn'}]}}),
      30,
      ["sysctl net.core.somaxconn may not be set on the host's own"],
    ],
    [
      'AppArmor profiles without a name, or of no type',
      podWith({securityContext: {appArmorProfile: {type: 'Other'}}}, appArmor({type: 'Localhost'})),
      30,
      [
        'appArmorProfile has no valid type: "Other"',
        'appArmorProfile of type Localhost needs a localhostProfile',
      ],
    ],
    [
      'a field for AppArmor that its annotation contradicts',
      podWith({}, appArmor({type: 'RuntimeDefault'}), {[appArmorKey]: 'unconfined'}),
      30,
      ['appArmorProfile of container c differs from its annotation'],
    ],
    [
      'fields of Linux for Windows',
      podWith({os: {name: 'windows'}, hostUsers: true}, appArmor({type: 'Unconfined'})),
      33,
      [
        'hostUsers may not be set for a Windows pod',
        'appArmorProfile may not be set for a Windows pod',
      ],
    ],
  ])('%s', (_, pod, since, says) => {
    const known = (minor: number) =>
      laterErrors(pod, minor).flatMap(error => (error.isKnown ? [error.says] : []));
    expect(known(since)).toEqual(says);
    expect(known(37)).toEqual(says);
    expect(known(since - 1)).not.toEqual(says);
  });

  test('nothing that is in order', () => {
    const pods = [
      podWith({hostUsers: false}, {securityContext: {procMount: 'Unmasked'}}),
      podWith({hostNetwork: true, securityContext: {sysctls: [{name: 'kernel.msgmax'}]}}),
      podWith({}, appArmor({type: 'Localhost', localhostProfile: 'a'}), {
        [appArmorKey]: 'localhost/a',
      }),
    ];
    expect(pods.flatMap(pod => laterErrors(pod, 37))).toEqual([]);
  });
});

describe('every later server refuses by itself, as v1.24 did,', () => {
  const ports = (...claims: readonly JsonObject[]) => ({
    ports: claims.map(claim => ({containerPort: 80, hostPort: 80, ...claim})),
  });
  test.each([
    [
      'a port of the node that is claimed twice',
      podWith({}, ports({}, {protocol: 'UDP'}, {hostIP: '10.0.0.1'}, {protocol: 'TCP'})),
      ['spec.containers[0].ports[3].hostPort: Duplicate value: "TCP//80"'],
    ],
    [
      'a host path that goes up',
      podWith({volumes: [{name: 'v', hostPath: {path: '/var/lib/../..'}}]}),
      ['spec.volumes[0].hostPath.path: Invalid value: "/var/lib/../..": must not contain \'..\''],
    ],
    [
      "processes that are shared within the pod and with the host's",
      podWith({hostPID: true, shareProcessNamespace: true}),
      [
        'spec.securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled',
      ],
    ],
    [
      'annotations that are no profile, or contradict a field',
      podWith(
        {securityContext: {seccompProfile: {type: 'Unconfined'}}},
        {},
        {
          [appArmorKey]: 'odd',
          'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default',
        },
      ),
      [
        `metadata.annotations[${appArmorKey}]: Invalid value: "odd": invalid AppArmor profile name: "odd"`,
        'spec.securityContext.seccompProfile.type: Forbidden: seccomp type in annotation and field must match',
      ],
    ],
  ])('%s', (_, pod, says) => {
    expect(lastingErrors(pod).map(fieldErrorText)).toEqual(says);
  });
});
