import {createServer, connect as openSocket, type Socket} from 'node:net';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {realClock} from '../../src/inventory/follow/followCluster.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {type Client, connect} from '../../src/world/client.ts';
import {podObject} from '../support/builders/pods.ts';
import {policyObject} from '../support/builders/policies.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {followed, until, untilSame, untilState} from '../support/server/following.ts';

const pods = '/api/v1/namespaces/default/pods';
const policy = policyObject('open', {
  privileged: true,
  volumes: ['*'],
  allowedCapabilities: ['*'],
  hostNetwork: true,
});

function pod(name: string, labels: JsonObject = {}): JsonObject {
  return podObject({name, labels}, {automountServiceAccountToken: false});
}

describe.runIf(hasReference('etcd', 'kube-apiserver'))('following a real server', () => {
  let server: ApiServer;
  let link: Link;
  beforeAll(async () => {
    server = await startApiServer();
    link = await openLink(server.url);
    await server.createAll([
      policy,
      {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: 'default'}},
    ]);
    await server.createAll(['a', 'b', 'c'].map(name => pod(name)));
  });
  afterAll(async () => {
    link?.close();
    await server?.stop();
  });

  const open = async (url: string, {token, caFile} = server): Promise<Client> => {
    const certificateAuthority = caFile;
    const flags = {server: url, token, certificateAuthority};
    const client = await connect(flags, {env: {}, warn() {}});
    onTestFinished(() => client.close());
    return client;
  };
  const change = async (method: string, path: string, body?: JsonObject): Promise<void> => {
    const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const answer = await server.request(method, path, body, {contentType});
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.text}`);
  };

  test('changes of pods and policies arrive, and leave what a new reading gives', async () => {
    const client = await open(server.url);
    const live = followed(client, undefined, realClock);
    await untilState(live, 'live');
    await untilSame(live, client);
    const before = live.current().inventory;
    await change('POST', pods, pod('d'));
    await change('PATCH', `${pods}/a`, {metadata: {labels: {changed: 'yes'}}});
    await change('DELETE', `${pods}/b?gracePeriodSeconds=0`);
    await change('PATCH', '/apis/policy/v1beta1/podsecuritypolicies/open', {
      spec: {privileged: false},
    });
    await untilSame(live, client);
    const {inventory} = live.current();
    expect(inventory.pods.map(({metadata}) => metadata.name)).toEqual(['a', 'c', 'd']);
    expect(inventory.policies[0]?.spec.privileged).toBeUndefined();
    expect(inventory.pods[1]).toBe(before.pods[2]);
    expect(inventory.rbac).toBe(before.rbac);
  });

  test('a connection that is lost: stale, then live again with what happened meanwhile', async () => {
    const client = await open(link.url);
    const live = followed(client, undefined, realClock);
    await untilState(live, 'live');
    await until(link.connections, count => count >= 15);
    link.cut();
    await untilState(live, 'stale');
    expect(live.current().freshness).toMatchObject({reason: expect.stringContaining('cannot')});
    await change('POST', pods, pod('meanwhile'));
    link.repair();
    await untilState(live, 'live');
    await untilSame(live, client);
    expect(live.current().inventory.pods.map(({metadata}) => metadata.name)).toContain('meanwhile');
  });

  test('history that the server has forgotten meanwhile (410): the session reads again', async () => {
    const forgetful = await startApiServer({
      admissionPlugins: [],
      args: ['--watch-cache=false', '--etcd-compaction-interval=1s'],
    });
    onTestFinished(() => forgetful.stop());
    const way = await openLink(forgetful.url);
    onTestFinished(way.close);
    const client = await open(way.url, forgetful);
    const live = followed(client, undefined, realClock);
    await untilState(live, 'live');
    await until(way.connections, count => count >= 15);
    const old = await client.list('/api/v1/pods');
    way.cut();
    await untilState(live, 'stale');
    await forgetful.createAll([
      {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: 'default'}},
      pod('meanwhile'),
    ]);
    const direct = await open(forgetful.url, forgetful);
    const isForgotten = (): Promise<boolean> => {
      const signal = AbortSignal.timeout(500);
      return direct.watch('/api/v1/pods', {...old, signal, onEvent() {}}).then(
        () => false,
        error => error.status === 410,
      );
    };
    while (!(await isForgotten())) {
      const labels = {time: String(Date.now())};
      await forgetful.request('PATCH', `${pods}/meanwhile`, JSON.stringify({metadata: {labels}}), {
        contentType: 'application/merge-patch+json',
      });
    }
    way.repair();
    await untilState(live, 'live');
    await untilSame(live, client);
    expect(live.current().inventory.pods).toHaveLength(1);
  });

  test('thousands of events: five inventories a second at most, and the memory stays flat', async () => {
    const client = await open(server.url);
    const live = followed(client, undefined, realClock);
    await untilState(live, 'live');
    let batches = 0;
    onTestFinished(live.subscribe(() => batches++));
    let events = 0;
    const storm = async (count: number): Promise<void> => {
      const end = events + count;
      const worker = async (name: string): Promise<void> => {
        while (events < end) {
          const labels = {count: String(events++)};
          await change('PATCH', `${pods}/${name}`, {metadata: {labels}});
        }
      };
      await Promise.all(['a', 'c', 'd', 'meanwhile'].map(worker));
    };
    await storm(500);
    const [heap, from, start] = [heapUsed(), batches, performance.now()];
    await storm(2500);
    const seconds = (performance.now() - start) / 1000;
    expect(batches - from).toBeLessThanOrEqual(5 * seconds + 2);
    await untilSame(live, client);
    expect((heapUsed() - heap) / 2 ** 20).toBeLessThan(8);
  });
});

function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}

/** A way to the server that can be cut. */
interface Link {
  readonly url: string;
  connections(): number;
  /** Breaks all connections, and takes no new ones. */
  cut(): void;
  repair(): void;
  close(): void;
}

async function openLink(target: string): Promise<Link> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const listener = createServer(near => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = openSocket(Number(new URL(target).port), '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const cut = (): void => {
    isCut = true;
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    url: `https://127.0.0.1:${address.port}`,
    connections: () => sockets.size / 2,
    cut,
    repair() {
      isCut = false;
    },
    close() {
      cut();
      listener.close();
    },
  };
}
