import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {isObject, type JsonObject, parseJson, printJson} from '../../src/kube/json.ts';
import {role as decodeRole} from '../../src/kube/objects.ts';
import {matches} from '../../src/rbac/aggregate.ts';
import {runIn} from '../../test/support/run/run.ts';
import {type ApiServer, startApiServer} from '../../test/support/server/apiServer.ts';
import {playController, type Refusal, submit} from './controllers.ts';
import {collectionPath, objectAt, readManifest} from './objects.ts';
import {stableText} from './stable.ts';

/** What a recording gives. */
export interface Recording {
  /** The snapshot, see `stableText`. */
  readonly text: string;
  /** Pods that were refused when the workloads were created. */
  readonly refusals: readonly Refusal[];
}

const workloadManifests = [
  'kube-system',
  'ingress',
  'shop',
  'payments',
  'data',
  'monitoring',
  'logging',
  'ci',
];

/** When the demo was taken, by its own clock. */
const takenAt = '2023-05-16T09:20:00.000Z';

/** Who takes the snapshot: bare pods are judged for her. */
const olivia = {token: 'olivia-token', name: 'olivia', groups: ['platform-team']};

/**
 * Builds the demo cluster in a real API server of v1.24 and takes its snapshot: policies and rights
 * first, then the workloads, whose controllers are played, then what somebody changed later on.
 */
export async function recordDemo(): Promise<Recording> {
  // Node authorises the kubelets' mirror pods.
  const server = await startApiServer({users: [olivia], args: ['--authorization-mode=Node']});
  try {
    await applyRights(server);
    const refusals = await runWorkloads(server);
    await changeLater(server);
    return {text: stableText(await takeSnapshot(server)), refusals};
  } finally {
    await server.stop();
  }
}

async function applyRights(server: ApiServer): Promise<void> {
  const accounts = readManifest('accounts');
  const systemNamespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];
  const ownNamespaces = accounts
    .filter(({kind}) => kind === 'Namespace')
    .map(({metadata}) => String(objectAt(metadata).name));
  const defaultAccounts = [...systemNamespaces, ...ownNamespaces].map(namespace => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {name: 'default', namespace},
  }));
  await waitFor(server, 'GET', '/api/v1/namespaces/kube-node-lease', undefined, () => true);
  // In their order: the last of a kind that the authorizer knows of says that it knows them all.
  await server.createAll([...accounts, ...defaultAccounts], 1);
  await server.createAll([...readManifest('policies'), ...readManifest('rbac')], 1);
  await aggregateRoles(server);
  await waitForRights(server);
}

/** Fills roles that are made of others, as the controller manager does. */
async function aggregateRoles(server: ApiServer): Promise<void> {
  const path = collectionPath({kind: 'ClusterRole', metadata: {}});
  for (let hasChanged = true; hasChanged; ) {
    hasChanged = false;
    const {items} = objectAt((await server.request('GET', path)).json);
    const roles = Array.isArray(items) ? items.filter(isObject) : [];
    for (const role of roles) {
      const selectors = decodeRole(role).aggregationRule?.clusterRoleSelectors;
      if (selectors === undefined) continue;
      const parts = roles.filter(
        other => other !== role && selectors.some(selector => matches(selector, labelsOf(other))),
      );
      const rules = parts.flatMap(({rules}) => (Array.isArray(rules) ? rules : []));
      if (printJson(rules) === printJson(role.rules)) continue;
      await replace(server, {...role, apiVersion: rbacVersion, kind: 'ClusterRole', rules});
      hasChanged = true;
    }
  }
}

const rbacVersion = 'rbac.authorization.k8s.io/v1';

function labelsOf(object: JsonObject): Readonly<Record<string, string>> {
  const labels = Object.entries(objectAt(object, 'metadata', 'labels'));
  return Object.fromEntries(labels.map(([key, value]) => [key, String(value)]));
}

