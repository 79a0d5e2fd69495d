import {describe, expect, test} from 'vitest';
import {reasonLines} from '../../src/admission/reasons.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {decodePolicy} from '../../src/kube/objects.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {evaluate, preparePolicy} from '../../src/policy/evaluate.ts';
import {podFrom, podObject} from '../support/builders/pods.ts';

/** A policy that lets everything through, but for what is given. */
function policyWith(spec: JsonObject, annotations: JsonObject = {}) {
  const any = {rule: 'RunAsAny'};
  const open = {
    privileged: true,
    hostNetwork: true,
    hostPID: true,
    hostIPC: true,
    hostPorts: [{min: 0, max: 65535}],
    volumes: ['*'],
    allowedCapabilities: ['*'],
    allowedUnsafeSysctls: ['*'],
    runAsUser: any,
    seLinux: any,
    supplementalGroups: any,
    fsGroup: any,
  };
  const all = {'seccomp.security.alpha.kubernetes.io/allowedProfileNames': '*', ...annotations};
  return preparePolicy(
    decodePolicy({metadata: {name: 'p', annotations: all}, spec: {...open, ...spec}}),
    lastRelease,
  );
}

function reasons(
  policy: ReturnType<typeof policyWith>,
  spec: JsonObject,
  annotations: JsonObject = {},
): readonly string[] {
  const pod = podFrom(podObject({name: 'x', namespace: 'a', annotations}, spec));
  return reasonLines(evaluate(policy, pod).errors);
}

const one = (securityContext: JsonObject) => ({containers: [{name: 'c', securityContext}]});
const seccompAllowed = 'seccomp.security.alpha.kubernetes.io/allowedProfileNames';
const seccompDefault = 'seccomp.security.alpha.kubernetes.io/defaultProfileName';
const appArmorAllowed = 'apparmor.security.beta.kubernetes.io/allowedProfileNames';
const appArmorOf = 'container.apparmor.security.beta.kubernetes.io/c';

