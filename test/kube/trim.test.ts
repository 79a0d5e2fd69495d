import fc from 'fast-check';
import {expect, test} from 'vitest';
import {DecodeError} from '../../src/kube/decode.ts';
import {decodeMessage, type Message} from '../../src/kube/protobuf/message.ts';
import {podSpecMessage} from '../../src/kube/protobuf/pod.ts';
import {trimMessage} from '../../src/kube/protobuf/trim.ts';
import {Wire} from '../../src/kube/protobuf/wire.ts';
import {anyPod} from '../support/builders/anyPod.ts';
import {bytesField, encodeMessage, numberField, varint} from '../support/builders/protobuf.ts';
import {objectOf} from '../support/run/output.ts';

function trimmed(bytes: Buffer): Buffer {
  const target = Buffer.alloc(2 * bytes.length);
  const length = trimMessage(podSpecMessage, new Wire(bytes), bytes.length, target);
  return target.subarray(0, length);
}

const anySpec = anyPod.map(pod => encodeMessage(podSpecMessage, objectOf(objectOf(pod).spec)));

/** Values of fields that no message has: of each wire type, some as long as the rest of a pod. */
const strangers = fc.array(
  fc.oneof(
    fc.string({maxLength: 300}).map(text => bytesField(5000, text)),
    fc.bigInt({min: 0n, max: 2n ** 64n - 1n}).map(number => numberField(5001, number)),
    fc
      .uint8Array({minLength: 8, maxLength: 8})
      .map(bytes => Buffer.concat([varint(5002 * 8 + 1), bytes])),
    fc
      .uint8Array({minLength: 4, maxLength: 4})
      .map(bytes => Buffer.concat([varint(5003 * 8 + 5), bytes])),
  ),
  {minLength: 1, maxLength: 5},
);

/** The message with fields that it does not have before each that it has, at every depth. */
function among(message: Message, bytes: Buffer, others: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [];
  const wire = new Wire(bytes);
  for (let count = 0; wire.at < bytes.length; count++) {
    const start = wire.at;
    const tag = wire.small(bytes.length);
    const type = message.numbered[tag >>> 3]?.type;
    parts.push(others[count % others.length] ?? Buffer.alloc(0));
    if (typeof type === 'object') {
      const end = wire.bytesEnd(bytes.length);
      parts.push(bytesField(tag >>> 3, among(type, bytes.subarray(wire.at, end), others)));
      wire.at = end;
    } else {
      wire.skip(tag & 7, bytes.length);
      parts.push(bytes.subarray(start, wire.at));
    }
  }
  return Buffer.concat([...parts, ...others]);
}

test('a trimmed spec reads as the whole one', () => {
  fc.assert(
    fc.property(anySpec, strangers, (bytes, others) => {
      const noisy = among(podSpecMessage, bytes, others);
      expect(decodeMessage(podSpecMessage, trimmed(noisy))).toEqual(
        decodeMessage(podSpecMessage, bytes),
      );
      expect(trimmed(noisy).equals(trimmed(bytes))).toBe(true);
    }),
  );
});

test('a message of more than two MiB is kept whole', () => {
  const long = bytesField(1, 'x'.repeat(2 ** 21));
  const spec = Buffer.concat([bytesField(2, long), bytesField(5000, 'y')]);
  expect(decodeMessage(podSpecMessage, trimmed(spec))).toEqual(decodeMessage(podSpecMessage, spec));
  expect(trimmed(spec)).toHaveLength(spec.length - bytesField(5000, 'y').length);
});

test('bytes that make no sense are an error, or read as they would have', () => {
  const read = (bytes: Buffer): unknown => {
    try {
      return decodeMessage(podSpecMessage, bytes);
    } catch (error) {
      return error;
    }
  };
  fc.assert(
    fc.property(
      anySpec,
      fc.array(fc.tuple(fc.nat(), fc.nat({max: 255})), {maxLength: 4}),
      (bytes, changes) => {
        const broken = Buffer.from(bytes);
        for (const [at, byte] of changes) if (broken.length > 0) broken[at % broken.length] = byte;
        let kept: Buffer;
        try {
          kept = trimmed(broken);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
          expect(read(broken)).toBeInstanceOf(DecodeError);
          return;
        }
        const whole = read(broken);
        if (whole instanceof Error) expect(read(kept)).toBeInstanceOf(DecodeError);
        else expect(read(kept)).toEqual(whole);
      },
    ),
    {numRuns: 1000},
  );
});