/** Waits until the authorizer has seen the last of each kind of rbac.yaml, and the aggregated role. */
async function waitForRights(server: ApiServer): Promise<void> {
  const createPods = {verb: 'create', resource: 'pods'};
  const useEdge = {verb: 'use', group: 'policy', resource: 'podsecuritypolicies', name: 'edge'};
  const rights = [
    {
      user: 'system:serviceaccount:data:postgres-operator',
      resourceAttributes: {namespace: 'data', ...createPods},
    },
    {
      user: 'system:serviceaccount:ingress:edge-proxy',
      resourceAttributes: {namespace: 'ingress', ...useEdge},
    },
    {
      user: olivia.name,
      groups: olivia.groups,
      resourceAttributes: {namespace: 'shop', ...createPods},
    },
  ];
  for (const spec of rights) {
    const body = {apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec};
    const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
    await waitFor(server, 'POST', path, body, json => objectAt(json, 'status').allowed === true);
  }
}

/** Asks every 50 ms until the answer is a good one; throws after 20 s. */
async function waitFor(
  server: ApiServer,
  method: string,
  path: string,
  body: unknown,
  isGood: (json: JsonObject) => boolean,
): Promise<void> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(50)) {
    const {status, json} = await server.request(method, path, body);
    if (status < 300 && isGood(objectAt(json))) return;
  }
  throw new Error(`waited in vain for ${method} ${path} ${printJson(body ?? null)}`);
}

const creatorKey = 'demo/created-by';

async function runWorkloads(server: ApiServer): Promise<readonly Refusal[]> {
  const objects = workloadManifests.flatMap(readManifest);
  const stored = await server.createAll(objects.filter(({kind}) => kind !== 'Pod'));
  const minute = Math.floor(Date.parse(takenAt) / 3_600_000) * 60;
  const refusals: Refusal[] = [];
  for (const workload of stored.filter(isObject)) {
    refusals.push(...(await playController(server, workload, minute)));
  }
  for (const pod of objects.filter(({kind}) => kind === 'Pod')) {
    const metadata = objectAt(pod, 'metadata');
    const {[creatorKey]: creator, ...annotations} = objectAt(metadata, 'annotations');
    const made = await submit(server, {...pod, metadata: {...metadata, annotations}}, `${creator}`);
    if (typeof made === 'string') {
      refusals.push({owner: `Pod ${String(metadata.name)}`, message: made});
    }
  }
  return refusals;
}

async function changeLater(server: ApiServer): Promise<void> {
  for (const object of readManifest('later-changed')) await replace(server, object);
  for (const object of readManifest('later-removed')) await send(server, 'DELETE', object);
}

const replace = (server: ApiServer, object: JsonObject) => send(server, 'PUT', object, object);

/** Changes an object that is there. */
async function send(
  server: ApiServer,
  method: string,
  object: JsonObject,
  body?: JsonObject,
): Promise<void> {
  const name = encodeURIComponent(String(objectAt(object, 'metadata').name));
  const path = `${collectionPath(object)}/${name}`;
  const {status, text} = await server.request(method, path, body);
  if (status !== 200) throw new Error(`${method} ${path}: ${status} ${text}`);
}

/** What the program's own snapshot command prints for this cluster. */
async function takeSnapshot(server: ApiServer): Promise<JsonObject> {
  const kubeconfig = join(server.dir, 'demo.kubeconfig');
  const {caFile, url} = server;
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'demo',
    clusters: [{name: 'demo', cluster: {server: url, 'certificate-authority': caFile}}],
    users: [{name: olivia.name, user: {token: olivia.token}}],
    contexts: [{name: 'demo', context: {cluster: 'demo', user: olivia.name, namespace: 'shop'}}],
  };
  writeFileSync(kubeconfig, printJson(config), {mode: 0o600});
  const atThatTime = () => ({now: () => takenAt});
  const {code, out, err} = await runIn(atThatTime, 'snapshot', '--kubeconfig', kubeconfig);
  if (code !== 0) throw new Error(`kubectl psp snapshot ended with ${code}: ${err}`);
  return objectAt(parseJson(out));
}
