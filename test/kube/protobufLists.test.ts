import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {decodeLive, resources} from '../../src/inventory/kinds/resources.ts';
import {DecodeError} from '../../src/kube/decode.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {headOf, type ListItemOrHead, partedItems} from '../../src/kube/listItem.ts';
import {decodePod} from '../../src/kube/pod.ts';
import {HeadItem, LateItem} from '../../src/kube/protobuf/late.ts';
import {readList} from '../../src/kube/protobuf/list.ts';
import type {Message} from '../../src/kube/protobuf/message.ts';
import {objectMetaMessage} from '../../src/kube/protobuf/meta.ts';
import {kinds} from '../../src/kube/protobuf/objects.ts';
import {podSpecMessage} from '../../src/kube/protobuf/pod.ts';
import {anyPod} from '../support/builders/anyPod.ts';
import {
  asServed,
  bytesField,
  encodeMessage,
  envelope,
  listOf,
  numberField,
  podList,
} from '../support/builders/protobuf.ts';
import {objectOf} from '../support/run/output.ts';
import {runsOf} from '../support/run/runs.ts';

function read(
  bytes: Buffer,
  size = bytes.length || 1,
  mayBeHeads = false,
): readonly ListItemOrHead[] {
  const reader = readList(mayBeHeads);
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  return reader.end();
}

function podsOf(items: readonly ListItemOrHead[]) {
  return partedItems(items).whole.map(item => decodeLive(resources.pods, 'v1', item));
}

/** The item of a list: a pod named a, with this spec. */
function badPod(spec: Buffer): Buffer {
  return bytesField(2, Buffer.concat([bytesField(1, bytesField(1, 'a')), bytesField(2, spec)]));
}

const somePods = fc.array(
  fc.tuple(anyPod, fc.integer({min: 0, max: 3}), fc.boolean()).map(([pod, owner, isMirror]) => {
    const {metadata, spec} = objectOf(pod);
    const {annotations} = objectOf(metadata);
    const all = {
      ...objectOf(annotations),
      ...(isMirror ? {'kubernetes.io/config.mirror': ''} : {}),
    };
    const owned = {
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: `rs-${owner}`,
          uid: `u${owner}`,
          controller: true,
        },
      ],
      labels: {app: `app-${owner}`, 'pod-template-hash': '1'},
    };
    return {
      metadata: asServed(objectMetaMessage, {
        name: 'pod',
        namespace: 'shop',
        uid: 'u',
        resourceVersion: '12',
        ...(owner === 0 ? {} : owned),
        annotations: all,
      }),
      spec: asServed(podSpecMessage, objectOf(spec)),
    };
  }),
  {maxLength: 6},
);

