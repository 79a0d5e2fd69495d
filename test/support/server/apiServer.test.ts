import {spawn} from 'node:child_process';
import {existsSync, rmSync} from 'node:fs';
import {connect} from 'node:net';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {JsonObject} from '../../../src/kube/json.ts';
import {podObject} from '../builders/pods.ts';
import {policyObject} from '../builders/policies.ts';
import {hasReference} from '../kubernetes/reference.ts';
import {type ApiServer, startApiServer} from './apiServer.ts';

const developer = {token: 'dev-token', name: 'dev', groups: ['developers']};

const policy = policyObject('no-host-network', {volumes: ['*']});
const namespace: JsonObject = {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'team-a'}};
const serviceAccount: JsonObject = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: {name: 'default', namespace: 'team-a'},
};

function podOf(name: string, spec: JsonObject = {}): JsonObject {
  return podObject({name, namespace: 'team-a'}, spec);
}

const hasServer = hasReference('etcd', 'kube-apiserver');

describe.runIf(hasServer)('startApiServer', () => {
  let server: ApiServer;

  beforeAll(async () => {
    server = await startApiServer({users: [developer]});
    // Out of order: the pod needs the account, and that the namespace.
    await server.createAll([policy, serviceAccount, namespace]);
  });
  afterAll(() => server?.stop());

  test('runs Kubernetes v1.24.17', async () => {
    const {status, json} = await server.request('GET', '/version');
    expect(status).toBe(200);
    expect(json).toMatchObject({gitVersion: 'v1.24.17'});
  });

  test('refuses a pod that no policy lets pass, with the plugin’s message', async () => {
    const path = '/api/v1/namespaces/team-a/pods';
    const pod = podOf('web', {hostNetwork: true});
    const {status, json} = await server.request('POST', path, pod);
    expect(status).toBe(403);
    expect(json).toMatchObject({
      reason: 'Forbidden',
      message:
        'pods "web" is forbidden: PodSecurityPolicy: unable to admit pod: ' +
        '[spec.securityContext.hostNetwork: Invalid value: true: Host network is not allowed to be used]',
    });
  });

  test('createAll makes many pods, and answers with them as stored, in order', async () => {
    const pods = Array.from({length: 40}, (_, index) => podOf(`pod-${index}`));
    const stored = await server.createAll(pods, 8);
    expect(stored).toHaveLength(40);
    expect(stored[39]).toMatchObject({
      metadata: {name: 'pod-39', annotations: {'kubernetes.io/psp': 'no-host-network'}},
    });
  });

  test('createAll says which object the server refused and why', async () => {
    const odd = {apiVersion: 'v1', kind: 'Unicorn', metadata: {name: 'u'}};
    await expect(server.createAll([podOf('odd', {hostPID: true})])).rejects.toThrow(
      /^v1 Pod odd: 403 .*Host PID is not allowed to be used/,
    );
    await expect(server.createAll([odd])).rejects.toThrow('v1 Unicorn u: the server has no such');
  });

  test('knows the token users, and lets the admin act as another', async () => {
    const review = {apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview'};
    const body = {...review, spec: {resourceAttributes: {verb: 'list', resource: 'pods'}}};
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const allowed = {status: {allowed: true}};
    const denied = {status: {allowed: false}};
    const ask = async (options: object) => (await server.request('POST', path, body, options)).json;
    expect(await ask({})).toMatchObject(allowed);
    expect(await ask({token: developer.token})).toMatchObject(denied);
    expect(await ask({as: 'eve'})).toMatchObject(denied);
    expect(await ask({as: 'eve', asGroups: ['system:masters']})).toMatchObject(allowed);
    expect((await server.request('GET', '/version', undefined, {token: 'no'})).status).toBe(401);
  });

  test('takes a content type: a merge patch', async () => {
    const path = '/apis/policy/v1beta1/podsecuritypolicies/no-host-network';
    const patch = {metadata: {labels: {team: 'a'}}};
    const contentType = 'application/merge-patch+json';
    const {status, json} = await server.request('PATCH', path, patch, {contentType});
    expect(status).toBe(200);
    expect(json).toMatchObject({metadata: {labels: {team: 'a'}}});
  });
});

describe.runIf(hasServer)('the end of an API server', () => {
  test('a wrong argument shows what the server says', async () => {
    await expect(startApiServer({args: ['--no-such-flag']})).rejects.toThrow(
      /did not start.*kube-apiserver has ended.*unknown flag: --no-such-flag/s,
    );
  });

  test('kill leaves its files, stop removes them', async () => {
    const server = await startApiServer({admissionPlugins: []});
    const port = Number(new URL(server.url).port);
    expect(await isOpen(port)).toBe(true);
    await server.kill();
    expect(await isOpen(port)).toBe(false);
    expect(existsSync(server.kubeconfig)).toBe(true);
    await server.stop();
    expect(existsSync(server.dir)).toBe(false);
  });

  test('it ends with the process that started it, even by SIGKILL', async () => {
    const module = join(import.meta.dirname, './apiServer.ts');
    const script = `
      const {startApiServer} = await import(${JSON.stringify(module)});
      const {url, dir} = await startApiServer();
      console.log(JSON.stringify({url, dir}));
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const {url, dir} = await new Promise<Pick<ApiServer, 'url' | 'dir'>>((resolve, reject) => {
      child.stdout.once('data', data => resolve(JSON.parse(String(data))));
      child.once('exit', code => reject(new Error(`ended with ${code}`)));
    });
    const port = Number(new URL(url).port);
    expect(await isOpen(port)).toBe(true);
    child.kill('SIGKILL');
    for (let waited = 0; waited < 100 && (await isOpen(port)); waited++) await sleep(100);
    expect(await isOpen(port)).toBe(false);
    rmSync(dir, {recursive: true, force: true});
  });
});

function isOpen(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    const answer = (isUp: boolean) => {
      socket.destroy();
      resolve(isUp);
    };
    socket.once('connect', () => answer(true)).once('error', () => answer(false));
  });
}
