import type {ObjectMeta} from '../objects.ts';
import {readMessage} from './message.ts';
import {objectMetaMessage} from './meta.ts';
import {Wire} from './wire.ts';

/** What the pods of a workload have in common; the fields before these are their own. */
const sharedNames = ['labels', 'annotations', 'ownerReferences'] as const;
type SharedName = (typeof sharedNames)[number];
const firstShared = objectMetaMessage.fields.labels?.number ?? 0;

/** Where all values of a field stand, one after the other; from 0 to 0 if there is none. */
interface Run {
  from: number;
  to: number;
}

/**
 * Reads the metadata of the objects of a list, one after another. Labels, annotations or owners that are
 * written like those of an earlier object become the same values, even with other objects in between:
 * lists from the server's cache are in no order. Throws DecodeError.
 */
export function metadataReader(): (bytes: Buffer, from: number, to: number) => ObjectMeta {
  const runs = sharedNames.map((): Run => ({from: 0, to: 0}));
  const [labelsOf, annotationsOf, ownersOf] = [
    remembering('labels'),
    remembering('annotations'),
    remembering('ownerReferences'),
  ];
  return (bytes, from, to) => {
    const ownEnd = findRuns(runs, bytes, from, to);
    if (ownEnd === undefined) return read(bytes, from, to);
    const {name, generateName, namespace, uid, resourceVersion} = read(bytes, from, ownEnd);
    const labels = labelsOf(bytes, runs[0]);
    const annotations = annotationsOf(bytes, runs[1]);
    const ownerReferences = ownersOf(bytes, runs[2]);
    return {
      name,
      generateName,
      namespace,
      uid,
      resourceVersion,
      labels,
      annotations,
      ownerReferences,
    };
  };
}

function read(bytes: Buffer, from: number, to: number): ObjectMeta {
  return readMessage(objectMetaMessage, new Wire(bytes, from), to) as ObjectMeta;
}

/** At most this many bytes are remembered: where each object has values of its own, they would never end. */
const memory = 2 ** 22;

/** Reads a field; what is written the same way is read only once. */
function remembering<K extends SharedName>(
  name: K,
): (bytes: Buffer, run: Run | undefined) => ObjectMeta[K] {
  const known = new Map<string, ObjectMeta[K]>();
  let room = memory;
  return (bytes, run) => {
    if (run === undefined || run.from === run.to) return undefined;
    const {from, to} = run;
    const key = bytes.toString('latin1', from, to);
    const found = known.get(key);
    if (found !== undefined) return found;
    const value = read(bytes, from, to)[name];
    room -= key.length;
    if (room >= 0) known.set(key, value);
    return value;
  };
}

/**
 * Finds the shared fields; returns where the object's own fields end, or undefined if they are not all
 * before the shared ones, or if a field is in several places.
 */
function findRuns(
  runs: readonly Run[],
  bytes: Buffer,
  from: number,
  to: number,
): number | undefined {
  for (const run of runs) {
    run.from = 0;
    run.to = 0;
  }
  const wire = new Wire(bytes, from);
  let ownEnd: number | undefined;
  while (wire.at < to) {
    const start = wire.at;
    const tag = wire.small(to);
    wire.skip(tag & 7, to);
    const number = tag >>> 3;
    const run = runs[number - firstShared];
    if (number < firstShared) {
      if (ownEnd !== undefined) return undefined;
    } else {
      ownEnd ??= start;
      if (run === undefined) continue;
      if (run.to !== 0 && run.to !== start) return undefined;
      if (run.to === 0) run.from = start;
      run.to = wire.at;
    }
  }
  return ownEnd ?? to;
}
