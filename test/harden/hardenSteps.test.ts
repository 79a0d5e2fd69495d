import {describe, expect, test} from 'vitest';
import {decodePod} from '../../src/kube/pod.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {builtinPolicy} from '../../src/policy/builtin.ts';
import {errorsOf} from '../support/builders/judge.ts';
import {pod as podOf, podWith} from '../support/builders/pods.ts';
import {hardenedTo} from './hardening.ts';

const stepsOf = (
  view: ReturnType<typeof podOf>,
  level: 'restricted' | 'baseline' = 'restricted',
) => {
  const {changes, decisions} = hardenedTo[level](view.pod);
  return {
    changes: changes.map(({where, says}) => `${where}: ${says}`),
    decisions: decisions.map(({where, asks}) => `${where} ${asks}`),
  };
};

const good = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: {drop: ['ALL']},
  seccompProfile: {type: 'RuntimeDefault'},
};
const pod = {securityContext: {seccompProfile: {type: 'RuntimeDefault'}}};

describe('steps', () => {
  test('a pod that says nothing', () => {
    expect(stepsOf(podOf({}))).toEqual({
      changes: [
        'pod: set runAsNonRoot: true',
        'container c0: drop capabilities: ALL',
        'container c0: set allowPrivilegeEscalation: false',
        'pod: set seccompProfile: {type: RuntimeDefault}',
      ],
      decisions: [],
    });
    expect(stepsOf(podOf({}), 'baseline')).toEqual({changes: [], decisions: []});
  });

  test('a good pod', () => {
    expect(stepsOf(podWith(pod, {securityContext: good}))).toEqual({changes: [], decisions: []});
  });

  test('beside a root container, the others are non-root by themselves', () => {
    const root = {...good, runAsUser: 0, runAsNonRoot: undefined};
    const silent = {...good, runAsNonRoot: undefined};
    const view = podWith(pod, {securityContext: root}, {securityContext: silent});
    expect(stepsOf(view)).toEqual({
      changes: ['container c1: set runAsNonRoot: true'],
      decisions: ['container c0 runs as root (runAsUser: 0)'],
    });
  });

  test('a user beside which nothing says non-root: the policy lets it in, the standard does not', () => {
    const user = {...good, runAsUser: 1000, runAsNonRoot: undefined};
    const view = podWith(pod, {securityContext: user});
    expect(
      errorsOf(builtinPolicy('restricted', {appArmor: true, release: lastRelease}), view),
    ).toEqual([]);
    expect(stepsOf(view).changes).toEqual(['pod: set runAsNonRoot: true']);
  });

  test('escalation can not be turned off beside privileged, by the API server', () => {
    const view = podWith(pod, {
      securityContext: {...good, privileged: true, allowPrivilegeEscalation: undefined},
    });
    expect(stepsOf(view)).toEqual({
      changes: [],
      decisions: [
        'container c0 is privileged',
        'container c0 escalates privileges, as a privileged container or one with CAP_SYS_ADMIN does',
      ],
    });
  });

  test("host ports that only the host's network brings go with it; explicit ones have to go too", () => {
    const ports = [{containerPort: 80}, {containerPort: 81, hostPort: 81}];
    const template = decodePod({
      spec: {hostNetwork: true, containers: [{name: 'c0', ports}]},
    });
    expect(hardenedTo.baseline(template).decisions.map(({asks}) => asks)).toEqual([
      'uses hostNetwork',
      'claims port 81 of the node',
    ]);
  });

  test('volumes: one that nothing mounts is removed, one in use is to be decided', () => {
    const volumes = [
      {name: 'logs', hostPath: {path: '/var/log'}},
      {name: 'old', hostPath: {path: '/old'}},
      {name: 'tmp', emptyDir: {}},
    ];
    const view = podWith({volumes}, {volumeMounts: [{name: 'logs', mountPath: '/logs'}]});
    expect(stepsOf(view, 'baseline')).toEqual({
      changes: ['pod: remove volume old (hostPath): nothing mounts it'],
      decisions: ['pod mounts hostPath /var/log (volume logs) in container c0'],
    });
  });

  test('pods for Windows', () => {
    const {changes, blocked, patch} = hardenedTo.restricted(
      podWith({os: {name: 'windows'}}, {}).pod,
    );
    expect(changes).toEqual([]);
    expect(patch).toBeUndefined();
    expect(blocked).toContain('Windows');
  });
});