describe('reasons name the place, the value, what is allowed and the field', () => {
  test.for<[string, JsonObject, JsonObject, readonly string[]]>([
    [
      'privileged',
      {privileged: false},
      one({privileged: true}),
      ['container c: sets privileged: true; allowed: false (securityContext.privileged)'],
    ],
    [
      'host namespaces',
      {hostPID: false, hostIPC: false, hostNetwork: false},
      {hostPID: true, hostIPC: true, hostNetwork: true},
      [
        'pod: sets hostNetwork: true; allowed: false (spec.hostNetwork)',
        'pod: sets hostPID: true; allowed: false (spec.hostPID)',
        'pod: sets hostIPC: true; allowed: false (spec.hostIPC)',
      ],
    ],
    [
      'capabilities, of init containers too',
      {allowedCapabilities: ['NET_BIND_SERVICE']},
      {
        initContainers: [
          {name: 'init-chown-data', securityContext: {capabilities: {add: ['CHOWN']}}},
        ],
        containers: [
          {name: 'c', securityContext: {capabilities: {add: ['SYS_ADMIN', 'NET_ADMIN']}}},
        ],
      },
      [
        'container init-chown-data (init): adds capability CHOWN; allowed: NET_BIND_SERVICE (securityContext.capabilities.add)',
        'container c: adds capabilities SYS_ADMIN, NET_ADMIN; allowed: NET_BIND_SERVICE (securityContext.capabilities.add)',
      ],
    ],
    [
      'a user of the pod, and one of a container',
      {runAsUser: {rule: 'MustRunAsNonRoot'}},
      {
        securityContext: {runAsUser: 0},
        containers: [{name: 'a'}, {name: 'b', securityContext: {runAsUser: 0}}],
      },
      [
        'container a: runs as user 0; allowed: all but 0 (spec.securityContext.runAsUser)',
        'container b: runs as user 0; allowed: all but 0 (securityContext.runAsUser)',
      ],
    ],
    [
      'the same in several containers, once',
      {runAsUser: {rule: 'MustRunAs', ranges: [{min: 5, max: 7}]}},
      {
        initContainers: [{name: 'i', securityContext: {runAsUser: 9}}],
        containers: [{name: 'c', securityContext: {runAsUser: 9}}],
      },
      ['containers i (init), c: each runs as user 9; allowed: 5-7 (securityContext.runAsUser)'],
    ],
    [
      'groups',
      {
        runAsGroup: {rule: 'MayRunAs', ranges: [{min: 65534, max: 65534}]},
        fsGroup: {rule: 'MayRunAs', ranges: [{min: 1, max: 2}]},
        supplementalGroups: {rule: 'MayRunAs', ranges: [{min: 1, max: 2}]},
      },
      {securityContext: {runAsGroup: 0, fsGroup: 3, supplementalGroups: [4, 1, 5]}},
      [
        'pod: sets volume group 3; allowed: 1-2 (spec.securityContext.fsGroup)',
        'pod: has supplemental groups 4, 5; allowed: 1-2 (spec.securityContext.supplementalGroups)',
        'container c: runs with group 0; allowed: none (spec.securityContext.runAsGroup)',
      ],
    ],
    [
      'ports of the node, and those of a pod on its network',
      {hostPorts: [{min: 80, max: 90}]},
      {containers: [{name: 'c', ports: [{containerPort: 1}, {containerPort: 2, hostPort: 22}]}]},
      ['container c: claims host port 22; allowed: 80-90 (ports[1].hostPort)'],
    ],
    [
      'ports on the network of the node',
      {hostPorts: []},
      {
        hostNetwork: true,
        containers: [{name: 'c', ports: [{containerPort: 1}, {containerPort: 2}]}],
      },
      [
        "container c: on the host's network, claims ports 1, 2; allowed: none (ports[*].containerPort)",
      ],
    ],
    [
      'sysctls',
      {allowedUnsafeSysctls: ['net.*'], forbiddenSysctls: ['kernel.shm_rmid_forced']},
      {
        securityContext: {
          sysctls: [
            {name: 'kernel.shm_rmid_forced', value: '1'},
            {name: 'kernel.sem', value: '1'},
          ],
        },
      },
      [
        'pod: sets sysctls kernel.shm_rmid_forced, kernel.sem; allowed: the safe ones, net.*, but not kernel.shm_rmid_forced (spec.securityContext.sysctls[*])',
      ],
    ],
    [
      'SELinux',
      {seLinux: {rule: 'MustRunAs', seLinuxOptions: {type: 'container_t', level: 's0'}}},
      {securityContext: {seLinuxOptions: {type: 'spc_t', level: 's0'}}},
      [
        'pod: has SELinux type spc_t; allowed: container_t (spec.securityContext.seLinuxOptions.type)',
        'container c: has SELinux type spc_t; allowed: container_t (spec.securityContext.seLinuxOptions.type)',
      ],
    ],
    [
      'flags of containers',
      {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true},
      one({allowPrivilegeEscalation: true, readOnlyRootFilesystem: false, procMount: 'Unmasked'}),
      [
        'container c: has procMount Unmasked; allowed: Default (securityContext.procMount)',
        'container c: sets readOnlyRootFilesystem: false; allowed: true (securityContext.readOnlyRootFilesystem)',
        'container c: sets allowPrivilegeEscalation: true; allowed: false (securityContext.allowPrivilegeEscalation)',
      ],
    ],
    [
      'volumes of one type, and the token',
      {volumes: ['configMap']},
      {
        volumes: [
          {name: 'a', emptyDir: {}},
          {name: 'b', emptyDir: {}},
          {
            name: 'kube-api-access-x',
            projected: {sources: [{serviceAccountToken: {path: 'token'}}]},
          },
        ],
      },
      [
        'volumes a, b: each is of type emptyDir; allowed: configMap (spec.volumes[*])',
        'volume kube-api-access-x: the token of the service account, of type projected; allowed: configMap (spec.volumes[2])',
      ],
    ],
  ])('%s', ([, policy, pod, lines]) => {
    expect(reasons(policyWith(policy), pod)).toEqual(lines);
  });

  test('seccomp: nothing set, the policy’s own default, the pod’s, a container’s', () => {
    const list = policyWith({}, {[seccompAllowed]: 'runtime/default'});
    expect(reasons(list, {})).toEqual([
      'pod: no seccomp profile is set; the policy allows runtime/default and sets none (spec.securityContext.seccompProfile)',
      'container c: no seccomp profile is set; the policy allows runtime/default and sets none (securityContext.seccompProfile)',
    ]);
    const other = policyWith({}, {[seccompAllowed]: 'localhost/x', [seccompDefault]: 'unconfined'});
    expect(reasons(other, {})).toContain(
      'pod: is given seccomp profile unconfined; allowed: localhost/x (spec.securityContext.seccompProfile)',
    );
    const own = {seccompProfile: {type: 'Unconfined'}};
    expect(
      reasons(list, {securityContext: {seccompProfile: {type: 'RuntimeDefault'}}, ...one(own)}),
    ).toEqual([
      'container c: has seccomp profile unconfined; allowed: runtime/default (securityContext.seccompProfile)',
    ]);
    expect(
      reasons(policyWith({}, {[seccompAllowed]: undefined as never}), {securityContext: own}),
    ).toHaveLength(2);
  });

  test('AppArmor, by annotations', () => {
    const list = policyWith({}, {[appArmorAllowed]: 'runtime/default'});
    expect(reasons(list, {})).toEqual([
      `container c: no AppArmor profile is set; the policy allows runtime/default and sets none (metadata.annotations[${appArmorOf}])`,
    ]);
    expect(reasons(list, {}, {[appArmorOf]: 'unconfined'})).toEqual([
      `container c: has AppArmor profile unconfined; allowed: runtime/default (metadata.annotations[${appArmorOf}])`,
    ]);
  });

  test('ephemeral containers are marked', () => {
    const pod = {ephemeralContainers: [{name: 'debug', securityContext: {privileged: true}}]};
    expect(reasons(policyWith({privileged: false}), pod)).toEqual([
      'container debug (ephemeral): sets privileged: true; allowed: false (securityContext.privileged)',
    ]);
  });
});
