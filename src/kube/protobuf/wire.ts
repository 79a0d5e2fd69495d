import {DecodeError} from '../decode.ts';
import type {Integer} from '../json.ts';

/** How a field's value is written (protobuf's encoding guide, "Message structure"). */
export const wireTypes = {varint: 0, fixed64: 1, bytes: 2, fixed32: 5} as const;

/** Bytes that are not protobuf, or not the expected message. */
export function broken(found: string): DecodeError {
  return new DecodeError('', 'protobuf', found);
}

/** Whether `bytes` has a whole varint from `at` on and before `end`. */
export function hasVarint(bytes: Uint8Array, at: number, end: number): boolean {
  for (let index = at; index < end; index++) if ((bytes[index] ?? 0) < 0x80) return true;
  return false;
}

const cutShort = 'an end in the middle of a value';

/**
 * Reads values one after another. `end` is always where the surrounding message ends: nothing is read
 * beyond it. Throws DecodeError.
 */
export class Wire {
  at: number;
  readonly bytes: Buffer;

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  /** A tag, a length or another number of no more than 31 bits. */
  small(end: number): number {
    const first = this.at < end ? (this.bytes[this.at] ?? 0) : 0x80;
    if (first < 0x80) {
      this.at++;
      return first;
    }
    let value = 0;
    for (let factor = 1; this.at < end; factor *= 128) {
      const byte = this.bytes[this.at++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (value > 0x7fffffff) throw broken('a length of more than 31 bits');
      if (byte < 0x80) return value;
      if (factor >= 2 ** 28) throw broken('a length of more than 5 bytes');
    }
    throw broken(cutShort);
  }

  /** Go writes negative numbers as 64 bits; like Go, we keep the lower 32. */
  int32(end: number): number {
    return this.#halves(end)[0] | 0;
  }

  int64(end: number): Integer {
    const [low, high] = this.#halves(end);
    const number = (high | 0) * 2 ** 32 + low;
    return Number.isSafeInteger(number)
      ? number
      : BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low));
  }

  boolean(end: number): boolean {
    const [low, high] = this.#halves(end);
    return low !== 0 || high !== 0;
  }

  /** Where the bytes that begin at `at` end. */
  bytesEnd(end: number): number {
    const last = this.small(end) + this.at;
    if (last > end) throw broken('a length beyond the end');
    return last;
  }

  string(end: number): string {
    const last = this.bytesEnd(end);
    const text = this.bytes.toString('utf8', this.at, last);
    this.at = last;
    return text;
  }

  /** Skips the value of a field that nobody wants. */
  skip(wireType: number, end: number): void {
    switch (wireType) {
      case wireTypes.varint:
        this.#halves(end);
        return;
      case wireTypes.bytes:
        this.at = this.bytesEnd(end);
        return;
      case wireTypes.fixed64:
      case wireTypes.fixed32:
        this.at += wireType === wireTypes.fixed64 ? 8 : 4;
        if (this.at > end) throw broken(cutShort);
        return;
      default:
        // Groups: Kubernetes has none.
        throw broken(`the wire type ${wireType}`);
    }
  }

  /** A varint's lower and upper 32 bits, neither negative. */
  #halves(end: number): readonly [number, number] {
    let low = 0;
    let high = 0;
    for (let count = 0; this.at < end; count++) {
      const byte = this.bytes[this.at++] ?? 0;
      const part = byte & 0x7f;
      if (count < 4) low += part * 2 ** (7 * count);
      else if (count === 4) {
        low += (part & 0x0f) * 2 ** 28;
        high = part >> 4;
      } else if (count < 9) high += part * 2 ** (7 * count - 32);
      // Only the lowest bit of the tenth byte fits; like Go, we drop the others.
      else high += (part & 1) * 2 ** 31;
      if (byte < 0x80) return [low, high];
      if (count === 9) throw broken('a number of more than 10 bytes');
    }
    throw broken(cutShort);
  }
}
