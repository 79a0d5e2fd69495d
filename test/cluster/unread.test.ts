import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {JsonObject} from '../../src/kube/json.ts';
import {binding, psp, roleFor} from '../support/builders/audits.ts';
import {policyObject} from '../support/builders/policies.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {itemsOf} from '../support/run/output.ts';
import {runBuilt} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';

const rbacGroup = 'rbac.authorization.k8s.io';
const podCount = 18;
const read = ['get', 'list', 'watch'];
const everythingElse = [
  {apiGroups: ['policy'], resources: ['podsecuritypolicies'], verbs: read},
  {apiGroups: [''], resources: ['*'], verbs: read},
  {apiGroups: ['apps', 'batch'], resources: ['*'], verbs: read},
];

/** A user who may read what the rules say, everywhere, and RBAC in the given namespace. */
function reader(name: string, namespace?: string): readonly JsonObject[] {
  const apiVersion = `${rbacGroup}/v1`;
  const subjects = [{apiGroup: rbacGroup, kind: 'User', name}];
  const rbac = [{apiGroups: [rbacGroup], resources: ['*'], verbs: read}];
  return [
    {apiVersion, kind: 'ClusterRole', metadata: {name}, rules: everythingElse},
    {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata: {name},
      roleRef: {apiGroup: rbacGroup, kind: 'ClusterRole', name},
      subjects,
    },
    ...(namespace === undefined
      ? []
      : [
          {apiVersion, kind: 'Role', metadata: {name, namespace}, rules: rbac},
          {
            apiVersion,
            kind: 'RoleBinding',
            metadata: {name, namespace},
            roleRef: {apiGroup: rbacGroup, kind: 'Role', name},
            subjects,
          },
        ]),
  ];
}

describe.runIf(hasReference('etcd', 'kube-apiserver'))('who may not read RBAC', () => {
  let server: ApiServer;
  const whyAs = (user: string, ...more: readonly string[]) =>
    runBuilt([
      '--server',
      server.url,
      '--certificate-authority',
      server.caFile,
      '--token',
      `${user}-token`,
      'why',
      '-A',
      ...more,
    ]);

  beforeAll(async () => {
    const users = ['reader', 'local'];
    server = await startApiServer({
      users: users.map(name => ({token: `${name}-token`, name})),
    });
    await server.createAll([
      ...['shop', 'data'].map(name => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name}})),
      ...reader('reader'),
      ...reader('local', 'shop'),
      psp('tight'),
      policyObject('wide', {hostNetwork: true, volumes: ['*']}),
      roleFor('use-wide', 'wide'),
      binding('use-wide', 'use-wide', ['group:system:serviceaccounts'], true),
    ]);
    await server.createAll(
      ['shop', 'data'].flatMap(namespace => [
        {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: 'default', namespace}},
      ]),
    );
    await server.createAll(
      Array.from({length: podCount}, (_, index) => ({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {name: `p${index}`, namespace: index % 2 === 0 ? 'shop' : 'data'},
        spec: {hostNetwork: index % 3 === 0, containers: [{name: 'c', image: 'x'}]},
      })),
    );
  });
  afterAll(() => server?.stop());

  test('is told of no denial: all of the pods get in', async () => {
    const all = await whyAs('reader', '-o', 'json', '--fail-on-denied');
    expect(all.code).toBe(0);
    const items = itemsOf(all.out);
    expect(items).toHaveLength(podCount);
    for (const item of items) {
      expect(item).toMatchObject({state: 'unknown', allowed: null, policy: null, message: null});
      expect(JSON.stringify(item.unknown)).toContain('clusterrolebindings');
    }
    expect((await whyAs('reader', '--fail-on-unknown')).code).toBe(1);
    const known = await runBuilt(['--kubeconfig', server.kubeconfig, 'why', '-A', '-o', 'json']);
    expect(itemsOf(known.out).map(({allowed, policy}) => [allowed, policy])).toEqual(
      items.map(() => [true, 'wide']),
    );
  });

  test('nor if the rights of one namespace can be read', async () => {
    const some = await whyAs('local', '-o', 'json', '--fail-on-denied');
    expect(some.code).toBe(0);
    expect(itemsOf(some.out).map(({state}) => state)).toEqual(
      Array.from({length: podCount}, () => 'unknown'),
    );
  });
});
