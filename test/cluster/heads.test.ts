import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {clusterOf} from '../../scripts/bench/cluster.ts';
import {loadCluster} from '../../scripts/bench/loader.ts';
import {isObject, type Json, type JsonObject, parseJson, printJson} from '../../src/kube/json.ts';
import {podObject} from '../support/builders/pods.ts';
import {policyObject} from '../support/builders/policies.ts';
import {hasReference, isThorough} from '../support/kubernetes/reference.ts';
import {runBuilt, runHere} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {podIn, validCases} from './pods.ts';

/** With these, a list of all pods is longer than what is read page by page. */
const ownedPods = 520;
const oddPods = 40;

const heads = 'as=PartialObjectMetadataList';

describe.runIf(hasReference('etcd', 'kube-apiserver'))('pods without their specs, live', () => {
  const folder = mkdtempSync(join(tmpdir(), 'psp-heads-'));
  const snapshotFile = join(folder, 'snapshot.json');
  let server: ApiServer;
  let live: readonly string[];

  beforeAll(async () => {
    server = await startApiServer({
      admissionPlugins: ['PodNodeSelector'],
      args: ['--disable-admission-plugins=ServiceAccount,RuntimeClass,Priority'],
    });
    live = ['--kubeconfig', server.kubeconfig];
    await fill(server);
    writeFileSync(join(folder, 'strict.yaml'), printJson(strict));
    await takeSnapshot();
  }, 120_000);
  afterAll(async () => {
    rmSync(folder, {recursive: true, force: true});
    await server?.stop();
  });

  async function takeSnapshot(): Promise<void> {
    const {code} = await runHere('snapshot', '--force', snapshotFile, ...live);
    expect(code).toBe(0);
  }

  /** The answer of the cluster, and that of the snapshot of it, which has every spec. */
  async function bothAnswers(...args: readonly string[]) {
    const answers = await runBuilt([...args, ...live, '-v', '8']);
    const requests = answers.err.split('\n').filter(line => line.includes(heads));
    return {
      live: {code: answers.code, out: answers.out},
      snapshot: await runHere(...args, '--from', snapshotFile),
      requests: requests.length,
    };
  }

  const commands = [
    ['why', '-A', '-o', 'json'],
    ['advise', '-A', '-o', 'json'],
    ['audit', '-A', '-o', 'json'],
    ...(isThorough
      ? [
          ['advise', '-A', '--harden', 'restricted'],
          // Not the summary: whether admission is on is asked of a server, and unknown of a snapshot.
          ['advise', '-A', '--reuse'],
        ]
      : []),
    ['try', '-f', join(folder, 'strict.yaml'), '-A', '-o', 'json'],
  ];

  test.each(commands)('%s %s %s: as with every spec', async (...args) => {
    const {live: answer, snapshot, requests} = await bothAnswers(...args);
    expect(requests).toBe(1);
    expect(answer.code).toBe(snapshot.code);
    expect(timeless(answer.out)).toEqual(timeless(snapshot.out));
    expect(answer.out.length).toBeGreaterThan(1000);
  });

  test('also with others in many namespaces', async () => {
    const names = Array.from({length: 10}, (_, index) => `many-${index}`);
    await server.createAll(names.map(namespaceOf));
    const bare = validCases().slice(0, names.length);
    await server.createAll(
      bare.map(({pod}, index) => podIn(pod, names[index] ?? '', {name: 'bare'}, 'default')),
    );
    await takeSnapshot();
    const {live: answer, snapshot} = await bothAnswers('why', '-A', '-o', 'json');
    expect(timeless(answer.out)).toEqual(timeless(snapshot.out));
    expect(answer.out).toContain('many-9');
  });
});

const strict = policyObject('policy-2', {volumes: ['emptyDir', 'projected']});

/** Owned pods; and bare ones, a mirror pod and one of an owner that nobody knows, in two namespaces. */
async function fill(server: ApiServer): Promise<void> {
  await loadCluster(server, clusterOf(ownedPods));
  const bare = validCases().slice(0, oddPods);
  await server.createAll(['bare', 'odd'].map(namespaceOf));
  await server.createAll([
    ...bare.map(({pod}, index) => podIn(pod, 'bare', {name: `pod-${index}`}, 'default')),
    plainPod('mirror', {
      annotations: {'kubernetes.io/config.mirror': 'x'},
      ownerReferences: [ownerOf('Node')],
    }),
    plainPod('alien', {ownerReferences: [ownerOf('Kafka')]}),
  ]);
}

function ownerOf(kind: string): JsonObject {
  return {apiVersion: 'v1', kind, name: 'owner', uid: `${kind}-uid`, controller: true};
}

function plainPod(name: string, metadata: JsonObject): JsonObject {
  return podObject({name, namespace: 'odd', ...metadata}, {nodeName: 'node-1', hostPID: true});
}

/** What an answer says, without when and of what. */
function timeless(text: string): Json {
  const value = text.startsWith('{') ? parseJson(text) : text;
  return isObject(value) ? {...value, takenAt: ''} : value;
}

function namespaceOf(name: string): JsonObject {
  return {apiVersion: 'v1', kind: 'Namespace', metadata: {name}};
}
