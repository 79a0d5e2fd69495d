import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {decodeLive, resources} from '../../src/inventory/resources.ts';
import {DecodeError} from '../../src/kube/decode.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {decodePod} from '../../src/kube/pod.ts';
import {LateItem} from '../../src/kube/protobuf/late.ts';
import {decodeStatus, readList} from '../../src/kube/protobuf/list.ts';
import {decodeMessage, type Message, many, message, one} from '../../src/kube/protobuf/message.ts';
import {objectMeta, status} from '../../src/kube/protobuf/meta.ts';
import {podSpec} from '../../src/kube/protobuf/pod.ts';
import {anyPod} from '../support/anyPod.ts';
import {
  asServed,
  bytesField,
  encodeMessage,
  envelope,
  numberField,
  podList,
  varint,
} from '../support/protobuf.ts';
import {objectOf} from '../support/world.ts';

const numbers = message('test.Numbers', {
  small: one(1, 'int32'),
  large: one(2, 'int64'),
  flag: one(3, 'bool'),
  list: many(4, 'int64'),
  text: one(5, 'string'),
});

function decoded(...fields: readonly Buffer[]): JsonObject {
  return decodeMessage(numbers, Buffer.concat(fields));
}

describe('numbers', () => {
  test.each([0, 1, 127, 128, 2 ** 31 - 1, -1, -(2 ** 31)])('int32 %d', value => {
    expect(decoded(numberField(1, value))).toEqual({small: value});
  });

  test.each([...[0n, 127n, 128n, 2n ** 32n, 2n ** 53n - 1n, -1n, -(2n ** 53n) + 1n]])(
    'int64 %d is a number',
    value => {
      expect(decoded(numberField(2, value))).toEqual({large: Number(value)});
    },
  );

  test.each([2n ** 53n, 2n ** 63n - 1n, -(2n ** 53n), -(2n ** 63n), 9007199254740993n])(
    'int64 %d is exact',
    value => {
      expect(decoded(numberField(2, value))).toEqual({large: value});
    },
  );

  test('any int64, alone and in lists', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({min: -(2n ** 63n), max: 2n ** 63n - 1n})), values => {
        const {list = []} = decoded(...values.map(value => numberField(4, value)));
        expect((list as readonly (number | bigint)[]).map(BigInt)).toEqual(values);
      }),
    );
  });

  test('false is there, and any number but 0 is true', () => {
    expect(decoded(numberField(3, 0))).toEqual({flag: false});
    expect(decoded(numberField(3, 2n ** 40n))).toEqual({flag: true});
  });
});

describe('what is not read', () => {
  test('unknown fields of any type are skipped', () => {
    const unknown = [
      numberField(100, 2n ** 63n - 1n),
      bytesField(101, 'x'.repeat(300)),
      Buffer.concat([varint(102 * 8 + 1), Buffer.alloc(8)]),
      Buffer.concat([varint(103 * 8 + 5), Buffer.alloc(4)]),
    ];
    expect(decoded(...unknown, bytesField(5, 'ü'), ...unknown)).toEqual({text: 'ü'});
  });

  test.each<[string, Buffer, string]>([
    [
      'a length beyond the end',
      Buffer.from([0x2a, 5, 1]),
      'text: expected protobuf, found a length beyond the end',
    ],
    [
      'a number without end',
      Buffer.from([0x08, 0x80]),
      'small: expected protobuf, found an end in the middle of a value',
    ],
    [
      'a number of 11 bytes',
      Buffer.from([0x10, ...Array(10).fill(0x80), 0]),
      'large: expected protobuf, found a number of more than 10 bytes',
    ],
    [
      'a huge length',
      Buffer.from([0x2a, 0xff, 0xff, 0xff, 0xff, 0x0f]),
      'text: expected protobuf, found a length of more than 31 bits',
    ],
    [
      'an endless length',
      Buffer.from([0x2a, ...Array(9).fill(0x80), 0]),
      'text: expected protobuf, found a length of more than 5 bytes',
    ],
    [
      'another wire type',
      Buffer.from([0x0a, 0]),
      'small: expected protobuf, found the wire type 2',
    ],
    ['a group', Buffer.from([0x33]), ': expected protobuf, found the wire type 3'],
    ['field 0', Buffer.from([0x02, 0]), ': expected protobuf, found a field with the number 0'],
  ])('%s is an error', (_, bytes, text) => {
    expect(() => decodeMessage(numbers, bytes)).toThrow(DecodeError);
    expect(() => decodeMessage(numbers, bytes)).toThrow(text);
  });

  test('an error says where it is', () => {
    const port = Buffer.from([0x12, 0xff]);
    const spec = bytesField(2, bytesField(6, port));
    expect(() => decodeMessage(podSpec, spec)).toThrow(/^containers\.ports\.hostPort: /);
  });
});

function read(bytes: Buffer, size = bytes.length || 1): readonly (JsonObject | LateItem)[] {
  const reader = readList();
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  return reader.end();
}

function podsOf(items: readonly (JsonObject | LateItem)[]) {
  return items.map(item => decodeLive(resources.pods, 'v1', item));
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
      metadata: asServed(objectMeta, {
        ...{name: 'pod', namespace: 'shop', uid: 'u', resourceVersion: '12'},
        ...(owner === 0 ? {} : owned),
        annotations: all,
      }),
      spec: asServed(podSpec, objectOf(spec)),
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
    const bad = bytesField(
      2,
      Buffer.concat([bytesField(1, bytesField(1, 'a')), bytesField(2, Buffer.from([0x5a, 9]))]),
    );
    const [item] = read(envelope('v1', 'PodList', bad));
    expect(item).toBeInstanceOf(LateItem);
    const pod = decodeLive(resources.pods, 'v1', item ?? {});
    expect(pod.metadata.name).toBe('a');
    expect(() => pod.spec).toThrow('the server sent a Pod /a that makes no sense');
  });

  test.each<[string, Buffer]>([
    ['JSON', Buffer.from('{"kind":"PodList"}')],
    ['nothing', Buffer.alloc(0)],
    ['another kind', envelope('v1', 'SecretList', Buffer.alloc(0))],
    ['no list', envelope('v1', 'Pod', Buffer.alloc(0))],
    ['a prototype', envelope('', '__proto__List', Buffer.alloc(0))],
    ['an item beyond its list', envelope('v1', 'PodList', Buffer.from([0x12, 2]))],
    ['two lists', Buffer.concat([podList([]), bytesField(2, '')])],
    ['half a list', podList([{metadata: {name: 'a'}, spec: {}}]).subarray(0, 40)],
    ['more than a list', Buffer.concat([podList([]), Buffer.from([0x2a])])],
  ])('%s is an error', (_, bytes) => {
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
      {numRuns: 3000},
    );
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 300}), bytes => {
        expectSense(envelope('v1', 'PodList', Buffer.from(bytes)));
      }),
      {numRuns: 3000},
    );
  });
});

/** It can be read, or fails as it should: a list at once, a spec when it is asked for. */
function expectSense(bytes: Buffer): void {
  try {
    for (const item of read(bytes, 50)) {
      if (item instanceof LateItem) decodePod(item.whole());
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
}

test('a refusal', () => {
  const said = {status: 'Failure', message: 'no', reason: 'Forbidden', code: 403};
  const raw = encodeMessage(status as Message, said);
  expect(decodeStatus(envelope('v1', 'Status', raw))).toMatchObject({kind: 'Status', ...said});
  expect(() => decodeStatus(Buffer.from('Forbidden'))).toThrow(DecodeError);
  expect(() => decodeStatus(podList([]))).toThrow(DecodeError);
});
