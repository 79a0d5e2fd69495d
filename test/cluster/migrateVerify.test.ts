import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Json, JsonObject} from '../../src/kube/json.ts';
import {readDocuments} from '../../src/yaml/documents.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {fileOf} from '../support/run/files.ts';
import {itemsOf, objectOf} from '../support/run/output.ts';
import {runHere} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {grantedPolicies, verifyWorld} from './verifyWorld.ts';

const rolesFile = join(import.meta.dirname, '../../docs/rbac.yaml');
const limited = {token: 'limited-token', name: 'limited'};

describe.runIf(hasReference('etcd', 'kube-apiserver'))('migrate verify, on v1.24', () => {
  let server: ApiServer;
  const run = (...args: readonly string[]) =>
    runHere('migrate', 'verify', '--kubeconfig', server.kubeconfig, ...args);

  beforeAll(async () => {
    server = await startApiServer({users: [limited]});
    await server.createAll([...verifyWorld, ...grantedPolicies]);
  }, 120_000);
  afterAll(() => server?.stop());

  test('finds that the server does what its policies say', async () => {
    const {code, out, err} = await run('--cases', '1200', '-o', 'wide');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/as foretold \(\d{3,} admitted, \d{3,} denied\), 0 not/);
    expect(out).toMatch(/^CONTROL +ADMITTED +DENIED +DIFFERS\n/);
  }, 180_000);

  test('tells where it does not', async () => {
    const changed = grantedPolicies
      .filter(({kind}) => kind === 'PodSecurityPolicy')
      .map((policy): JsonObject => {
        const spec = policy.spec as JsonObject;
        return {...policy, spec: {...spec, hostPID: true, fsGroup: {rule: 'RunAsAny'}}};
      });
    const from = ['--from', fileOf(changed)];
    const {code, out} = await run(...from, '-o', 'json');
    expect(code).toBe(1);
    const differing = itemsOf(out).filter(({outcome}) => outcome === 'differs');
    const fields = new Set(
      differing.flatMap(({differences}) =>
        (differences as readonly JsonObject[]).map(({field}) => field),
      ),
    );
    expect([...fields].sort()).toEqual([
      'metadata.annotations.kubernetes.io/psp',
      'spec.securityContext.fsGroup',
      'verdict',
    ]);
    expect(differing.some(({control}) => control === 'hostPID')).toBe(true);

    const table = await run(...from, '--cases', '400');
    expect(table.code).toBe(1);
    expect(table.out).toMatch(/^AS +POD +FIELD +EXPECTED +FOUND\n/);
    expect(table.out).toMatch(/40\d of \d+ pods were tried: --cases \d+/);
  }, 180_000);

  /** Lets the user do this and no more. */
  async function allow(rules: readonly Json[]): Promise<void> {
    const path = `/apis/rbac.authorization.k8s.io/v1/clusterroles/${limited.name}`;
    const {json} = await server.request('GET', path);
    const put = await server.request('PUT', path, {...objectOf(json), rules});
    expect(put.status).toBe(200);
  }

  test('takes the rights of its role in docs/rbac.yaml, and no less', async () => {
    const name = limited.name;
    const role = {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name};
    const apiVersion = 'rbac.authorization.k8s.io/v1';
    const subjects = [{kind: 'User', name, apiGroup: role.apiGroup}];
    await server.createAll([
      {apiVersion, kind: 'ClusterRole', metadata: {name}, rules: []},
      {apiVersion, kind: 'ClusterRoleBinding', metadata: {name}, roleRef: role, subjects},
    ]);
    const limitedRun = () => run('--token', limited.token, '--cases', '40');
    const document = readDocuments(readFileSync(rolesFile, 'utf8'), rolesFile)
      .map(({value}) => objectOf(value))
      .find(({metadata}) => objectOf(metadata).name === 'kubectl-psp-migrate-verify');
    const rules = (document?.rules ?? []) as readonly JsonObject[];
    expect(rules.length).toBe(4);
    await allow(rules);
    await expect.poll(limitedRun, {timeout: 20_000}).toMatchObject({code: 0, err: ''});
    for (const rule of rules) {
      for (const resource of rule.resources as readonly string[]) {
        const left = (rule.resources as readonly string[]).filter(other => other !== resource);
        await allow([
          ...rules.filter(other => other !== rule),
          ...(left.length === 0 ? [] : [{...rule, resources: left}]),
        ]);
        await expect.poll(async () => (await limitedRun()).code, {timeout: 30_000}).not.toBe(0);
        const {code, out, err} = await limitedRun();
        expect([3, 4]).toContain(code);
        expect([resource, err]).toEqual([resource, expect.stringContaining(resource)]);
        if (code === 3) expect(out).toMatch(/, \d+ could not be tried\n/);
      }
    }
  }, 120_000);

  test('takes a number of pods', async () => {
    const {code, err} = await run('--cases', 'many');
    expect([code, err]).toEqual([2, 'error: --cases: "many" is not a number of pods\n']);
  });
});
