import type {ObjectMeta} from '../objects.ts';
import {readMessage} from './message.ts';
import {objectMeta} from './meta.ts';
import {Wire} from './wire.ts';

/** Labels, annotations and owners: what the pods of a workload have alike, and one after the other. */
const firstShared = objectMeta.fields.labels?.number ?? 0;
const lastShared = objectMeta.fields.ownerReferences?.number ?? 0;

/**
 * Reads the metadata of one object of a list after the other. Where the labels, annotations and owners
 * are written as those of the object before, they are the same values. Throws DecodeError.
 */
export function metadataReader(): (bytes: Buffer) => ObjectMeta {
  let known: Buffer | undefined;
  let shared: Partial<ObjectMeta> = {};
  return bytes => {
    const part = sharedPart(bytes);
    if (part === undefined) return read(bytes, 0, bytes.length);
    const [from, to] = part;
    if (known === undefined || known.compare(bytes, from, to) !== 0) {
      const {labels, annotations, ownerReferences} = read(bytes, from, to);
      shared = {labels, annotations, ownerReferences};
      known = Buffer.from(bytes.subarray(from, to));
    }
    const own = read(bytes, 0, from);
    return {...own, ...shared};
  };
}

function read(bytes: Buffer, from: number, to: number): ObjectMeta {
  return readMessage(objectMeta, new Wire(bytes, from), to) as ObjectMeta;
}

/** Where the shared fields stand; undefined unless they stand together and after the others that are read. */
function sharedPart(bytes: Buffer): readonly [number, number] | undefined {
  const wire = new Wire(bytes);
  let from: number | undefined;
  let to: number | undefined;
  while (wire.at < bytes.length) {
    const start = wire.at;
    const tag = wire.small(bytes.length);
    wire.skip(tag & 7, bytes.length);
    const number = tag >>> 3;
    if (number >= firstShared && number <= lastShared) {
      if (to !== undefined) return undefined;
      from ??= start;
    } else if (from !== undefined) {
      if (number < firstShared) return undefined;
      to ??= start;
    }
  }
  return from === undefined ? undefined : [from, to ?? bytes.length];
}
