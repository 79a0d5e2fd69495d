import {describe, expect, test} from 'vitest';
import {fileOf} from '../../support/run/files.ts';
import {itemsHere, runHere} from '../../support/run/run.ts';

const rbacGroup = 'rbac.authorization.k8s.io';
const anything = {rule: 'RunAsAny'};

/** A policy `base` that lets in what needs nothing, for these subjects. */
function worldFor(...subjects: readonly object[]): readonly object[] {
  return [
    {
      apiVersion: 'policy/v1beta1',
      kind: 'PodSecurityPolicy',
      metadata: {name: 'base'},
      spec: {
        volumes: ['*'],
        runAsUser: anything,
        seLinux: anything,
        supplementalGroups: anything,
        fsGroup: anything,
      },
    },
    {
      apiVersion: `${rbacGroup}/v1`,
      kind: 'ClusterRole',
      metadata: {name: 'use-base'},
      rules: [
        {
          apiGroups: ['policy'],
          resources: ['podsecuritypolicies'],
          resourceNames: ['base'],
          verbs: ['use'],
        },
      ],
    },
    {
      apiVersion: `${rbacGroup}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: {name: 'use-base'},
      roleRef: {apiGroup: rbacGroup, kind: 'ClusterRole', name: 'use-base'},
      subjects,
    },
  ];
}

const accounts = {kind: 'Group', apiGroup: rbacGroup, name: 'system:serviceaccounts'};
const controller = (name: string) => ({kind: 'ServiceAccount', namespace: 'kube-system', name});
const plain = {containers: [{name: 'main', image: 'x'}]};
const onHost = {...plain, hostNetwork: true};

function templated(apiVersion: string, kind: string, name: string, spec: object = plain): object {
  return {apiVersion, kind, metadata: {name, namespace: 'a'}, spec: {template: {spec}}};
}

describe('two objects of one kind and name in different API groups', () => {
  const both = [
    templated('apps/v1', 'StatefulSet', 'db', onHost),
    templated('apps.kruise.io/v1beta1', 'StatefulSet', 'db'),
  ];
  const file = fileOf([...worldFor(accounts), ...both]);

  test('are two rows, in manifests and in a snapshot of them', async () => {
    const {code, out, err} = await runHere('why', '-f', file, '--no-headers', '--fail-on-denied');
    expect(code).toBe(1);
    expect(err).not.toContain('defined again');
    expect(out.split('\n').map(row => row.split(/\s{2,}/))).toMatchObject([
      ['a', 'StatefulSet/db', 'default', '<none>', '<none>', 'denied'],
      ['a', 'StatefulSet.apps.kruise.io/db', 'default', 'base', expect.any(String), 'ok'],
      [''],
    ]);
    const rows = [
      {kind: 'StatefulSet', name: 'db', allowed: false},
      {group: 'apps.kruise.io', kind: 'StatefulSet', name: 'db', allowed: true},
    ];
    const found = await itemsHere('why', '-f', file);
    expect(found).toMatchObject(rows);
    expect(found[0]).not.toHaveProperty('group');
    const {out: snapshot} = await runHere('snapshot', '--from', file);
    expect(await itemsHere('why', '-A', '--from', fileOf(snapshot))).toMatchObject(rows);
  });

  test.each([
    ['sts/db', 2],
    ['statefulset.apps/db', 1],
    ['statefulsets.v1.apps/db', 1],
    ['statefulset.apps.kruise.io/db', 1],
    ['statefulset.v1beta1.apps.kruise.io/db', 1],
  ])('%s names %i of them', async (name, length) => {
    expect(await itemsHere('why', name, '-f', file)).toHaveLength(length);
  });

  test('are each audited, advised and hardened', async () => {
    const findings = await itemsHere('audit', '--from', file);
    const denied = findings.filter(({rule}) => String(rule).startsWith('denied'));
    expect(denied).toMatchObject([{object: {kind: 'StatefulSet', name: 'db'}}]);
    const advised = await itemsHere('advise', '-f', file, '--for', 'workload');
    expect(advised.map(({workloads}) => workloads)).toEqual([
      [expect.objectContaining({group: 'apps.kruise.io'})],
      [expect.not.objectContaining({group: 'apps.kruise.io'})],
    ]);
    const hardened = await itemsHere('advise', '--harden', 'baseline', '-f', file);
    expect(hardened).toMatchObject([{kind: 'StatefulSet', now: 'privileged'}, {now: 'baseline'}]);
  });

  test('a change of one leaves the other', async () => {
    const change = fileOf([templated('apps.kruise.io/v1beta1', 'StatefulSet', 'db', onHost)]);
    const {code, out} = await runHere('try', '-A', '--from', file, '-f', change, '-o', 'json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      items: [{group: 'apps.kruise.io', name: 'db', change: 'denied'}],
      summary: {same: 1},
    });
  });

  test('one that moved between groups of Kubernetes is the same object in each', async () => {
    const moved = [
      templated('extensions/v1beta1', 'DaemonSet', 'agent'),
      templated('apps/v1', 'DaemonSet', 'agent'),
    ];
    const items = await itemsHere('why', '-f', fileOf([...worldFor(accounts), ...moved]));
    expect(items).toHaveLength(1);
  });
});

describe('an owner is', () => {
  const owned = (name: string, owner: object) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name, namespace: 'a', ownerReferences: [{controller: true, ...owner}]},
    spec: onHost,
  });
  const names = async (...objects: readonly object[]) =>
    (await itemsHere('why', '-f', fileOf([...worldFor(accounts), ...objects]))).map(
      ({kind, name}) => `${kind}/${name}`,
    );

  test('no object of another API group', async () => {
    const owner = {apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 'u1'};
    const others = templated('apps.kruise.io/v1beta1', 'StatefulSet', 'db');
    const own = templated('apps/v1', 'StatefulSet', 'db');
    expect(await names(others, owned('db-0', owner))).toEqual(['Pod/db-0', 'StatefulSet/db']);
    expect(await names(own, owned('db-0', owner))).toEqual(['StatefulSet/db']);
  });

  test('no object that was created again under its name', async () => {
    const owner = {apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 'u1'};
    const withUid = (uid: string) => ({
      ...templated('apps/v1', 'StatefulSet', 'db'),
      metadata: {name: 'db', namespace: 'a', uid},
    });
    expect(await names(withUid('u2'), owned('db-0', owner))).toEqual([
      'Pod/db-0',
      'StatefulSet/db',
    ]);
  });

  test('no object of another namespace, whatever its uid', async () => {
    const owner = {apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 'u1'};
    const inNamespace = (namespace: string) => ({
      ...templated('apps/v1', 'StatefulSet', 'db'),
      metadata: {name: 'db', namespace, uid: 'u1'},
    });
    const pod = owned('db-0', owner);
    expect(await names(inNamespace('a'), pod)).toEqual(['StatefulSet/db']);
    expect(await names(inNamespace('b'), pod)).toEqual(['Pod/db-0', 'StatefulSet/db']);
  });
});

test('the controllers of Kubernetes create pods of its own kinds only', async () => {
  const world = worldFor(
    ...['statefulset-controller', 'daemon-set-controller', 'job-controller'].map(controller),
  );
  const file = fileOf([
    ...world,
    templated('apps/v1', 'StatefulSet', 'own'),
    templated('apps.kruise.io/v1beta1', 'StatefulSet', 'other'),
    templated('apps.kruise.io/v1alpha1', 'DaemonSet', 'other'),
    templated('batch.volcano.sh/v1alpha1', 'Job', 'other'),
  ]);
  expect(await itemsHere('why', '-f', file)).toMatchObject([
    {kind: 'DaemonSet', requester: null, policy: null},
    {kind: 'Job', requester: null, policy: null},
    {kind: 'StatefulSet', name: 'other', requester: null, policy: null},
    {
      name: 'own',
      requester: 'system:serviceaccount:kube-system:statefulset-controller',
      policy: 'base',
    },
  ]);
});

test('what a template lacks that its controller completes makes no pod invalid', async () => {
  const nameless = {containers: [{image: 'x'}]};
  const file = fileOf([
    ...worldFor(accounts),
    templated('serving.knative.dev/v1', 'Service', 'web', nameless),
    templated('example.com/v1', 'Widget', 'own', nameless),
    templated('apps/v1', 'Deployment', 'plain', nameless),
  ]);
  const states = (await itemsHere('why', '-f', file)).map(({kind, state}) => [kind, state]);
  expect(states).toEqual([
    ['Deployment', 'denied'],
    ['Service', 'ok'],
    ['Widget', 'ok'],
  ]);
});
