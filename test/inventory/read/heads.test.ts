import type {ServerResponse} from 'node:http';
import {describe, expect, test} from 'vitest';
import {decidingSpec, type ListedPod} from '../../../src/inventory/inventory.ts';
import {decodeWorkload} from '../../../src/inventory/kinds/workloads.ts';
import type {JsonObject} from '../../../src/kube/json.ts';
import {decodePod} from '../../../src/kube/pod.ts';
import {objectMetaMessage} from '../../../src/kube/protobuf/meta.ts';
import {bytesField, encodeMessage, listOf} from '../../support/builders/protobuf.ts';
import {objectOf} from '../../support/run/output.ts';
import {runHere} from '../../support/run/run.ts';
import type {Seen} from '../../world/fakeApiServer.ts';
import {fakeCluster} from '../fakeCluster.ts';

const anything = {rule: 'RunAsAny'};
const policy: JsonObject = {
  metadata: {name: 'plain'},
  spec: {
    runAsUser: anything,
    seLinux: anything,
    supplementalGroups: anything,
    fsGroup: anything,
    volumes: ['projected'],
  },
};
const replicaSet: JsonObject = {
  metadata: {name: 'web', namespace: 'a', uid: 'web-uid'},
  spec: {template: {spec: {containers: [{name: 'main', image: 'x'}]}}},
};

function pod(name: string, namespace: string, more: JsonObject = {}): JsonObject {
  return {
    metadata: {name, namespace, annotations: {'kubernetes.io/psp': 'plain'}, ...more},
    spec: {hostPID: true, containers: [{name: 'main', image: 'x'}]},
  };
}

/** Its own spec would be denied, so that a look at it shows. */
const owned = ['web-1', 'web-2', 'web-3'].map(podOfWeb);

function podOfWeb(name: string): JsonObject {
  return pod(name, 'a', {
    ownerReferences: [{kind: 'ReplicaSet', name: 'web', uid: 'web-uid', controller: true}],
  });
}

const heads = 'PartialObjectMetadataList';

interface Change {
  /** Pods of which only the first list knows. */
  readonly gone?: readonly JsonObject[];
  forbids?(path: string): boolean;
}

/** A cluster that has metadata alone for who asks for it. */
async function clusterOf(pods: readonly JsonObject[], {gone = [], forbids}: Change = {}) {
  const cluster = await fakeCluster({
    objects: {
      '/apis/policy/v1beta1/podsecuritypolicies': [policy],
      '/apis/apps/v1/replicasets': [replicaSet],
      '/api/v1/pods': pods,
    },
    ...(forbids ? {forbids} : {}),
    answers: (response, request) => answersHeads(response, request, [...pods, ...gone]),
  });
  /** But for pages over all namespaces. */
  const podLists = () =>
    cluster.seen
      .filter(({url}) => /\/pods\?/.test(url) && !/^\/api\/v1\/pods\?limit=/.test(url))
      .map(({url, headers}) => `${headers.accept?.includes(heads) ? 'heads of ' : ''}${url}`);
  return {...cluster, podLists};
}

