import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {DecodeError} from '../../src/kube/decode.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {decodeStatus} from '../../src/kube/protobuf/list.ts';
import {decodeMessage, type Message, many, message, one} from '../../src/kube/protobuf/message.ts';
import {status} from '../../src/kube/protobuf/meta.ts';
import {podSpecMessage} from '../../src/kube/protobuf/pod.ts';
import {
  bytesField,
  encodeMessage,
  envelope,
  numberField,
  podList,
  varint,
} from '../support/builders/protobuf.ts';

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

  test.each([0n, 127n, 128n, 2n ** 32n, 2n ** 53n - 1n, -1n, -(2n ** 53n) + 1n])(
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
    expect(() => decodeMessage(podSpecMessage, spec)).toThrow(/^containers\.ports\.hostPort: /);
  });
});

test('a refusal', () => {
  const said = {status: 'Failure', message: 'no', reason: 'Forbidden', code: 403};
  const raw = encodeMessage(status as Message, said);
  expect(decodeStatus(envelope('v1', 'Status', raw))).toMatchObject({kind: 'Status', ...said});
  expect(() => decodeStatus(Buffer.from('Forbidden'))).toThrow(DecodeError);
  expect(() => decodeStatus(podList([]))).toThrow(DecodeError);
});
