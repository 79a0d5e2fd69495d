import type {JsonObject} from '../json.ts';
import type {ObjectMeta} from '../objects.ts';
import {likenessOfMessage} from './likeness.ts';
import {type Message, readMessage, type Span} from './message.ts';
import {trimMessage} from './trim.ts';
import {Wire} from './wire.ts';

/** What is known about an object from the start. */
export interface LateHead {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/**
 * An object whose `spec` is read from its bytes each time that it is asked for: for most pods of a cluster
 * nobody asks, because their workload speaks for them. It may throw DecodeError.
 */
export class LateItem {
  /** Its version, kind and metadata, the metadata as src/kube/objects.ts decodes it. */
  readonly head: LateHead;
  readonly #message: Message;
  readonly #block: Buffer;
  readonly #from: number;
  readonly #to: number;

  /** The bytes of the spec are those of the block between the two. */
  constructor(head: LateHead, message: Message, block: Buffer, from: number, to: number) {
    this.head = head;
    this.#message = message;
    this.#block = block;
    this.#from = from;
    this.#to = to;
  }

  spec(): JsonObject {
    return readMessage(this.#message, new Wire(this.#block, this.#from), this.#to) as JsonObject;
  }

  /** See likenessOfMessage. */
  likeness(): string {
    return likenessOfMessage(this.#message, new Wire(this.#block, this.#from), this.#to);
  }

  /** The whole object at once. */
  whole(): JsonObject {
    return {...(this.head as unknown as JsonObject), spec: this.spec()};
  }
}

/**
 * An object whose parts are as its decoder would make them of JSON: of RBAC. To decode them once more would take
 * as long as to read them, a sixth of a `who-can -A`.
 */
export class DecodedItem {
  readonly object: JsonObject;

  constructor(object: JsonObject) {
    this.object = object;
  }
}

/** An object from a list of metadata alone: it has no spec to ask for. */
export class HeadItem {
  readonly head: LateHead;

  constructor(head: LateHead) {
    this.head = head;
  }
}

const blockSize = 2 ** 18;

/**
 * Keeps the bytes of specs, packed, so that those around them can be freed, and without the fields that nobody reads:
 * of a pod of 3,400 bytes some 800.
 */
export function specStore(): {
  keep(head: LateHead, message: Message, bytes: Buffer, spec: Span): LateItem;
} {
  let block = Buffer.alloc(0);
  let used = 0;
  let scratch = Buffer.alloc(0);
  return {
    keep(head, message, bytes, spec) {
      const most = 2 * (spec.to - spec.from);
      if (most > scratch.length) scratch = Buffer.allocUnsafeSlow(most);
      const length = trimMessage(message, new Wire(bytes, spec.from), spec.to, scratch);
      if (used + length > block.length) {
        block = Buffer.allocUnsafeSlow(Math.max(blockSize, length));
        used = 0;
      }
      const from = used;
      used += scratch.copy(block, from, 0, length);
      return new LateItem(head, message, block, from, used);
    },
  };
}
