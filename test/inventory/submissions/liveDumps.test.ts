import {describe, expect, test} from 'vitest';
import {fileOf} from '../../support/run/files.ts';
import {itemsHere, runHere} from '../../support/run/run.ts';

const anything = {rule: 'RunAsAny'};
const rules = {
  runAsUser: anything,
  seLinux: anything,
  supplementalGroups: anything,
  fsGroup: anything,
};
const rbac = 'rbac.authorization.k8s.io';
const world = [
  {
    apiVersion: 'policy/v1beta1',
    kind: 'PodSecurityPolicy',
    metadata: {name: 'base'},
    spec: {volumes: ['*'], ...rules},
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: {name: 'use-base'},
    rules: [{apiGroups: ['policy'], resources: ['podsecuritypolicies'], verbs: ['use']}],
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: {name: 'use-base'},
    roleRef: {apiGroup: rbac, kind: 'ClusterRole', name: 'use-base'},
    subjects: [{kind: 'Group', apiGroup: rbac, name: 'system:serviceaccounts'}],
  },
];
const spec = {containers: [{name: 'main', image: 'x'}]};

/** An object as the server sends it. */
function live(
  kind: string,
  name: string,
  more: {readonly owner?: object; readonly psp?: string} = {},
) {
  return {
    apiVersion: kind === 'Pod' ? 'v1' : 'apps/v1',
    kind,
    metadata: {
      name,
      namespace: 'shop',
      uid: `uid-of-${name}`,
      annotations: more.psp === undefined ? {} : {'kubernetes.io/psp': more.psp},
      ownerReferences: more.owner === undefined ? [] : [{controller: true, ...more.owner}],
    },
    spec: kind === 'Pod' ? {...spec, nodeName: 'n'} : {replicas: 1, template: {spec}},
    status: {},
  };
}

const ownedBy = (kind: string, name: string) => ({
  owner: {apiVersion: 'apps/v1', kind, name, uid: `uid-of-${name}`},
});
const dump = [
  live('Deployment', 'web'),
  live('ReplicaSet', 'web-1', ownedBy('Deployment', 'web')),
  live('Pod', 'web-1-a', {...ownedBy('ReplicaSet', 'web-1'), psp: 'gone'}),
  live('Pod', 'web-1-b', {...ownedBy('ReplicaSet', 'web-1'), psp: 'base'}),
  live('Deployment', 'idle'),
];

describe('objects of a dump of a live cluster', () => {
  const [policies, objects] = [fileOf(world), fileOf(dump)];
  const expected = [
    {kind: 'Deployment', name: 'idle', state: 'ok'},
    {kind: 'Pod', name: 'web-1-a', state: 'drifted', admittedBy: 'gone'},
    {kind: 'Pod', name: 'web-1-b', state: 'ok'},
  ];

  test('are rows as on the cluster, whatever the policies come from', async () => {
    const together = await itemsHere('why', '-A', '--from', policies, '--from', objects);
    expect(together).toMatchObject(expected);
    expect(together).toHaveLength(3);
    expect(await itemsHere('why', '-f', objects, '--from', policies)).toEqual(together);
    const {out} = await runHere(
      'try',
      '-A',
      '--from',
      policies,
      '--from',
      objects,
      '--delete',
      'base',
    );
    expect(out).toContain('web-1-b');
  });

  test('have annotations that the server wrote: nobody is told to remove them', async () => {
    const bare = live('Pod', 'bare', {psp: 'base'});
    const all = fileOf([...world, ...dump, bare]);
    const rulesFound = async (file: string) =>
      (await itemsHere('audit', '--from', file)).map(({rule, object}) => [
        rule,
        (object as {readonly name: string}).name,
      ]);
    const found = await rulesFound(all);
    expect(found).toContainEqual(['stale-annotation', 'web']);
    expect(found.map(([rule]) => rule)).not.toContain('template-annotation');
    const {uid: _, ...metadata} = bare.metadata;
    const written = await rulesFound(fileOf([...world, {...bare, metadata}]));
    expect(written).toContainEqual(['template-annotation', 'bare']);
    expect(written.map(([rule]) => rule)).not.toContain('stale-annotation');
  });

  test('that drift to another policy are found', async () => {
    const other = {...world[0], metadata: {name: 'a-base'}};
    const findings = await itemsHere('audit', '--from', fileOf([...world, ...dump, other]));
    expect(findings).toContainEqual(
      expect.objectContaining({
        rule: 'policy-drift',
        message: 'a restart would move 1 pod to a-base',
      }),
    );
  });
});

describe('a set without replicas that a controller owns', () => {
  const rollout = {apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'pay', uid: 'u'};
  const set = (kind: string, replicas: number | undefined, owner?: object) => ({
    ...live(kind, `set-${replicas}`, owner === undefined ? {} : {owner}),
    spec: {replicas, template: {spec: {...spec, hostNetwork: replicas === 0}}},
  });
  const advised = async (...objects: readonly object[]) => {
    const {out} = await runHere('advise', '-f', fileOf(objects));
    return /hostNetwork: (true|false)/.exec(out)?.[1];
  };

  test.each(['ReplicaSet', 'StatefulSet'])('is history: %s', async kind => {
    expect(await advised(set(kind, 0, rollout), set(kind, 1, rollout))).toBe('false');
    expect(await advised(set(kind, 0), set(kind, 1, rollout))).toBe('true');
    const items = await itemsHere(
      'why',
      '-f',
      fileOf([...world, set(kind, 0, rollout), set(kind, undefined, rollout)]),
    );
    expect(items).toMatchObject([{name: 'set-undefined'}]);
  });
});
