import type {JsonObject} from '../json.ts';
import type {ListItemOrHead} from '../listItem.ts';
import {DecodedItem, HeadItem, specStore} from './late.ts';
import {decodeMessage, readMessage, type Span} from './message.ts';
import {listMeta, status, unknown} from './meta.ts';
import {metadataReader} from './metadata.ts';
import {decodedKinds, kinds} from './objects.ts';
import {StreamBuffer, type StreamField} from './streamBuffer.ts';
import {broken, Wire} from './wire.ts';

/** A list's own metadata. */
export interface ListHead {
  readonly resourceVersion: string;
  /** The token of the next page; empty if there is none. */
  readonly next: string;
  /** About how many objects come after this page; undefined if the server does not say. */
  readonly remaining: number | undefined;
}

/** A list of a known kind that arrives piece by piece. */
export interface ListReader {
  /** Takes the next bytes; returns how many items there are so far. Throws DecodeError. */
  push(chunk: Buffer): number;
  /** Known before the first item. */
  head(): ListHead | undefined;
  /** The items, once all bytes are there; throws DecodeError if they aren't. */
  end(): readonly ListItemOrHead[];
}

/** What a refusing server says, from protobuf; throws DecodeError. */
export function decodeStatus(body: Buffer): JsonObject {
  if (!body.subarray(0, magic.length).equals(magic)) throw broken('other bytes than its first 4');
  const envelope = readMessage(unknown, new Wire(body, magic.length), body.length);
  const {typeMeta, raw} = envelope as {typeMeta?: JsonObject; raw?: Span};
  if (typeMeta?.kind !== 'Status' || raw === undefined) throw broken(`a ${typeMeta?.kind}`);
  return {...typeMeta, ...decodeMessage(status, body.subarray(raw.from, raw.to))};
}

const magic = Buffer.from('k8s\0', 'latin1');
const none: Span = {from: 0, to: 0};

/**
 * Reads a list while it comes in, and keeps only the bytes that are still needed. `mayBeHeads`: the
 * objects' metadata alone will do.
 */
export function readList(mayBeHeads = false): ListReader {
  const stream = new StreamBuffer();
  let list: OpenList | undefined;
  let typeMeta: JsonObject | undefined;
  let hasMagic = false;

  const takeEnvelopeField = (field: StreamField): boolean => {
    const {number, from, to} = field;
    if (number === unknown.fields.raw?.number) {
      if (list !== undefined) throw broken('two lists in one');
      list = openList(itemReader(typeMeta, specStore(), mayBeHeads), stream.positionOf(to));
      stream.start = from;
      return true;
    }
    if (to > stream.filled) return false;
    if (number === unknown.fields.typeMeta?.number) {
      typeMeta = readMessage(unknown, new Wire(stream.bytes, stream.start), to)
        .typeMeta as JsonObject;
    }
    stream.start = to;
    return true;
  };
  const takeField = (): boolean => {
    const field = stream.nextField();
    if (field === undefined) return false;
    return list !== undefined && stream.position < list.end
      ? takeListField(list, field, stream)
      : takeEnvelopeField(field);
  };
  return {
    push(chunk) {
      stream.push(chunk);
      hasMagic ||= takeMagic(stream);
      if (hasMagic) while (stream.start < stream.filled && takeField());
      return list?.items.length ?? 0;
    },
    head: () => list?.head,
    end() {
      if (list === undefined || stream.position < list.end || stream.start < stream.filled) {
        throw broken('an end in the middle of a list');
      }
      return list.items;
    },
  };
}

/** A list that has begun. */
interface OpenList {
  /** Where it ends, counted from the very first byte. */
  readonly end: number;
  readonly items: ListItemOrHead[];
  head: ListHead | undefined;
  readonly readItem: ReturnType<typeof itemReader>;
}

function openList(readItem: OpenList['readItem'], end: number): OpenList {
  return {end, items: [], head: undefined, readItem};
}

/** Takes a field of the list itself; false if it has not come in whole. */
function takeListField(list: OpenList, field: StreamField, stream: StreamBuffer): boolean {
  const {number, from, to} = field;
  if (stream.positionOf(to) > list.end) throw broken('an item beyond the end of its list');
  if (to > stream.filled) return false;
  if (number === 1) list.head = headOf(readMessage(listMeta, new Wire(stream.bytes, from), to));
  else if (number === 2) list.items.push(list.readItem(stream.bytes, from, to));
  stream.start = to;
  return true;
}

/** Whether the very first bytes have come in; throws if they are not Kubernetes' own. */
function takeMagic(stream: StreamBuffer): boolean {
  if (stream.filled < magic.length) return false;
  if (!stream.bytes.subarray(0, magic.length).equals(magic)) {
    throw broken('other bytes than its first 4');
  }
  stream.start = magic.length;
  return true;
}

function headOf(meta: Readonly<Record<string, unknown>>): ListHead {
  const {resourceVersion, continue: token, remainingItemCount: remaining} = meta;
  return {
    resourceVersion: String(resourceVersion ?? ''),
    next: String(token ?? ''),
    remaining: typeof remaining === 'number' ? remaining : undefined,
  };
}

function stringsOf(typeMeta: JsonObject | undefined): {apiVersion: string; kind: string} {
  const {apiVersion = '', kind = ''} = typeMeta ?? {};
  return {apiVersion: String(apiVersion), kind: String(kind)};
}

/** How to read the items of the list that the envelope announces. */
function itemReader(
  typeMeta: JsonObject | undefined,
  store: ReturnType<typeof specStore>,
  mayBeHeads: boolean,
) {
  const {apiVersion, kind: listKind} = stringsOf(typeMeta);
  const kind = listKind.replace(/List$/, '');
  const name = `${apiVersion}/${kind}`;
  const found = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  const isAsked = found !== undefined && (mayBeHeads || !('parts' in found && !found.spec));
  if (!isAsked || kind === listKind) throw broken(`a ${apiVersion}/${listKind}`);
  const type = {apiVersion, kind};
  if ('parts' in found) {
    const readMetadata = metadataReader();
    return (bytes: Buffer, from: number, to: number) => {
      const {metadata = none, spec = none} = readMessage(found.parts, new Wire(bytes, from), to);
      const {from: start, to: end} = metadata as Span;
      const head = {apiVersion, kind, metadata: readMetadata(bytes, start, end)};
      return found.spec === undefined
        ? new HeadItem(head)
        : store.keep(head, found.spec, bytes, spec as Span);
    };
  }
  const isDecoded = decodedKinds.has(name);
  return (bytes: Buffer, from: number, to: number): JsonObject | DecodedItem => {
    const object = {...type, ...(readMessage(found, new Wire(bytes, from), to) as JsonObject)};
    return isDecoded ? new DecodedItem(object) : object;
  };
}
