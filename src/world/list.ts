import {isObject, type JsonObject} from '../kube/json.ts';
import {LateItem} from '../kube/protobuf/late.ts';
import {ApiError, type Asked} from './apiError.ts';
import {type ListItem, type Page, type PageContent, type PageHead, pageReader} from './listBody.ts';
import type {BodyReader} from './message.ts';

/** What to list, and how. */
export interface ListOptions {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** Items a page; 500 if not given, 0 for all at once. */
  readonly limit?: number | undefined;
  /** Only for the first page, as the API server demands. */
  readonly resourceVersion?: string | undefined;
  /** Gets each page as it comes; then the whole list is not kept. */
  onPage?: ((items: readonly JsonObject[]) => void) | undefined;
  /**
   * As onPage, for a kind that src/kube knows as protobuf: what comes so has only what is read of it,
   * and specs may be read later.
   */
  onLate?: ((items: readonly ListItem[]) => void) | undefined;
  /**
   * A list of more than a page may come from the server's watch cache, as controllers get it: all at
   * once and with less work for the server, but perhaps of a moment ago. To find out how long it is, a
   * small page comes first.
   */
  readonly cached?: boolean | undefined;
  /**
   * Together with onLate and `cached`: says by the first objects of a list of more than a page whether
   * metadata is enough. Then items have no spec.
   */
  areHeadsEnough?: ((first: readonly ListItem[]) => boolean) | undefined;
  /** Hears, as objects come in, how many there are so far and, if the server says so, in all. */
  onCount?: ((read: number, total: number | undefined) => void) | undefined;
}

/** A list, of all its pages. `items` is empty if they went to `onPage`. */
export interface Listed {
  readonly items: readonly JsonObject[];
  /** Of the first page: a watch from there misses nothing, even if later pages are newer. */
  readonly resourceVersion: string;
}

/** GETs one page into the reader; whatever it resolves to is no matter. */
export type GetPage = (
  path: string,
  options: {readonly signal: AbortSignal; readonly reader: BodyReader},
) => Promise<unknown>;

interface PendingPage {
  readonly token: string;
  /** What the page says of the list, as soon as it is known; if this page failed, that nothing follows. */
  readonly head: Promise<PageHead>;
  readonly page: Promise<Page>;
  cancel(): void;
}

const defaultLimit = 500;
const firstLimit = 100;
const last: PageHead = {next: '', remaining: undefined};
/** A list that expires more often than this is given up. */
const maxRestarts = 5;

/**
 * Reads a list page by page. The next page is asked for while this one is still coming in. If the
 * token expires (410) we go on with the one the server then offers, from the latest state, else we
 * ask for the whole list at once, as client-go does (tools/pager/pager.go).
 */
export async function listAll(
  path: string,
  options: ListOptions,
  asked: Asked,
  getPage: GetPage,
): Promise<Listed> {
  let count = 0;
  let total: number | undefined;
  const ask: Ask = (token, limit, whole) => {
    const {resourceVersion = options.resourceVersion, content = contentIn(options)} = whole ?? {};
    const pageAt = pagePath(path, {...options, limit, resourceVersion}, token);
    return startPage(pageAt, token, {asked, content}, getPage, (come, remaining) => {
      if (remaining !== undefined) total = count + limit + remaining;
      options.onCount?.(count + come, total);
    });
  };
  const sink = sinkFor(options);
  let limit = options.limit ?? defaultLimit;
  let restarts = 0;
  let resourceVersion = '';
  let current: PendingPage | undefined = options.cached
    ? await firstOrWhole(ask, limit, options)
    : ask('', limit);
  while (current) {
    const pending: PendingPage = current;
    const {next: promised}: PageHead = await pending.head;
    let upcoming = promised === '' ? undefined : ask(promised, limit);
    try {
      const page = await pending.page;
      if (page.next !== promised) {
        // The page was asked for anew, and the list has changed in between.
        upcoming?.cancel();
        upcoming = page.next === '' ? undefined : ask(page.next, limit);
      }
      sink.take(page.items);
      count += page.items.length;
      if (page.remaining !== undefined) total = count + page.remaining;
      options.onCount?.(count, total);
      resourceVersion ||= page.resourceVersion;
    } catch (error) {
      upcoming?.cancel();
      if (!isExpired(error) || pending.token === '' || ++restarts > maxRestarts) throw error;
      const offered = offeredToken(error);
      if (offered === '') {
        sink.restart();
        count = 0;
        limit = 0;
      }
      upcoming = ask(offered, limit);
    }
    current = upcoming;
  }
  return {items: sink.items, resourceVersion};
}

