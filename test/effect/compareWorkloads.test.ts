import {describe, expect, test} from 'vitest';
import {compareWorkloads} from '../../src/effect/compareWorkloads.ts';
import type {Json, JsonObject} from '../../src/kube/json.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {itemsFrom, podOf} from './comparedPods.ts';

/** The trends from one pod to the next: "rise seccomp c". */
function trendsOf(old: Json, now: Json): readonly string[] {
  return compareWorkloads(itemsFrom([old]), itemsFrom([now]), lastRelease).changes.flatMap(
    ({trends}) =>
      trends.map(({trend, control, containers}) =>
        [trend, control.id, ...containers.map(({name}) => name)].join(' '),
      ),
  );
}

const appArmorKey = 'container.apparmor.security.beta.kubernetes.io/';

/** A pod of containers by name, with their security contexts. */
function podOfAll(contexts: Readonly<Record<string, JsonObject>>, spec: JsonObject = {}) {
  const containers = Object.entries(contexts).map(([name, securityContext]) => ({
    name,
    securityContext,
  }));
  return {spec: {containers, ...spec}};
}

const plain = podOf({});
const seccomp = (type: string) => ({securityContext: {seccompProfile: {type}}});
const mounting = (path: string, readOnly: boolean) => ({
  spec: {
    volumes: [{name: 'v', hostPath: {path}}],
    containers: [{name: 'c', volumeMounts: [{name: 'v', mountPath: '/v', readOnly}]}],
  },
});

describe('what a pod may do at run time', () => {
  type Way = readonly [when: string, old: Json, now: Json, trends: readonly string[]];
  const rising: readonly Way[] = [
    [
      'AppArmor from unset to unconfined',
      plain,
      podOf({}, {annotations: {[`${appArmorKey}c`]: 'unconfined'}}),
      ['appArmor c'],
    ],
    ['SELinux to spc_t', plain, podOf({seLinuxOptions: {type: 'spc_t'}}), ['seLinux c']],
    [
      'SELinux to a level with every category',
      podOf({seLinuxOptions: {level: 's0:c1,c2'}}),
      podOf({seLinuxOptions: {level: 's0:c0.c1023'}}),
      ['seLinux c'],
    ],
    ['seccomp removed', podOf({}, seccomp('RuntimeDefault')), plain, ['seccomp c']],
    [
      'seccomp removed from an annotation',
      podOf({}, {annotations: {'seccomp.security.alpha.kubernetes.io/pod': 'docker/default'}}),
      podOf({seccompProfile: {type: 'Unconfined'}}),
      ['seccomp c'],
    ],
    ['root for the user of the image', plain, podOf({runAsUser: 0}), ['runAsUser c']],
    ['the user of the image for a fixed one', podOf({runAsUser: 5}), plain, ['runAsUser c']],
    [
      'the user of the image, no longer non-root',
      podOf({runAsNonRoot: true}),
      plain,
      ['runAsUser c'],
    ],
    ['the root group', plain, podOf({runAsGroup: 0}), ['runAsGroup c']],
    [
      'one more group',
      podOf({}, {securityContext: {supplementalGroups: [5]}}),
      podOf({}, {securityContext: {supplementalGroups: [5, 6]}}),
      ['supplementalGroups'],
    ],
    [
      'escalation no longer off',
      podOf({allowPrivilegeEscalation: false}),
      plain,
      ['allowPrivilegeEscalation c'],
    ],
    [
      'a writable filesystem',
      podOf({readOnlyRootFilesystem: true}),
      plain,
      ['readOnlyRootFilesystem c'],
    ],
    [
      'another capability',
      plain,
      podOf({capabilities: {add: ['CAP_NET_ADMIN']}}),
      ['capabilities c'],
    ],
    [
      'all capabilities but one',
      plain,
      podOf({capabilities: {add: ['all'], drop: ['SYS_BOOT']}}),
      ['capabilities c'],
    ],
    [
      'the capabilities of the runtime for one of them',
      podOf({capabilities: {drop: ['ALL'], add: ['CHOWN']}}),
      plain,
      ['capabilities c'],
    ],
    ['privileged, which tells the rest', plain, podOf({privileged: true}), ['privileged c']],
    ['the network of the node', plain, podOf({}, {hostNetwork: true}), ['hostNetwork']],
    [
      'an unsafe sysctl',
      plain,
      podOf({}, {securityContext: {sysctls: [{name: 'net/core/x'}]}}),
      ['sysctls'],
    ],
    ['NFS by its address', plain, podOf({}, {volumes: [{name: 'v', nfs: {}}]}), ['volumes']],
    [
      'a path of the node, writable',
      mounting('/var/log', true),
      mounting('/var', false),
      ['allowedHostPaths c'],
    ],
  ];
  test.each(rising)('rises: %s', (_, old, now, trends) => {
    expect(trendsOf(old, now)).toEqual(trends.map(trend => `rise ${trend}`));
    expect(trendsOf(now, old)).toEqual(trends.map(trend => `fall ${trend}`));
  });

  const changing: readonly Way[] = [
    ['a fixed group', plain, podOf({runAsGroup: 3000}), ['runAsGroup c']],
    ['a fixed group of volumes', plain, podOf({}, {securityContext: {fsGroup: 5}}), ['fsGroup']],
    ['a runtime class', plain, podOf({}, {runtimeClassName: 'gvisor'}), ['runtimeClass']],
    ['another user', podOf({runAsUser: 5}), podOf({runAsUser: 6}), ['runAsUser c']],
    [
      'a profile of the node',
      podOf({}, seccomp('RuntimeDefault')),
      podOf({seccompProfile: {type: 'Localhost', localhostProfile: 'x'}}),
      ['seccomp c'],
    ],
    ['a level of SELinux', plain, podOf({seLinuxOptions: {level: 's0:c1,c2'}}), ['seLinux c']],
    [
      'a safe sysctl',
      plain,
      podOf({}, {securityContext: {sysctls: [{name: 'net.ipv4.tcp_syncookies'}]}}),
      ['sysctls'],
    ],
    ['a volume of its own', plain, podOf({}, {volumes: [{name: 'v', emptyDir: {}}]}), ['volumes']],
  ];
  test.each(changing)('changes, both ways: %s', (_, old, now, trends) => {
    expect(trendsOf(old, now)).toEqual(trends.map(trend => `change ${trend}`));
    expect(trendsOf(now, old)).toEqual(trends.map(trend => `change ${trend}`));
  });

  const same: readonly Way[] = [
    [
      'what is unset, said',
      plain,
      podOf(
        {
          allowPrivilegeEscalation: true,
          privileged: false,
          seccompProfile: {type: 'Unconfined'},
          seLinuxOptions: {type: 'container_t'},
          capabilities: {add: ['CHOWN']},
        },
        {annotations: {[`${appArmorKey}c`]: 'runtime/default'}},
      ),
      [],
    ],
    [
      'what a privileged container does not feel',
      podOf({privileged: true}, seccomp('RuntimeDefault')),
      podOf({privileged: true, capabilities: {add: ['SYS_BOOT']}, seLinuxOptions: {type: 'spc_t'}}),
      [],
    ],
    [
      'a port on the network of the node',
      podOf({}, {hostNetwork: true}),
      {spec: {hostNetwork: true, containers: [{name: 'c', ports: [{containerPort: 80}]}]}},
      [],
    ],
    [
      'a field of the pod, said by its container',
      podOf({}, {securityContext: {runAsUser: 7}}),
      podOf({runAsUser: 7}),
      [],
    ],
  ];
  test.each(same)('is equal: %s', (_, old, now, trends) => {
    expect(trendsOf(old, now)).toEqual(trends);
    expect(trendsOf(now, old)).toEqual(trends);
  });
});

