import type {Message} from './message.ts';
import {broken, type Wire, wireTypes} from './wire.ts';

/** The most bytes that a trimmed message may have: three bytes of a varint, 7 bits each. */
const mostBytes = 2 ** 21;

/**
 * Copies a message up to `end` to the start of `target`, without the fields that nobody reads; returns how many bytes
 * it has there. `target` must have room for twice as many as before: an empty message grows from two bytes to four.
 * Throws DecodeError.
 */
export function trimMessage(message: Message, wire: Wire, end: number, target: Buffer): number {
  return copyFields(message, wire, end, target, 0);
}

function copyFields(
  message: Message,
  wire: Wire,
  end: number,
  target: Buffer,
  start: number,
): number {
  const {bytes} = wire;
  let at = start;
  let from = wire.at;
  while (wire.at < end) {
    const before = wire.at;
    const tag = wire.small(end);
    if (tag < 8) throw broken('a field with the number 0');
    const field = message.numbered[tag >>> 3];
    const inner = typeof field?.type === 'object' ? field.type : undefined;
    if (inner !== undefined && (tag & 7) === wireTypes.bytes) {
      const last = wire.bytesEnd(end);
      if (2 * (last - wire.at) < mostBytes) {
        // The tag stays; the length is that of the copy.
        at += bytes.copy(target, at, from, before);
        at = writeSmall(target, at, tag);
        const length = copyFields(inner, wire, last, target, at + lengthBytes) - at - lengthBytes;
        writeLength(target, at, length);
        at += lengthBytes + length;
        from = last;
      }
      wire.at = last;
    } else {
      wire.skip(tag & 7, end);
      if (field === undefined) {
        at += bytes.copy(target, at, from, before);
        from = wire.at;
      }
    }
  }
  return at + bytes.copy(target, at, from, end);
}

/** Always as many, since a length is only known when what it is of has been copied. */
const lengthBytes = 3;

function writeLength(target: Buffer, at: number, length: number): void {
  target[at] = (length & 0x7f) | 0x80;
  target[at + 1] = ((length >>> 7) & 0x7f) | 0x80;
  target[at + 2] = length >>> 14;
}

function writeSmall(target: Buffer, at: number, value: number): number {
  let next = at;
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) target[next++] = (rest & 0x7f) | 0x80;
  target[next++] = rest;
  return next;
}