type Ask = (
  token: string,
  limit: number,
  whole?: {readonly resourceVersion: string; readonly content: PageContent},
) => PendingPage;

function contentIn({onLate}: ListOptions): PageContent {
  return onLate === undefined ? 'json' : 'objects';
}

/** A small first page; or, if there is more than a page, the whole list from the cache. */
async function firstOrWhole(
  ask: Ask,
  pageSize: number,
  options: ListOptions,
): Promise<PendingPage> {
  const {areHeadsEnough, onLate} = options;
  const limit = Math.min(firstLimit, pageSize);
  const first = ask('', limit);
  const {next, remaining = Infinity} = await first.head;
  if (next === '' || limit + remaining <= pageSize) return first;
  if (areHeadsEnough !== undefined && onLate !== undefined) {
    const {items} = await first.page;
    if (areHeadsEnough(items)) return ask('', 0, {resourceVersion: '0', content: 'heads'});
  }
  first.cancel();
  return ask('', 0, {resourceVersion: '0', content: contentIn(options)});
}

interface Sink {
  readonly items: readonly JsonObject[];
  take(items: readonly ListItem[]): void;
  restart(): void;
}

function sinkFor({onPage, onLate}: ListOptions): Sink {
  const items: JsonObject[] = [];
  const handOut = onLate ?? (onPage && ((page: readonly ListItem[]) => onPage(page.map(wholeOf))));
  if (!handOut) {
    return {
      items,
      take(page) {
        for (const item of page) items.push(wholeOf(item));
      },
      restart() {
        items.length = 0;
      },
    };
  }
  // What is handed out cannot be taken back: after a restart only what is new is handed out.
  const seen = new Set<string>();
  let restarted = false;
  return {
    items,
    take(page) {
      const fresh = restarted ? page.filter(item => !seen.has(keyOf(item))) : page;
      for (const item of fresh) seen.add(keyOf(item));
      handOut(fresh);
    },
    restart() {
      restarted = true;
    },
  };
}

function wholeOf(item: ListItem): JsonObject {
  return item instanceof LateItem ? item.whole() : item;
}

function keyOf(item: ListItem): string {
  const {metadata} = item instanceof LateItem ? item.head : item;
  if (!isObject(metadata)) return '';
  const {uid, namespace = '', name} = metadata;
  return typeof uid === 'string' ? uid : `${namespace}/${name}`;
}

function startPage(
  path: string,
  token: string,
  {asked, content}: {readonly asked: Asked; readonly content: PageContent},
  getPage: GetPage,
  onCount: (come: number, remaining: number | undefined) => void,
): PendingPage {
  const head = Promise.withResolvers<PageHead>();
  const controller = new AbortController();
  const reader = pageReader(asked, content, {
    onHead(known) {
      head.resolve(known);
      onCount(0, known.remaining);
    },
    onItems: come => onCount(come, undefined),
  });
  const page = getPage(path, {signal: controller.signal, reader}).then(() => {
    const whole = reader.page();
    head.resolve(whole);
    return whole;
  });
  page.catch(() => head.resolve(last));
  return {token, head: head.promise, page, cancel: () => controller.abort()};
}

function pagePath(path: string, options: ListOptions, token: string): string {
  const [base = '', given = ''] = path.split('?');
  const query = new URLSearchParams(given);
  if (options.labelSelector) query.set('labelSelector', options.labelSelector);
  if (options.fieldSelector) query.set('fieldSelector', options.fieldSelector);
  if (options.limit) query.set('limit', String(options.limit));
  if (token) query.set('continue', token);
  else if (options.resourceVersion) query.set('resourceVersion', options.resourceVersion);
  return query.size === 0 ? base : `${base}?${query}`;
}

function isExpired(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 410;
}

function offeredToken({body}: ApiError): string {
  const metadata = isObject(body) && isObject(body.metadata) ? body.metadata : {};
  return typeof metadata.continue === 'string' ? metadata.continue : '';
}
