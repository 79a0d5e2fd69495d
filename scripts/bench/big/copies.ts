import {randomUUID} from 'node:crypto';
import type {JsonObject} from '../../../src/kube/json.ts';
import {isObject} from '../../../src/kube/json.ts';
import type {ApiServer} from '../../../test/support/server/apiServer.ts';
import {type BenchCluster, clusterOf, type Surroundings} from '../cluster.ts';
import {loadCluster} from '../loader.ts';

/** From here on, the namespaces of `clusterOf` have the same objects again. */
const period = 4;
/** As many as etcd takes at once. */
const mostAtOnce = 120;
const copied = [
  'serviceaccounts',
  'deployments',
  'replicasets',
  'statefulsets',
  'daemonsets',
  'jobs',
  'pods',
];

/**
 * Loads a cluster as loadCluster does, in a fraction of the time: the server creates policies, namespaces, and all
 * that is in the first few of those; etcd gets copies of that for the others, byte by byte as the server wrote them but
 * for namespaces and uids, which are as long, and the rights as JSON. 100,000 pods take a minute or two.
 */
export async function loadByCopies(
  server: ApiServer,
  pods: number,
  surroundings: Surroundings,
): Promise<void> {
  const cluster = clusterOf(pods, surroundings);
  const names = cluster.namespaces.map(nameOf);
  const first = new Set(names.slice(0, period));
  await loadCluster(server, beginningOf(cluster, first));
  await putAll(server, cluster.rbac.filter(object => !isIn(object, first)).map(asStored));
  const models = await Promise.all([...first].map(name => objectsIn(server, name)));
  for (const [index, name] of names.entries()) {
    const [from = '', model] = [names[index % period], models[index % period]];
    if (index >= period && model !== undefined) await copyTo(server, model, {from, to: name});
  }
}

function isIn({metadata}: JsonObject, namespaces: ReadonlySet<string>): boolean {
  return isObject(metadata) && namespaces.has(`${metadata.namespace}`);
}

/** All that is in no namespace, and what is in these namespaces. */
function beginningOf(cluster: BenchCluster, namespaces: ReadonlySet<string>): BenchCluster {
  const {policies, namespaces: all, ...inside} = cluster;
  const kept = Object.entries(inside).map(([kind, objects]: [string, readonly JsonObject[]]) => [
    kind,
    objects.filter(object => isIn(object, namespaces)),
  ]);
  return {policies, namespaces: all, ...(Object.fromEntries(kept) as typeof inside)};
}

interface Stored {
  readonly key: string;
  /** Bytes as characters, so that texts in them can be replaced. */
  readonly value: string;
}

/** A Role or RoleBinding as etcd may have it: a server reads JSON there too. */
function asStored(object: JsonObject): Stored {
  const {kind, metadata} = object;
  const place = isObject(metadata) ? metadata : {};
  const key = `/registry/${String(kind).toLowerCase()}s/${place.namespace}/${place.name}`;
  const made = {uid: randomUUID(), creationTimestamp: '2024-01-01T00:00:00Z'};
  return {key, value: JSON.stringify({...object, metadata: {...place, ...made}})};
}

async function objectsIn(server: ApiServer, namespace: string): Promise<readonly Stored[]> {
  const found = await Promise.all(
    copied.map(async plural => {
      const start = `/registry/${plural}/${namespace}/`;
      const range = {key: base64(start), range_end: base64(`${start.slice(0, -1)}0`)};
      const {kvs = []} = (await askEtcd(server, 'range', range)) as {kvs?: readonly Stored[]};
      return kvs.map(({key, value}) => ({key: bytesOf(key), value: bytesOf(value)}));
    }),
  );
  return found.flat();
}

async function copyTo(
  server: ApiServer,
  model: readonly Stored[],
  {from, to}: {readonly from: string; readonly to: string},
): Promise<void> {
  if (from.length !== to.length) throw new Error(`${to}: not as long as ${from}`);
  const uids = new Map<string, string>();
  const uidOf = (old: string): string => {
    const uid = uids.get(old) ?? randomUUID();
    uids.set(old, uid);
    return uid;
  };
  await putAll(
    server,
    model.map(({key, value}) => ({
      key: key.replace(from, to),
      value: value.replaceAll(from, to).replaceAll(uidPattern, uidOf),
    })),
  );
}

async function putAll(server: ApiServer, objects: readonly Stored[]): Promise<void> {
  const puts = objects.map(({key, value}) => ({
    request_put: {key: base64(key), value: base64(value)},
  }));
  for (let at = 0; at < puts.length; at += mostAtOnce) {
    await askEtcd(server, 'txn', {success: puts.slice(at, at + mostAtOnce)});
  }
}

const uidPattern = /[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}/g;

async function askEtcd({etcdUrl}: ApiServer, what: string, body: unknown): Promise<unknown> {
  const answer = await fetch(`${etcdUrl}/v3/kv/${what}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`etcd: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

function base64(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('base64');
}

function bytesOf(text: string): string {
  return Buffer.from(text, 'base64').toString('latin1');
}

function nameOf({metadata}: JsonObject): string {
  return isObject(metadata) ? String(metadata.name) : '';
}