describe('several containers', () => {
  test('a sibling does not hide what another one gains', () => {
    const old = podOfAll({a: {privileged: true, runAsUser: 0}, b: {runAsUser: 5}});
    const now = podOfAll({
      a: {privileged: true, runAsUser: 0},
      b: {runAsUser: 0, privileged: true},
    });
    expect(trendsOf(old, now)).toEqual(['rise privileged b', 'rise runAsUser b']);
  });

  test('the same trend is told once for all of them', () => {
    const pod = (spec: JsonObject) =>
      podOfAll({a: {}, b: {}}, {initContainers: [{name: 'i'}], ...spec});
    expect(trendsOf(pod(seccomp('RuntimeDefault')), pod({}))).toEqual(['rise seccomp i a b']);
  });

  test('containers of one name in two lists are two', () => {
    const root = [{name: 'a', securityContext: {runAsUser: 0}}];
    const [old, now] = [{name: 'a', securityContext: {runAsUser: 5}}, {name: 'a'}];
    const pod = (container: JsonObject) => ({
      spec: {initContainers: root, containers: [container]},
    });
    expect(trendsOf(pod(old), pod(now))).toEqual(['rise runAsUser a']);
  });

  test('one that is added: more than one that says nothing, or more than all that were there', () => {
    const hard = {allowPrivilegeEscalation: false, runAsNonRoot: true};
    expect(trendsOf(podOfAll({a: {}}), podOfAll({a: {}, b: {}}))).toEqual([]);
    expect(trendsOf(podOfAll({a: {}}), podOfAll({a: {}, b: hard}))).toEqual([]);
    expect(trendsOf(podOfAll({a: hard}), podOfAll({a: hard, b: {}}))).toEqual([
      'rise runAsUser b',
      'rise allowPrivilegeEscalation b',
    ]);
    const strong = {privileged: true};
    expect(trendsOf(podOfAll({a: strong}), podOfAll({a: strong, b: strong}))).toEqual([
      'rise privileged b',
    ]);
    expect(trendsOf(podOfAll({a: strong, b: strong}), podOfAll({a: strong}))).toEqual([
      'fall privileged b',
    ]);
  });

  test('one that gets another name keeps what it had', () => {
    const strong = {privileged: true, runAsUser: 0};
    expect(trendsOf(podOfAll({a: strong, b: {}}), podOfAll({c: strong, b: {}}))).toEqual([]);
    expect(trendsOf(podOfAll({a: {runAsUser: 0}}), podOfAll({c: strong}))).toEqual([
      'rise privileged c',
    ]);
  });
});

describe('a workload that is added', () => {
  const addition = (pod: Json) =>
    compareWorkloads([], itemsFrom([pod]), lastRelease).changes.flatMap(({trends}) =>
      trends.map(({trend, control}) => `${trend} ${control.id}`),
    );

  test('rises by what restricted denies, and by nothing that does no more than its pods', () => {
    expect(addition(plain)).toEqual([]);
    expect(addition(podOf({runAsUser: 0, capabilities: {add: ['CHOWN']}}))).toEqual([
      'rise runAsUser',
      'rise capabilities',
    ]);
    expect(addition(podOf({}, seccomp('Unconfined')))).toEqual(['rise seccomp']);
    expect(addition(podOf({seLinuxOptions: {level: 's0:c1,c2'}}))).toEqual(['change seLinux']);
    expect(addition(podOf({privileged: true}, {hostPID: true}))).toEqual([
      'rise privileged',
      'rise hostPID',
    ]);
  });
});