function answersHeads(
  response: ServerResponse,
  {headers, url}: Seen,
  pods: readonly JsonObject[],
): boolean {
  if (!headers.accept?.includes(heads)) return false;
  const [, namespace] = /namespaces\/([^/]+)\/pods/.exec(url) ?? [];
  const type = {apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata'};
  const items = pods
    .map(({metadata}) => objectOf(metadata))
    .filter(metadata => namespace === undefined || metadata.namespace === namespace)
    .map(metadata => bytesField(1, encodeMessage(objectMetaMessage, metadata)));
  response.writeHead(200, {'Content-Type': 'application/vnd.kubernetes.protobuf'});
  response.end(listOf(type, items));
  return true;
}

async function denied(flags: readonly string[]) {
  const {code, out, err} = await runHere('why', '-A', '--no-headers', ...flags);
  const rows = out.trimEnd().split('\n');
  return {code, err, denied: rows.filter(row => row.includes('denied')).map(nameIn)};
}

function nameIn(row: string): string {
  return row.split(/\s+/).slice(0, 2).join('/');
}

describe('long lists of pods', () => {
  const assume = '--assume-authorized';

  test('of pods that a workload speaks for, only metadata is read', async () => {
    const {flags, podLists} = await clusterOf(owned);
    expect(await denied([assume, ...flags])).toEqual({code: 0, err: '', denied: []});
    expect(podLists()).toEqual(['heads of /api/v1/pods?resourceVersion=0']);
  });

  test('where there are others, their namespaces are read whole', async () => {
    const mirror = pod('proxy', 'c', {
      annotations: {'kubernetes.io/config.mirror': 'x'},
      ownerReferences: [{kind: 'Node', name: 'n', uid: 'n-uid', controller: true}],
    });
    const alien = pod('broker', 'b', {
      ownerReferences: [{kind: 'Kafka', name: 'k', uid: 'k-uid', controller: true}],
    });
    const {flags, podLists} = await clusterOf([...owned, alien, pod('bare', 'b'), mirror]);
    expect(await denied([assume, ...flags])).toEqual({
      code: 0,
      err: '',
      denied: ['b/bare', 'b/broker', 'c/proxy'],
    });
    expect(podLists()).toEqual([
      'heads of /api/v1/pods?resourceVersion=0',
      ...['b', 'c'].map(name => `/api/v1/namespaces/${name}/pods?limit=100`),
    ]);
    const advised = await runHere('advise', '-A', ...flags);
    expect(advised).toMatchObject({code: 0, err: ''});
    expect(advised.out.match(/hostPID: true/g)?.length).toBe(2);
  });

  test('a mirror pod is never spoken for, whoever is said to own it', async () => {
    const [first] = owned;
    const {metadata} = first ?? {};
    const odd = pod('odd', 'a', {
      ...objectOf(metadata),
      name: 'odd',
      annotations: {'kubernetes.io/config.mirror': 'x'},
    });
    const {flags} = await clusterOf([...owned, odd]);
    expect((await denied([assume, ...flags])).denied).toEqual(['a/odd']);
    expect((await runHere('advise', '-A', ...flags)).out).toContain('hostPID: true');
  });

  const bare = Array.from({length: 9}, (_, index) => pod('bare', `n${index}`));
  const bareNames = bare.map((_, index) => `n${index}/bare`);

  test('where most pods are in namespaces with others, all pods are read whole', async () => {
    const {flags, podLists} = await clusterOf([...owned, ...bare]);
    expect((await denied([assume, ...flags])).denied).toEqual(bareNames);
    expect(podLists()).toEqual([
      'heads of /api/v1/pods?resourceVersion=0',
      '/api/v1/pods?resourceVersion=0',
    ]);
  });

  test('where there are others in very many namespaces, all pods are read whole', async () => {
    const many = Array.from({length: 51}, (_, index) => pod('bare', `many-${index}`));
    const more = Array.from({length: 51}, (_, index) => podOfWeb(`web-x${index}`));
    const {flags, podLists} = await clusterOf([...owned, ...more, ...many]);
    expect((await denied([assume, ...flags])).denied).toHaveLength(51);
    expect(podLists()).toHaveLength(2);
    const few = await clusterOf([...owned, ...more, ...many.slice(1)]);
    expect((await denied([assume, ...few.flags])).denied).toHaveLength(50);
    expect(few.podLists()).toHaveLength(51);
  });

  test('where pods have no owners, they are read whole at once', async () => {
    const {flags, podLists} = await clusterOf([...bare, ...owned]);
    expect((await denied([assume, ...flags])).denied).toEqual(bareNames);
    expect(podLists()).toEqual(['/api/v1/pods?resourceVersion=0']);
  });

  test('a pod that is gone in between is gone', async () => {
    const {flags} = await clusterOf(owned, {gone: [pod('bare', 'b')]});
    expect(await denied([assume, ...flags])).toEqual({code: 0, err: '', denied: []});
  });

  test('a namespace that may not be read whole is a gap', async () => {
    const {flags} = await clusterOf([...owned, pod('bare', 'b')], {
      forbids: path => path === '/api/v1/namespaces/b/pods',
    });
    const {code, err, denied: names} = await denied([assume, ...flags]);
    expect({code, names}).toEqual({code: 0, names: []});
    expect(err).toBe(
      "incomplete: can't list pods in namespace b (forbidden); affected answers say unknown\n",
    );
  });

  test('a snapshot has the spec of every pod', async () => {
    const {flags, podLists} = await clusterOf(owned);
    const {code, out} = await runHere('snapshot', ...flags);
    expect(code).toBe(0);
    expect(out.match(/hostPID/g)?.length).toBe(3);
    expect(podLists()).toEqual(['/api/v1/pods?resourceVersion=0']);
  });

  test.each([
    ['audit', '-A'],
    ['-A', '-o', 'table'],
    ['advise', '-A', '--harden', 'baseline'],
    ['advise', '-A', '--reuse'],
    ['advise', '-A', '--max-policies', '1'],
    ['why', '-A', '-o', 'json'],
    ['why', 'web-1', '-n', 'a'],
    ['who-can', 'plain', '-A'],
    ['bind', 'plain', '--to', 'sa:a/web', '--dry-run=client'],
  ])('%s %s does without the specs of pods that a workload speaks for', async (...args) => {
    const {flags} = await clusterOf(owned);
    const {err} = await runHere(...args, ...flags);
    expect(err).not.toMatch(/bug|TypeError/);
  });
});

test('a pod whose spec was not listed has none, for the compiler too', () => {
  const speaker = decodeWorkload({...replicaSet, apiVersion: 'apps/v1', kind: 'ReplicaSet'});
  const pods: readonly ListedPod[] = [{metadata: decodePod(podOfWeb('web-1')).metadata, speaker}];
  const [pod] = pods;
  // @ts-expect-error: only a pod that was listed whole has a spec.
  expect(pod?.spec).toBeUndefined();
  expect(pod && decidingSpec(pod)).toEqual(speaker.template.spec);
});
