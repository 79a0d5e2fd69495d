import type {JsonObject} from '../json.ts';
import type {ListItemOrHead} from '../listItem.ts';
import {HeadItem, specStore} from './late.ts';
import {decodeMessage, readMessage, type Span} from './message.ts';
import {listMeta, status, unknown} from './meta.ts';
import {metadataReader} from './metadata.ts';
import {kinds} from './objects.ts';
import {broken, hasVarint, Wire, wireTypes} from './wire.ts';

/** A list's own metadata. */
export interface ListHead {
  readonly resourceVersion: string;
  /** The token of the next page; empty if there is none. */
  readonly next: string;
  /** How many objects come after this page, about; undefined if the server does not say. */
  readonly remaining: number | undefined;
}

/** A list of a known kind that comes in piece by piece. */
export interface ListReader {
  /** Takes the next bytes; gives how many items there are so far. Throws DecodeError. */
  push(chunk: Buffer): number;
  /** Known before the first item is. */
  head(): ListHead | undefined;
  /** The items, once all bytes are there; throws DecodeError if they aren't. */
  end(): readonly ListItemOrHead[];
}

/** Whether lists of this kind can be read as protobuf; `apiVersion` as in `apps/v1`. */
export function isKnown(apiVersion: string, kind: string): boolean {
  return Object.hasOwn(kinds, `${apiVersion}/${kind}`);
}

/** What a server says that refuses, from protobuf; throws DecodeError. */
export function decodeStatus(body: Buffer): JsonObject {
  if (!body.subarray(0, magic.length).equals(magic)) throw broken('other bytes than its first 4');
  const envelope = readMessage(unknown, new Wire(body, magic.length), body.length);
  const {typeMeta, raw} = envelope as {typeMeta?: JsonObject; raw?: Span};
  if (typeMeta?.kind !== 'Status' || raw === undefined) throw broken(`a ${typeMeta?.kind}`);
  return {...typeMeta, ...decodeMessage(status, body.subarray(raw.from, raw.to))};
}

const magic = Buffer.from('k8s\0', 'latin1');
const firstCapacity = 2 ** 15;
const none: Span = {from: 0, to: 0};

/**
 * Reads a list while it comes in: of all the bytes, only what is still needed is kept. `mayBeHeads`: the
 * objects' metadata alone will do.
 */
export function readList(mayBeHeads = false): ListReader {
  const store = specStore();
  const items: ListItemOrHead[] = [];
  let buffer = Buffer.allocUnsafeSlow(firstCapacity);
  let start = 0;
  let filled = 0;
  /** Of the bytes that are gone from the buffer, and so where its start is in the whole. */
  let gone = 0;
  let typeMeta: JsonObject | undefined;
  let head: ListHead | undefined;
  let readItem: ((bytes: Buffer, from: number, to: number) => ListItemOrHead) | undefined;
  /** Where the list ends in the whole; undefined until it has begun. */
  let listEnd: number | undefined;
  let hasMagic = false;

  const add = (chunk: Buffer): void => {
    if (filled + chunk.length > buffer.length) {
      const held = filled - start;
      const size = buffer.length / 2 < held + chunk.length ? 2 * (held + chunk.length) : 0;
      const next = size === 0 ? buffer : Buffer.allocUnsafeSlow(size);
      buffer.copy(next, 0, start, filled);
      buffer = next;
      gone += start;
      filled = held;
      start = 0;
    }
    chunk.copy(buffer, filled);
    filled += chunk.length;
  };
  /** The next field as far as it has come in; undefined if that is not enough to know its length. */
  const nextField = (): {number: number; from: number; to: number} | undefined => {
    if (!hasVarint(buffer, start, filled)) return undefined;
    const wire = new Wire(buffer, start);
    const tag = wire.small(filled);
    if ((tag & 7) !== wireTypes.bytes) throw broken(`the wire type ${tag & 7} in a list`);
    if (!hasVarint(buffer, wire.at, filled)) return undefined;
    const length = wire.small(filled);
    return {number: tag >>> 3, from: wire.at, to: wire.at + length};
  };
  const takeEnvelopeField = (): boolean => {
    const field = nextField();
    if (field === undefined) return false;
    const {number, from, to} = field;
    if (number === unknown.fields.raw?.number) {
      if (listEnd !== undefined) throw broken('two lists in one');
      readItem = itemReader(typeMeta, store, mayBeHeads);
      listEnd = gone + to;
      start = from;
      return true;
    }
    if (to > filled) return false;
    if (number === unknown.fields.typeMeta?.number) {
      typeMeta = readMessage(unknown, new Wire(buffer, start), to).typeMeta as JsonObject;
    }
    start = to;
    return true;
  };
  const takeListField = (end: number): boolean => {
    const field = nextField();
    if (field === undefined) return false;
    const {number, from, to} = field;
    if (gone + to > end) throw broken('an item beyond the end of its list');
    if (to > filled) return false;
    if (number === 1) {
      head = headOf(readMessage(listMeta, new Wire(buffer, from), to));
    } else if (number === 2 && readItem !== undefined) {
      items.push(readItem(buffer, from, to));
    }
    start = to;
    return true;
  };
  const takeField = (): boolean => {
    const isInList = listEnd !== undefined && gone + start < listEnd;
    return isInList && listEnd !== undefined ? takeListField(listEnd) : takeEnvelopeField();
  };
  return {
    push(chunk) {
      add(chunk);
      if (!hasMagic) {
        if (filled < magic.length) return 0;
        if (!buffer.subarray(0, magic.length).equals(magic)) {
          throw broken('other bytes than its first 4');
        }
        hasMagic = true;
        start = magic.length;
      }
      while (start < filled && takeField());
      return items.length;
    },
    head: () => head,
    end() {
      if (listEnd === undefined || gone + start < listEnd || start < filled) {
        throw broken('an end in the middle of a list');
      }
      return items;
    },
  };
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
  return (bytes: Buffer, from: number, to: number): JsonObject => ({
    ...type,
    ...(readMessage(found, new Wire(bytes, from), to) as JsonObject),
  });
}
