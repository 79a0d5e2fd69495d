import {describe, expect, test} from 'vitest';
import {conformanceResult} from '../../src/conformance/conformance.ts';
import {controls} from '../../src/controls/index.ts';
import {type JsonObject, printJson} from '../../src/kube/json.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {builtinLevels, builtinName, builtinPolicy} from '../../src/policy/builtin.ts';
import {policyErrors, preparePolicy} from '../../src/policy/evaluate.ts';
import {policyLevel} from '../../src/policy/level.ts';
import {type BuiltinCase, conformanceCase, grantedIn} from '../support/builders/builtins.ts';
import {differencesOf, vectorsOf} from '../support/kubernetes/conformance.ts';
import {
  differences,
  differencesWithoutAppArmor,
} from '../support/kubernetes/podSecurityDifferences.ts';
import {
  podSecurityModule,
  type StandardFixture,
  standardFixtures,
  standardVersions,
} from '../support/kubernetes/podSecurityStandards.ts';
import {hasReference, runReference} from '../support/kubernetes/reference.ts';
import {objectOf} from '../support/run/output.ts';

const folder = podSecurityModule();
const fixtures = folder === undefined ? [] : standardFixtures(folder);

/** A fixture, submitted by somebody where its level is the most that is granted. */
function submitted({level, path, pod}: StandardFixture, appArmor: boolean): JsonObject {
  return conformanceCase({
    name: path,
    pod,
    namespace: `${level}-pods`,
    options: {appArmor, release: lastRelease},
    user: 'alice',
    groups: ['system:authenticated'],
    grants: level === 'baseline' ? [grantedIn('baseline-pods', 'pss-baseline')] : [],
  });
}

describe.runIf(folder !== undefined)("the standards' own pods", () => {
  test('are of the standards of v1.24: no check has changed since', () => {
    const versions = standardVersions(folder ?? '');
    expect(versions.fixtures).toBe('v1.23');
    expect(versions.checks).toContain('v1.23');
    expect(versions.checks).not.toContain('v1.24');
    expect(fixtures.length).toBeGreaterThan(120);
  });

  test.each([
    ['on nodes with AppArmor', true, differences],
    ['on nodes without', false, differencesWithoutAppArmor],
  ] as const)('differ from the policies where the table says so, %s', (_, appArmor, table) => {
    const found = fixtures.flatMap(fixture => {
      const {allowed} = result(submitted(fixture, appArmor));
      return allowed === fixture.passes ? [] : [fixture.path];
    });
    expect(found.toSorted()).toEqual(Object.keys(table).toSorted());
    for (const [path, [kind]] of Object.entries(table)) {
      expect.soft(path).toContain(kind === 'stricter' ? '/pass/' : '/fail/');
    }
  });

  test('get in by the policy of their level, and by no stricter one that would change more', () => {
    for (const fixture of fixtures) {
      const {allowed, policy} = result(submitted(fixture, true));
      if (allowed) expect.soft(policy, fixture.path).toBe(builtinName(fixture.level));
    }
  });

  test.runIf(hasReference('psp-reference'))('come out the same by the code of Kubernetes', () => {
    const cases = fixtures.flatMap(fixture => [
      submitted(fixture, true),
      submitted(fixture, false),
    ]);
    expect(disagreements(cases)).toEqual([]);
  });
});

const plain: JsonObject = {
  metadata: {name: 'plain'},
  spec: {containers: [{name: 'c', image: 'c'}]},
};
const withSeccomp: JsonObject = {
  metadata: {name: 'with-seccomp'},
  spec: {
    securityContext: {seccompProfile: {type: 'RuntimeDefault'}},
    containers: [{name: 'c', image: 'c'}],
  },
};
const agent: JsonObject = {
  metadata: {name: 'agent'},
  spec: {
    hostNetwork: true,
    volumes: [{name: 'v', hostPath: {path: '/'}}],
    containers: [{name: 'c', image: 'c', securityContext: {privileged: true}}],
  },
};
const accounts = (namespace: string) => [
  'system:serviceaccounts',
  `system:serviceaccounts:${namespace}`,
  'system:authenticated',
];
const controller = {
  user: 'system:serviceaccount:kube-system:replicaset-controller',
  groups: accounts('kube-system'),
};
const node = {
  user: 'system:node:n1',
  groups: ['system:nodes', 'system:authenticated'],
  account: '',
};
const alice = {user: 'alice', groups: ['system:authenticated']};
const apiGroup = 'rbac.authorization.k8s.io';
const clusterAdmin: readonly JsonObject[] = [
  {
    kind: 'ClusterRole',
    metadata: {name: 'cluster-admin'},
    rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}],
  },
  {
    kind: 'ClusterRoleBinding',
    metadata: {name: 'cluster-admin'},
    roleRef: {apiGroup, kind: 'ClusterRole', name: 'cluster-admin'},
    subjects: [{apiGroup, kind: 'Group', name: 'system:masters'}],
  },
];
const admin = {user: 'root', groups: ['system:masters', 'system:authenticated']};

