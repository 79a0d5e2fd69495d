import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {snapshotText} from '../../src/inventory/files/snapshot.ts';
import {decidingSpec, type Inventory} from '../../src/inventory/inventory.ts';
import {readCluster} from '../../src/inventory/read/readCluster.ts';
import type {ClusterReader} from '../../src/inventory/read/reader.ts';
import {type Json, type JsonObject, parseJson, printJson} from '../../src/kube/json.ts';
import type {ListItem} from '../../src/kube/listItem.ts';
import {LateItem} from '../../src/kube/protobuf/late.ts';
import {volumeSourceKeys} from '../../src/kube/volume.ts';
import {type Client, connect, isForbidden, isNotFound} from '../../src/world/client.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {objectOf} from '../support/run/output.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {oddObjects, volumePods, workloadsOf} from './oddObjects.ts';
import {objectsOf, podIn, validCases} from './pods.ts';

const cases = 300;
/** So many of them with their roles and bindings. */
const worlds = 40;
const plan = {
  namespace: undefined,
  policies: true,
  workloads: true,
  whole: true,
  everySpec: true,
  volumes: true,
  caller: false,
  time: '',
};

describe.runIf(hasReference('etcd', 'kube-apiserver'))('protobuf and JSON of one server', () => {
  let server: ApiServer;
  let client: Client;

  beforeAll(async () => {
    server = await startApiServer({
      admissionPlugins: ['PodNodeSelector'],
      args: ['--disable-admission-plugins=ServiceAccount,RuntimeClass,Priority'],
    });
    client = await connect({kubeconfig: server.kubeconfig}, {env: {}, warn() {}});
    await fill(server);
  }, 120_000);
  afterAll(async () => {
    client?.close();
    await server?.stop();
  });

  /** The whole cluster, and the lists that had something as protobuf in them. */
  async function read(mayBeProtobuf: boolean) {
    const late = new Set<string>();
    const reader: ClusterReader = {
      ...client,
      isForbidden,
      isNotFound,
      list(path, {onLate, onPage, ...options}) {
        if (!mayBeProtobuf) return client.list(path, {...options, onPage: onLate ?? onPage});
        return client.list(path, {
          ...options,
          onPage,
          onLate:
            onLate &&
            (items => {
              if (items.some(item => item instanceof LateItem)) late.add(path);
              onLate(items);
            }),
        });
      },
    };
    return {inventory: await readCluster(reader, plan), late};
  }

  test('give the same inventory, to the byte', async () => {
    const [json, protobuf] = [await read(false), await read(true)];
    expect(json.late.size).toBe(0);
    expect([...protobuf.late].sort()).toEqual([
      '/api/v1/pods',
      '/api/v1/replicationcontrollers',
      ...['daemonsets', 'deployments', 'replicasets', 'statefulsets'].map(
        name => `/apis/apps/v1/${name}`,
      ),
      ...['cronjobs', 'jobs'].map(name => `/apis/batch/v1/${name}`),
    ]);
    expectRich(json.inventory);
    expect(protobuf.inventory).toStrictEqual(json.inventory);
    const text = (inventory: Inventory) =>
      printJson(parseJson([...snapshotText(inventory)].join('')), 1);
    expect(text(protobuf.inventory)).toBe(text(json.inventory));
  });

  test('of a long list, the cache has all that pages have', async () => {
    const namesOf = async (options: {cached?: boolean}) => {
      const names: unknown[] = [];
      const onLate = (items: readonly ListItem[]) => {
        for (const item of items)
          names.push(objectOf((item as LateItem).head.metadata as never).name);
      };
      await client.list('/api/v1/pods', {limit: 50, onLate, ...options});
      return names.sort();
    };
    const paged = await namesOf({});
    expect(paged.length).toBeGreaterThan(250);
    expect(await namesOf({cached: true})).toEqual(paged);
  });
});

/** Each kind is there, and none is small: else the comparison would say little. */
function expectRich({policies, rbac, workloads, pods, persistentVolumes = []}: Inventory): void {
  expect(policies.length).toBeGreaterThan(200);
  expect(persistentVolumes.map(({spec}) => spec)).toEqual([
    {hostPath: {path: '/srv'}, claimRef: {namespace: 'odd', name: 'c'}},
    {hostPath: {path: '/mnt'}, claimRef: undefined},
  ]);
  expect(pods.length).toBeGreaterThan(250);
  expect(new Set(workloads.map(({kind}) => kind)).size).toBe(7);
  expect(Math.min(rbac.roles.length, rbac.roleBindings.length)).toBeGreaterThan(10);
  const volumes = new Set(
    pods.flatMap(pod => (decidingSpec(pod).volumes ?? []).flatMap(Object.keys)),
  );
  expect(volumeSourceKeys.filter(key => !volumes.has(key))).toEqual([]);
}

async function fill(server: ApiServer): Promise<void> {
  const chosen = validCases().slice(0, cases);
  const names = ['pods', 'odd', ...chosen.slice(0, worlds).map((_, index) => `case-${index}`)];
  await server.createAll(
    names.map(name => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {name, labels: {of: name}},
    })),
  );
  await server.createAll(
    chosen.flatMap((one, index) => [
      ...objectsOf(one, `case-${index}`).filter(({kind}) => index < worlds || kind === policyKind),
      podIn(one.pod, 'pods', {name: `case-${index}`}, accountOf(one.pod)),
    ]),
  );
  await server.createAll([
    ...volumePods('odd'),
    persistentVolume('claimed', {
      hostPath: {path: '/srv'},
      claimRef: {namespace: 'odd', name: 'c'},
    }),
    persistentVolume('free', {hostPath: {path: '/mnt', type: 'Directory'}}),
    persistentVolume('elsewhere', {nfs: {path: '/srv', server: 'nfs'}}),
    ...oddObjects('odd'),
    ...chosen.slice(0, 20).flatMap(({pod}, index) => workloadsOf(pod, 'odd', `w${index}`)),
  ]);
}

function persistentVolume(name: string, spec: JsonObject): JsonObject {
  const common = {capacity: {storage: '1Gi'}, accessModes: ['ReadWriteOnce']};
  return {apiVersion: 'v1', kind: 'PersistentVolume', metadata: {name}, spec: {...common, ...spec}};
}

/** The plugin that gives every pod an account is not on. */
function accountOf({spec}: JsonObject): Json {
  return objectOf(spec).serviceAccountName ?? 'default';
}

const policyKind = 'PodSecurityPolicy';
