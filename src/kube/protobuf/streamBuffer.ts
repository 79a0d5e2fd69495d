import {broken, hasVarint, Wire, wireTypes} from './wire.ts';

/** A field of type bytes: its number, and where its bytes are in the buffer. */
export interface StreamField {
  readonly number: number;
  readonly from: number;
  readonly to: number;
}

const firstCapacity = 2 ** 15;

/** The bytes of a message that arrives piece by piece: only what was not taken yet is kept. */
export class StreamBuffer {
  /** Holds the bytes from `start` to `filled`. A field that was read stays valid until the next push. */
  bytes: Buffer = Buffer.allocUnsafeSlow(firstCapacity);
  start = 0;
  filled = 0;
  /** How many bytes have left the buffer. */
  #gone = 0;

  /** Where the bytes not yet taken begin, counted from the very first byte. */
  get position(): number {
    return this.#gone + this.start;
  }

  /** The place in the whole of a place in the buffer. */
  positionOf(at: number): number {
    return this.#gone + at;
  }

  /** Adds bytes at the end; those that were taken make room, and the buffer grows where that is not enough. */
  push(chunk: Buffer): void {
    if (this.filled + chunk.length > this.bytes.length) this.#makeRoom(chunk.length);
    chunk.copy(this.bytes, this.filled);
    this.filled += chunk.length;
  }

  /** The next field, as far as it has come in; undefined if that is not enough to know its length. */
  nextField(): StreamField | undefined {
    const {bytes, start, filled} = this;
    if (!hasVarint(bytes, start, filled)) return undefined;
    const wire = new Wire(bytes, start);
    const tag = wire.small(filled);
    if ((tag & 7) !== wireTypes.bytes) throw broken(`the wire type ${tag & 7} in a list`);
    if (!hasVarint(bytes, wire.at, filled)) return undefined;
    const length = wire.small(filled);
    return {number: tag >>> 3, from: wire.at, to: wire.at + length};
  }

  #makeRoom(wanted: number): void {
    const held = this.filled - this.start;
    const isTooSmall = this.bytes.length / 2 < held + wanted;
    const next = isTooSmall ? Buffer.allocUnsafeSlow(2 * (held + wanted)) : this.bytes;
    this.bytes.copy(next, 0, this.start, this.filled);
    this.bytes = next;
    this.#gone += this.start;
    this.filled = held;
    this.start = 0;
  }
}