describe('lists', () => {
  test('pods are the same as from JSON, however the bytes come in', () => {
    fc.assert(
      fc.property(somePods, fc.integer({min: 1, max: 400}), (pods, size) => {
        const items = podsOf(read(podList(pods), size));
        expect(items).toEqual(pods.map(decodePod));
        // Also in the order of their members, which snapshots have.
        expect(JSON.stringify(items)).toBe(JSON.stringify(pods.map(decodePod)));
      }),
    );
  });

  test('more than a buffer holds, or is remembered', () => {
    const pods = Array.from({length: 3000}, (_, index) => ({
      metadata: {name: `pod-${index}`, namespace: 'shop', labels: {app: 'x'.repeat(index)}},
      spec: {containers: [{name: 'c'.repeat(index % 300)}]},
    }));
    const bytes = podList(pods);
    expect(bytes.length).toBeGreaterThan(2 ** 22);
    expect(podsOf(read(bytes, 16_384))).toEqual(pods.map(decodePod));
  });

  test('pods share what they have alike, and nothing else', () => {
    const pod = (name: string, app: string) => ({metadata: {name, labels: {app}}, spec: {}});
    const [a, c, b] = podsOf(read(podList([pod('a', 'x'), pod('c', 'y'), pod('b', 'x')])));
    expect(a?.metadata.labels).toBe(b?.metadata.labels);
    expect([a, b, c].map(one => one?.metadata.name)).toEqual(['a', 'b', 'c']);
    expect(c?.metadata.labels).toEqual({app: 'y'});
  });

  test('metadata in any order', () => {
    const label = (value: string) =>
      bytesField(11, Buffer.concat([bytesField(1, 'app'), bytesField(2, value)]));
    const name = (value: string) => bytesField(1, value);
    const orders = [
      [label('x'), name('a')],
      [name('a'), label('w'), bytesField(17, ''), label('x')],
      [name('b'), label('x'), bytesField(3, ''), name('a')],
    ];
    const items = orders.map(fields => bytesField(2, bytesField(1, Buffer.concat(fields))));
    const pods = podsOf(read(envelope('v1', 'PodList', Buffer.concat(items))));
    expect(pods.map(({metadata}) => [metadata.name, metadata.labels])).toEqual(
      orders.map(() => ['a', {app: 'x'}]),
    );
  });

  test('says of itself what pages need, before its items are there', () => {
    const bytes = podList([{metadata: {name: 'a'}, spec: {}}], {next: 'more', remaining: 41});
    const reader = readList();
    expect(reader.head()).toBeUndefined();
    expect(reader.push(bytes.subarray(0, 48))).toBe(0);
    expect(reader.head()).toEqual({resourceVersion: '7', next: 'more', remaining: 41});
    expect(() => reader.end()).toThrow(DecodeError);
    expect(reader.push(bytes.subarray(48))).toBe(1);
  });

  test('specs are read when they are asked for', () => {
    // Containers that are a number.
    const [item] = read(envelope('v1', 'PodList', badPod(numberField(2, 1))));
    expect(item).toBeInstanceOf(LateItem);
    const [pod] = podsOf(item === undefined ? [] : [item]);
    expect(pod?.metadata.name).toBe('a');
    expect(() => pod?.spec).toThrow("the server sent a Pod /a that can't be read");
  });

  test.each<[string, Buffer]>([
    ['JSON', Buffer.from('{"kind":"PodList"}')],
    ['nothing', Buffer.alloc(0)],
    ['another kind', envelope('v1', 'SecretList', Buffer.alloc(0))],
    ['no list', envelope('v1', 'Pod', Buffer.alloc(0))],
    ['a prototype', envelope('', '__proto__List', Buffer.alloc(0))],
    ['an item beyond its list', envelope('v1', 'PodList', Buffer.from([0x12, 2]))],
    ['two lists', Buffer.concat([podList([]), bytesField(2, '')])],
    [
      'a spec with a length beyond its end',
      envelope('v1', 'PodList', badPod(Buffer.from([0x5a, 9]))),
    ],
    ['half a list', podList([{metadata: {name: 'a'}, spec: {}}]).subarray(0, 40)],
    ['more than a list', Buffer.concat([podList([]), Buffer.from([0x2a])])],
  ])('%s is an error', (_, bytes) => {
    expect(() => read(bytes)).toThrow(DecodeError);
  });

  test('metadata alone, where it was asked for', () => {
    const type = {apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata'};
    const metadata = {name: 'a', namespace: 'shop', labels: {app: 'x'}};
    const bytes = listOf(type, [bytesField(1, encodeMessage(objectMetaMessage, metadata))]);
    const [item] = read(bytes, 7, true);
    expect(item).toBeInstanceOf(HeadItem);
    expect(item && headOf(item).metadata).toEqual(decodePod({metadata}).metadata);
    expect(() => read(bytes)).toThrow(DecodeError);
  });

  test('a map has no prototype in it', () => {
    const labels = bytesField(11, Buffer.concat([bytesField(1, '__proto__'), bytesField(2, 'x')]));
    const raw = bytesField(2, bytesField(1, labels));
    const [pod] = podsOf(read(envelope('v1', 'PodList', raw)));
    expect(pod?.metadata.labels).toEqual({});
  });

  test('whatever bytes come, there is an answer or an error of ours', () => {
    const good = podList([
      {
        metadata: {name: 'a', labels: {app: 'x'}},
        spec: {containers: [{name: 'c', ports: [{hostPort: 1}]}]},
      },
      {metadata: {name: 'b', labels: {app: 'x'}}, spec: {volumes: [{name: 'v', emptyDir: {}}]}},
    ]);
    const flips = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(flips, fc.nat(good.length), (changes, cut) => {
        const bytes = Buffer.from(good);
        for (const [at, byte] of changes) bytes[at] = byte;
        for (const body of [bytes, bytes.subarray(0, cut)]) expectSense(body);
      }),
      {numRuns: runsOf(3000)},
    );
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 300}), bytes => {
        expectSense(envelope('v1', 'PodList', Buffer.from(bytes)));
        expectSense(envelope('meta.k8s.io/v1', 'PartialObjectMetadataList', Buffer.from(bytes)));
      }),
      {numRuns: runsOf(3000)},
    );
  });
});

/** It can be read, or fails as it should: a list at once, a spec when it is asked for. */
function expectSense(bytes: Buffer): void {
  try {
    for (const item of read(bytes, 50, true)) {
      if (item instanceof LateItem) decodePod(item.whole());
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
}

describe('objects of RBAC, whose parts are decoded as they are read', () => {
  const metadata = {name: 'psp', namespace: 'shop', uid: 'u', labels: {team: 'a'}};
  const own = {...metadata, resourceVersion: '7', annotations: {a: 'b'}};
  const role = {
    metadata: own,
    rules: [
      {verbs: ['use'], apiGroups: ['policy'], resources: ['podsecuritypolicies']},
      {verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: ['a', '']},
    ],
  };
  const selectors = [
    {matchLabels: {a: 'b'}},
    {matchExpressions: [{key: 'k', operator: 'In', values: ['v']}]},
  ];
  const binding = {
    metadata: own,
    subjects: [
      {kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'jane'},
      {kind: 'ServiceAccount', name: 'web', namespace: 'shop'},
    ],
    roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'psp'},
  };
  const version = 'rbac.authorization.k8s.io/v1';

  test.each([
    ['roles', role],
    ['roles', {metadata: own}],
    ['clusterRoles', {...role, aggregationRule: {clusterRoleSelectors: selectors}}],
    ['roleBindings', binding],
    ['clusterRoleBindings', {...binding, subjects: undefined}],
  ] as const)('%s are to the byte what their JSON is decoded to', (name, object) => {
    const resource = resources[name];
    const type = {apiVersion: version, kind: resource.kind};
    const message = kinds[`${version}/${resource.kind}`] as Message;
    const [item] = partedItems(read(listOf(type, [encodeMessage(message, object)]))).whole;
    if (item === undefined) throw new Error('nothing was read');
    const decoded = decodeLive<unknown>(resource, version, item);
    expect(JSON.stringify(decoded)).toBe(
      JSON.stringify(decodeLive<unknown>(resource, version, object as JsonObject)),
    );
    expect(headOf(item).metadata).toMatchObject({uid: 'u', resourceVersion: '7'});
  });
});
