import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {compareWorkloads} from '../../src/effect/compareWorkloads.ts';
import {emptyInventory} from '../../src/inventory/inventory.ts';
import {type Item, templatesOf} from '../../src/inventory/submissions/items.ts';
import {isObject, type Json, type JsonObject} from '../../src/kube/json.ts';
import {decodePod} from '../../src/kube/pod.ts';
import {anyPod} from '../support/builders/anyPod.ts';
import {objectOf} from '../support/run/output.ts';
import {runsOf} from '../support/run/runs.ts';

/** Pods as files have them, named p0, p1 and so on. */
function itemsFrom(pods: readonly Json[]): readonly Item[] {
  return templatesOf({
    ...emptyInventory,
    pods: pods.map((raw, index) => {
      const spec = isObject(raw) ? raw : {};
      return decodePod({...spec, metadata: named(spec.metadata ?? {}, index)});
    }),
  });
}

function named(metadata: Json, index: number): Json {
  return {...(isObject(metadata) ? metadata : {}), name: `p${index}`, namespace: 'shop'};
}

/** The trends from one pod to the next: "rise seccomp c". */
function trendsOf(old: Json, now: Json): readonly string[] {
  return compareWorkloads(itemsFrom([old]), itemsFrom([now])).changes.flatMap(({trends}) =>
    trends.map(({trend, control, containers}) =>
      [trend, control.id, ...containers.map(({name}) => name)].join(' '),
    ),
  );
}

const appArmorKey = 'container.apparmor.security.beta.kubernetes.io/';

/** A pod of one container c with this security context; `spec` and `annotations` of the pod. */
function podOf(securityContext: JsonObject, {annotations, ...spec}: JsonObject = {}): JsonObject {
  return {metadata: {annotations}, spec: {containers: [{name: 'c', securityContext}], ...spec}};
}

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
    compareWorkloads([], itemsFrom([pod])).changes.flatMap(({trends}) =>
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

const fields = ['hostNetwork', 'hostPID', 'hostIPC', 'runtimeClassName', 'volumes', 'containers'];

/** A pod, and itself with a field of another one; or that other one. */
const edited = fc
  .tuple(anyPod, anyPod, fc.constantFrom(...fields), fc.nat({max: 3}))
  .map(([old, other, field, kind]): readonly [Json, Json] => {
    const [{spec}, {spec: changed}] = [objectOf(old), objectOf(other)];
    if (kind === 0) return [old, other];
    const mixed = {...objectOf(spec), [field]: objectOf(changed)[field]};
    return [old, {...objectOf(old), spec: mixed} as Json];
  });

const versions = fc.array(edited, {minLength: 1, maxLength: 3}).map(pairs => ({
  old: itemsFrom(pairs.map(([one]) => one)),
  now: itemsFrom(pairs.map(([, other]) => other)),
}));

describe('any two versions of workloads', () => {
  test('a version against itself has no change; what rises there falls back', () => {
    let rises = 0;
    fc.assert(
      fc.property(versions, ({old, now}) => {
        expect(compareWorkloads(now, now)).toEqual({
          changes: [],
          unchanged: now.length,
          counts: {rise: 0, fall: 0, change: 0},
        });
        const [there, back] = [compareWorkloads(old, now), compareWorkloads(now, old)];
        expect(back.unchanged).toBe(there.unchanged);
        expect(back.counts).toEqual({
          rise: there.counts.fall,
          fall: there.counts.rise,
          change: there.counts.change,
        });
        rises += there.counts.rise;
      }),
      {numRuns: runsOf(500)},
    );
    expect(rises).toBeGreaterThan(100);
  });

  test('without a rise on two ways, there is none on the way through both', () => {
    const rises = (old: readonly Item[], now: readonly Item[]) =>
      compareWorkloads(old, now).counts.rise;
    const inPlace = fc.tuple(anyContext, anyContext, anyContext);
    let quiet = 0;
    fc.assert(
      fc.property(inPlace, contexts => {
        const [a = [], b = [], c = []] = contexts.map(context => itemsFrom([podOf(context)]));
        const changes = [compareWorkloads(a, b), compareWorkloads(b, c)];
        if (changes.some(({counts}) => counts.rise + counts.change > 0)) return;
        quiet += 1;
        expect(rises(a, c)).toBe(0);
      }),
      {numRuns: runsOf(2000)},
    );
    expect(quiet).toBeGreaterThan(runsOf(50));
  });
});

/** A security context of a few fields, so that many are in order. */
const anyContext = fc.record(
  {
    runAsUser: fc.constantFrom(0, 5),
    runAsNonRoot: fc.boolean(),
    privileged: fc.boolean(),
    capabilities: fc.constantFrom({drop: ['ALL']}, {add: ['NET_ADMIN']}, {drop: ['CHOWN']}),
    seccompProfile: fc.constantFrom({type: 'RuntimeDefault'}, {type: 'Unconfined'}),
  },
  {requiredKeys: []},
) as fc.Arbitrary<JsonObject>;
