import {spawnSync} from 'node:child_process';
import {readdirSync} from 'node:fs';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {JsonObject} from '../../src/kube/json.ts';
import {bindingTo, roleOfUse} from '../support/builders/useGrants.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {successorApiServer} from '../support/kubernetes/successor.ts';
import {fileOf, folderOf} from '../support/run/files.ts';
import {objectOf} from '../support/run/output.ts';
import {runWith} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {grantedPolicies, verifyWorld} from './verifyWorld.ts';

const successor = hasReference('etcd') ? successorApiServer() : undefined;
const isPolicy = ({kind}: JsonObject) => kind === 'PodSecurityPolicy';
const root = '/apis/admissionregistration.k8s.io/v1';

describe.runIf(successor !== undefined)('migrate policies --apply, on v1.37', () => {
  let server: ApiServer;
  const folder = folderOf();
  const from = fileOf(grantedPolicies.filter(isPolicy));
  const apply = (...args: readonly string[]) =>
    runWith(
      {folder},
      ...['migrate', 'policies', '--apply', '-y', '--from', from],
      ...['--kubeconfig', server.kubeconfig, ...args],
    );

  beforeAll(async () => {
    server = await startApiServer({admissionPlugins: [], program: successor ?? ''});
    await server.createAll([...verifyWorld, ...grantedPolicies.filter(one => !isPolicy(one))]);
  }, 180_000);
  afterAll(() => server?.stop());

  /** What becomes of a pod of an account that may use the policy `strict`, or of one that may use none. */
  async function fate(namespace: 'shop' | 'edge' | 'data', spec: JsonObject = {}) {
    const serviceAccountName = namespace === 'shop' ? 'web' : 'default';
    const container = {name: 'app', image: 'app'};
    const pod = {
      metadata: {generateName: 'p-'},
      spec: {
        serviceAccountName,
        automountServiceAccountToken: false,
        containers: [container],
        ...spec,
      },
    };
    const as = {
      as: 'system:serviceaccount:kube-system:replicaset-controller',
      asGroups: ['system:serviceaccounts', 'system:authenticated'],
    };
    const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All`;
    const {status, json, headers} = await server.request('POST', path, pod, as);
    const {annotations = {}} = objectOf(objectOf(json).metadata ?? {});
    return {
      status,
      policy: objectOf(annotations)['kubernetes.io/psp'],
      isWarned: headers.warning !== undefined,
    };
  }

  const label = async (namespace: string, stage: string) => {
    const contentType = 'application/merge-patch+json';
    const patch = {metadata: {labels: {'psp.kubectl/stage': stage}}};
    await server.request('PATCH', `/api/v1/namespaces/${namespace}`, patch, {contentType});
  };
  const bindings = async () => {
    const {json} = await server.request('GET', `${root}/validatingadmissionpolicybindings`);
    const {items} = objectOf(json);
    return (Array.isArray(items) ? items : []).map(one => objectOf(objectOf(one).metadata).name);
  };

  test('warns first, and refuses nothing', async () => {
    const {code, out, err} = await apply();
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('In force on stage audit');
    expect(await fate('edge')).toMatchObject({status: 201, isWarned: true});
    expect(await fate('shop')).toMatchObject({status: 201, isWarned: false, policy: undefined});
    // The canary is gone again.
    expect(await bindings()).toEqual(['kubectl-psp']);
  }, 120_000);

  test('then writes defaults where a namespace is labelled for it', async () => {
    await label('shop', 'mutate');
    const {code, err} = await apply('--stage', 'mutate');
    expect(code).toBe(0);
    expect(err).toMatch(/^lost: team: .*\n$/);
    expect(await fate('shop')).toMatchObject({status: 201, policy: 'strict'});
    expect(await fate('shop', {hostPID: true})).toMatchObject({status: 201, isWarned: true});
    expect(await fate('edge')).toMatchObject({status: 201, policy: undefined, isWarned: false});
  }, 120_000);

  test('then refuses where a namespace is labelled for that', async () => {
    await label('edge', 'deny');
    expect(await apply('--stage', 'deny')).toMatchObject({code: 0});
    expect(await fate('edge')).toMatchObject({status: 403});
    expect(await fate('shop', {hostPID: true})).toMatchObject({status: 201, isWarned: true});
    expect(await bindings()).toEqual(['kubectl-psp', 'kubectl-psp-deny']);
  }, 120_000);

  test('and everywhere only if the nodes and accounts of kube-system may use a policy', async () => {
    const refused = await apply('--stage', 'enforce');
    expect(refused.code).toBe(4);
    expect(refused.err).toContain(
      'pods of kube-system could be refused, which may stop the cluster: group system:nodes may use no policy there',
    );
    expect(await bindings()).toEqual(['kubectl-psp', 'kubectl-psp-deny']);
    const apiGroup = 'rbac.authorization.k8s.io';
    const groups = ['system:nodes', 'system:serviceaccounts:kube-system'];
    await server.createAll(
      groups.flatMap((name, index) => [
        roleOfUse(`system-${index}`, 'wide'),
        bindingTo(`system-${index}`, {kind: 'Group', name, apiGroup}, 'kube-system'),
      ]),
    );
    const {code, out} = await apply('--stage', 'enforce');
    expect(code).toBe(0);
    expect(out).toContain('In force on stage enforce');
    expect(await fate('shop', {hostPID: true})).toMatchObject({status: 403});
    expect(await fate('shop')).toMatchObject({status: 201, policy: 'strict'});
    expect(await bindings()).toEqual(['kubectl-psp']);
  }, 120_000);

  test('what was done last is taken back by its script', async () => {
    const script = readdirSync(folder)
      .filter(name => name.endsWith('.sh'))
      .sort()
      .at(-1);
    const {status, stderr} = spawnSync('sh', [script ?? ''], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(await bindings()).toEqual(['kubectl-psp', 'kubectl-psp-deny']);
  }, 120_000);

  test('where nothing is to write defaults, those who live on them are foretold, warned and refused', async () => {
    const labels = {app: 'web'};
    const template = {
      metadata: {labels},
      spec: {serviceAccountName: 'web', containers: [{name: 'app', image: 'app'}]},
    };
    await server.createAll([
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: {namespace: 'shop', name: 'web'},
        spec: {selector: {matchLabels: labels}, template},
      },
    ]);
    const full = await apply('--stage', 'audit');
    expect(full.out).toContain('Of 1 pod or idle workload, the policies would refuse 0');
    expect(await fate('shop')).toMatchObject({status: 201, isWarned: false});

    const warned = await apply('--mode', 'validate', '--stage', 'audit');
    expect(warned.out).toContain('Of 1 pod or idle workload, the policies would refuse 1');
    expect(warned.out).toContain('pods that no policy takes unchanged are warned of');
    expect(await fate('shop')).toMatchObject({status: 201, isWarned: true, policy: undefined});

    const {code, out, err} = await apply('--mode', 'validate', '--stage', 'enforce');
    expect(code).toBe(0);
    expect(out).toContain('Refused from now on: Deployment shop/web');
    expect(err).toContain('lost: strict: It writes ');
    expect(await fate('shop')).toMatchObject({status: 403});
    expect(await fate('data', {securityContext: {fsGroup: 1}})).toMatchObject({status: 201});
  }, 120_000);

  test.each([
    ['audit', 'deny', /^error: --mode audit refuses and changes nothing: its only stage is audit/],
    ['audit', 'enforce', /^error: --mode audit refuses and changes nothing/],
    ['validate', 'mutate', /^error: --mode validate writes nothing into pods: its stages are/],
  ])('mode %s has no stage %s', async (mode, stage, message) => {
    const {code, out, err} = await apply('--mode', mode, '--stage', stage);
    expect({code, out}).toEqual({code: 2, out: ''});
    expect(err).toMatch(message);
  });
});
