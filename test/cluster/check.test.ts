import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {JsonObject} from '../../src/kube/json.ts';
import {podObject} from '../support/builders/pods.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {objectOf} from '../support/run/output.ts';
import {runHere} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';

const rbac = 'rbac.authorization.k8s.io';

describe.runIf(hasReference('etcd', 'kube-apiserver'))('check and the API server', () => {
  let on: ApiServer;
  let off: ApiServer;
  beforeAll(async () => {
    [on, off] = await Promise.all([
      startApiServer(),
      startApiServer({admissionPlugins: ['NamespaceLifecycle']}),
    ]);
    for (const server of [on, off]) await server.createAll(objects);
  });
  afterAll(() => Promise.all([on?.stop(), off?.stop()]));

  const check = (server: ApiServer, ...args: readonly string[]) =>
    runHere('check', '--kubeconfig', server.kubeconfig, ...args);

  test('yes where the plugin is on, also without a policy', async () => {
    const {code, out, err} = await check(on);
    expect({code, err}).toEqual({code: 0, err: ''});
    expect(out).toContain('PodSecurityPolicies are in force.\n');
    expect(out).toContain('API:        served as policy/v1beta1\n');
    expect(out).toContain('Admission:  on: it refused a pod that was tried in namespace default\n');
    expect(out).toContain('there is no policy, so no pod gets in: see kubectl psp policies');
    expect(out).toMatch(/^podsecuritypolicies +yes +yes +yes +yes +yes$/m);
  });

  test('no where it is off', async () => {
    const {code, out} = await check(off);
    expect(code).toBe(1);
    expect(out).toContain('PodSecurityPolicies are not in force.\n');
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'Admission: off: a pod that was tried in namespace default got in, and no policy was asked',
    );
  });

  test('creates nothing, on either', async () => {
    for (const server of [on, off]) {
      expect((await check(server)).out).toContain('a pod that was tried');
      const {json} = await server.request('GET', '/api/v1/pods');
      expect(objectOf(json).items).toEqual([]);
    }
  });

  test('names the policy that let the pod in, and what one may do in one namespace', async () => {
    const {code, err} = await runHere('policies', 'restricted');
    expect({code, err}).toMatchObject({code: 0});
    const {out} = await runHere('policies', 'restricted', '-o', 'json');
    await on.createAll(objectOf(JSON.parse(out)).items as readonly JsonObject[]);
    const as = ['--as', 'dev', '--as-group', 'system:authenticated', '-n', 'shop'];
    await expect
      .poll(async () => (await check(on, ...as)).out, {timeout: 20_000})
      .toContain('got in by policy');
    const answer = await check(on, ...as);
    expect(answer.code).toBe(0);
    expect(answer.out.replaceAll(/\s+/g, ' ')).toContain(
      'on: a pod that was tried in namespace shop got in by policy pss-restricted',
    );
    expect(answer.out).toMatch(/^pods +no +no +here +- +-$/m);
    expect(answer.out).toMatch(/\nhere: in namespace shop only\n$/);
    expect(answer.err).toContain("incomplete: can't list podsecuritypolicies");
  });

  test('unknown, with the reason, where no pod may be tried and none be read', async () => {
    const {code, out} = await check(on, '--as', 'nobody');
    expect(code).toBe(3);
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      `Admission: unknown: no pod can be read (a pod can't be tried: pods is forbidden: User "nobody" cannot create resource "pods"`,
    );
  });

  test('by the youngest pod where none may be tried', async () => {
    await off.createAll([podOf('old', {})]);
    const as = ['--as', 'reader'];
    const {code, out} = await check(off, ...as);
    expect(code).toBe(1);
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'probably off: the youngest pod, default/old, does not carry kubernetes.io/psp (a pod',
    );
    // Times are in seconds; of pods of the same second it is the first by name.
    await off.createAll([podOf('new', {'kubernetes.io/psp': 'some'})]);
    const later = await check(off, ...as);
    expect(later.code).toBe(0);
    expect(later.out.replaceAll(/\s+/g, ' ')).toContain(
      'probably on: the youngest pod, default/new, carries',
    );
  });
});

const objects: readonly JsonObject[] = [
  {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'shop'}},
  ...['default', 'shop'].map(namespace => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {name: 'default', namespace},
  })),
  roleOf('make-pods', 'create'),
  roleOf('read-pods', 'list'),
  {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: {name: 'make-pods', namespace: 'shop'},
    roleRef: {apiGroup: rbac, kind: 'ClusterRole', name: 'make-pods'},
    subjects: [{apiGroup: rbac, kind: 'User', name: 'dev'}],
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: {name: 'read-pods'},
    roleRef: {apiGroup: rbac, kind: 'ClusterRole', name: 'read-pods'},
    subjects: [{apiGroup: rbac, kind: 'User', name: 'reader'}],
  },
];

function roleOf(name: string, verb: string): JsonObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: {name},
    rules: [{apiGroups: [''], resources: ['pods'], verbs: [verb]}],
  };
}

function podOf(name: string, annotations: JsonObject): JsonObject {
  return podObject({name, namespace: 'default', annotations});
}