type Row = readonly [says: string, policy: string | null, asked: Omit<BuiltinCase, 'name'>];

/** Who gets which policy; null for nobody's pod. */
const rows: readonly Row[] = [
  ["somebody's pod", 'pss-restricted', {...alice, namespace: 'shop', pod: plain}],
  [
    'a pod whose requester may nothing: its account counts',
    'pss-restricted',
    {user: 'operator', groups: [], namespace: 'shop', pod: plain},
  ],
  ["a workload's pod", 'pss-restricted', {...controller, namespace: 'shop', pod: plain}],
  [
    'a workload of host access: the grant in kube-system does not leak out through controllers',
    null,
    {...controller, namespace: 'shop', pod: agent},
  ],
  [
    'the same in kube-system',
    'pss-privileged',
    {...controller, namespace: 'kube-system', pod: agent},
  ],
  [
    "a plain workload's pod in kube-system: it stays as it is",
    'pss-privileged',
    {...controller, namespace: 'kube-system', pod: plain},
  ],
  [
    'one with a seccomp field, which every policy changes: restricted would break it',
    'pss-privileged',
    {...controller, namespace: 'kube-system', pod: withSeccomp},
  ],
  ['a mirror pod', 'pss-privileged', {...node, namespace: 'kube-system', pod: agent}],
  ['a mirror pod elsewhere', null, {...node, namespace: 'shop', pod: agent}],
  [
    "a cluster admin's pod",
    'pss-privileged',
    {...admin, namespace: 'shop', pod: agent, grants: clusterAdmin},
  ],
  [
    'a member of system:masters without the binding: there is no shortcut',
    null,
    {...admin, namespace: 'shop', pod: agent},
  ],
  [
    'a plain pod where baseline is granted: root may stay root',
    'pss-baseline',
    {...alice, namespace: 'shop', pod: plain, grants: [grantedIn('shop', 'pss-baseline')]},
  ],
  [
    'one with a seccomp field there',
    'pss-baseline',
    {...alice, namespace: 'shop', pod: withSeccomp, grants: [grantedIn('shop', 'pss-baseline')]},
  ],
];

describe('the built-in grants', () => {
  test.each(rows)('%s', (says, policy, asked) => {
    const outcome = result(conformanceCase({name: says, ...asked}));
    expect(outcome.policy).toBe(policy);
    expect(outcome.allowed).toBe(policy !== null);
  });

  test.runIf(hasReference('psp-reference'))('mean the same to the code of Kubernetes', () => {
    const cases = rows.map(([name, , asked]) => conformanceCase({name, ...asked}));
    expect(disagreements(cases)).toEqual([]);
  });
});

describe.each(builtinLevels)('the built-in %s policy', level => {
  const policy = builtinPolicy(level, {appArmor: true, release: lastRelease});

  test('is valid, usable and of its level', () => {
    expect(policyErrors(policy, lastRelease)).toEqual([]);
    expect(preparePolicy(policy, lastRelease).unusable).toBeUndefined();
    expect(policyLevel(policy)).toBe(level);
  });

  test('is the same without AppArmor, but for that', () => {
    const other = builtinPolicy(level, {appArmor: false, release: lastRelease});
    const differing = controls.filter(
      control => control.describe(policy) !== control.describe(other),
    );
    expect(differing.map(({id}) => id)).toEqual(level === 'privileged' ? [] : ['appArmor']);
  });
});

test('a more open policy covers a stricter one, control by control', () => {
  const [privileged, baseline, restricted] = builtinLevels.map(level =>
    builtinPolicy(level, {appArmor: true, release: lastRelease}),
  );
  if (!privileged || !baseline || !restricted) throw new Error('three levels');
  for (const {id, covers} of controls) {
    expect.soft(covers(privileged, baseline, lastRelease), `${id}: privileged`).toBe(true);
    expect.soft(covers(baseline, restricted, lastRelease), `${id}: baseline`).toBe(true);
  }
});

function result(value: JsonObject): JsonObject {
  return objectOf(JSON.parse(printJson(conformanceResult(value))));
}

/** Where this program and Kubernetes' own admission code differ on the cases. */
function disagreements(cases: readonly JsonObject[]): readonly string[] {
  const input = cases.map(value => `${printJson(value)}\n`).join('');
  const answers = runReference('psp-reference', ['-compact'], input).toString();
  return differencesOf(vectorsOf(input, answers));
}
