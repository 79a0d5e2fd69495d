import {DecodeError} from '../kube/decode.ts';
import {isObject, type Json} from '../kube/json.ts';
import type {ListItemOrHead} from '../kube/listItem.ts';
import {type ListHead, type ListReader, readList} from '../kube/protobuf/list.ts';
import {type Asked, badAnswer} from './apiError.ts';
import {
  type BodyReader,
  contentOf,
  isProtobuf,
  jsonType,
  metadataListType,
  protobufType,
} from './message.ts';

/** One page of a list. */
export interface Page extends ListHead {
  readonly items: readonly ListItemOrHead[];
}

/** What a page says about its list. */
export type PageHead = Pick<ListHead, 'next' | 'remaining'>;

/** What to ask for: JSON; objects, as protobuf if the server can; or metadata alone, if it can. */
export type PageContent = 'json' | 'objects' | 'heads';

/** Reads a page as it comes in: as protobuf if that is allowed and the server sends it, else as JSON. */
export interface PageReader extends BodyReader {
  /** Once the body is there. */
  page(): Page;
}

/** What to report about a page that comes in. */
export interface PageEvents {
  /** What the list says about itself; usually before the items. */
  onHead(head: PageHead): void;
  /** This many objects have come in. */
  onItems(count: number): void;
}

/** A reader of one page. If protobuf can't be read, the next attempt asks for JSON. */
export function pageReader(asked: Asked, content: PageContent, events: PageEvents): PageReader {
  let asksProtobuf = content !== 'json';
  let body: BodyOf | undefined;
  let page: Page | undefined;
  return {
    get accept() {
      if (!asksProtobuf) return jsonType;
      const first = content === 'heads' ? [metadataListType] : [];
      return [...first, protobufType, jsonType].join(', ');
    },
    onOpen(type) {
      const isBinary = asksProtobuf && isProtobuf(type);
      body = isBinary ? protobufBody(events, content === 'heads') : jsonBody(type, events);
    },
    onChunk: chunk => body?.take(chunk),
    finish() {
      try {
        page = body?.end(asked);
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        asksProtobuf = false;
        throw badAnswer(asked, 'is not a list in protobuf, or only part of one');
      }
    },
    page() {
      if (page === undefined) throw badAnswer(asked, 'is empty');
      return page;
    },
  };
}

interface BodyOf {
  take(chunk: Buffer): void;
  /** Throws ApiError or DecodeError. */
  end(asked: Asked): Page;
}

function protobufBody({onHead, onItems}: PageEvents, mayBeHeads: boolean): BodyOf {
  const reader: ListReader = readList(mayBeHeads);
  let failure: unknown;
  let isTold = false;
  return {
    take(chunk) {
      if (failure !== undefined) return;
      try {
        const count = reader.push(chunk);
        const head = reader.head();
        if (head === undefined) return;
        if (!isTold) onHead(head);
        isTold = true;
        onItems(count);
      } catch (error) {
        failure = error;
      }
    },
    end() {
      if (failure !== undefined) throw failure;
      const items = reader.end();
      return {...(reader.head() ?? noHead), items};
    },
  };
}

const noHead = {resourceVersion: '', next: '', remaining: undefined};
const startBytes = 16_384;

function jsonBody(type: string, {onHead}: PageEvents): BodyOf {
  const chunks: Buffer[] = [];
  let size = 0;
  let isTold = false;
  return {
    take(chunk) {
      chunks.push(chunk);
      size += chunk.length;
      if (isTold) return;
      const head = chunks.length === 1 ? chunk : Buffer.concat(chunks);
      const known = headIn(head.subarray(0, startBytes).toString('latin1'));
      isTold = known !== undefined || size >= startBytes;
      if (known !== undefined) onHead(known);
    },
    end(asked) {
      const body = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
      return pageOf(contentOf(asked, {status: 200, headers: {'content-type': type}, body}), asked);
    },
  };
}

/** Go writes a list's metadata before its items: the token is there long before the last item. */
function headIn(start: string): PageHead | undefined {
  const head = /^\{"kind":"\w+","apiVersion":"[\w./-]+","metadata":(\{[^{}]*\})/.exec(start);
  if (!head?.[1]) return undefined;
  const remaining = /"remainingItemCount":(\d+)/.exec(head[1])?.[1];
  return {
    next: /"continue":"([^"\\]*)"/.exec(head[1])?.[1] ?? '',
    remaining: remaining === undefined ? undefined : Number(remaining),
  };
}

function pageOf(body: Json, asked: Asked): Page {
  if (!isObject(body) || !(Array.isArray(body.items) || body.items === null)) {
    throw badAnswer(asked, 'is not a list');
  }
  const metadata = isObject(body.metadata) ? body.metadata : {};
  const kind = String(body.kind ?? '').replace(/List$/, '');
  const type = {apiVersion: body.apiVersion ?? '', kind};
  const items = (body.items ?? []).map((item: Json) => {
    if (!isObject(item)) throw badAnswer(asked, 'is not a list of objects');
    // The API server leaves both out in lists.
    return item.kind === undefined ? {...type, ...item} : item;
  });
  return {
    items,
    resourceVersion: String(metadata.resourceVersion ?? ''),
    next: String(metadata.continue ?? ''),
    remaining:
      typeof metadata.remainingItemCount === 'number' ? metadata.remainingItemCount : undefined,
  };
}
