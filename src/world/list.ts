import type {ListOptions} from '../inventory/read/reader.ts';
import {isObject, type JsonObject} from '../kube/json.ts';
import {headOf, type ListItemOrHead, partedItems, wholeOf} from '../kube/listItem.ts';
import {ApiError, type Asked} from './apiError.ts';
import {
  type Page,
  type PageContent,
  type PageEvents,
  type PageHead,
  pageReader,
} from './listBody.ts';
import {expectMany} from './memory.ts';
import type {BodyReader} from './message.ts';

/** A list made of all its pages. `items` is empty if they went to `onPage`. */
export interface Listed {
  readonly items: readonly JsonObject[];
  /** Of the first page: a watch from there misses nothing, even if later pages are newer. */
  readonly resourceVersion: string;
}

/** GETs one page into the reader; its result is ignored. */
export type GetPage = (
  path: string,
  options: {readonly signal: AbortSignal; readonly reader: BodyReader},
) => Promise<unknown>;

interface PendingPage {
  readonly token: string;
  /** What the page says about the list, as soon as that is known; if this page failed, that nothing follows. */
  readonly head: Promise<PageHead>;
  readonly page: Promise<Page>;
  cancel(): void;
}

const defaultLimit = 500;
const firstLimit = 100;
const last: PageHead = {next: '', remaining: undefined};
/** A list that expires more often than this is given up. */
const maxRestarts = 5;

/** Hears, as objects come in, how many there are so far and, if the server says, in total. */
export type OnCount = (read: number, total: number | undefined) => void;

/**
 * Reads a list page by page. The next page is asked for while this one is still coming in. If the
 * token expires (410), we go on with the one that the server then offers, from the latest state, or else
 * ask for the whole list at once, as client-go does (tools/pager/pager.go).
 */
export async function listAll(
  path: string,
  options: ListOptions,
  asked: Asked,
  getPage: GetPage,
  onCount?: OnCount,
): Promise<Listed> {
  const sink = sinkFor(options);
  const counter = counterFor(onCount);
  const state = {limit: options.limit ?? defaultLimit, restarts: 0, resourceVersion: ''};
  const ask: Ask = (token, limit, whole) => {
    const {resourceVersion, content = contentIn(options)} = whole ?? {};
    const pageAt = pagePath(path, {limit, resourceVersion, token});
    return startPage(pageAt, token, {asked, content}, getPage, {
      onHead: ({remaining}) => counter.onHead(limit, remaining),
      onItems: counter.onItems,
    });
  };
  const take = (page: Page): void => {
    sink.take(page.items);
    counter.take(page);
    state.resourceVersion ||= page.resourceVersion;
  };
  const askAgain = (error: unknown, token: string): PendingPage => {
    if (!isExpired(error) || token === '' || ++state.restarts > maxRestarts) throw error;
    const offered = offeredToken(error);
    if (offered === '') {
      sink.restart();
      counter.restart();
      state.limit = 0;
    }
    return ask(offered, state.limit);
  };
  const {limit} = state;
  let current: PendingPage | undefined = await (options.cached
    ? firstOrWhole(ask, limit, options)
    : ask('', limit));
  while (current !== undefined) {
    const {token}: PendingPage = current;
    const next = turnPage(current, upcoming => ask(upcoming, state.limit), take);
    current = await next.catch((error: unknown) => askAgain(error, token));
  }
  return {items: sink.items, resourceVersion: state.resourceVersion};
}

/**
 * Takes a page and returns the one after it, which is asked for while this one still comes in; undefined
 * after the last. Throws if this page fails, and then cancels the next.
 */
async function turnPage(
  pending: PendingPage,
  ask: (token: string) => PendingPage,
  take: (page: Page) => void,
): Promise<PendingPage | undefined> {
  const askFor = (token: string) => (token === '' ? undefined : ask(token));
  const {next: promised} = await pending.head;
  let upcoming = askFor(promised);
  try {
    const page = await pending.page;
    if (page.next !== promised) {
      // The page was asked for again, and the list has changed in between.
      upcoming?.cancel();
      upcoming = askFor(page.next);
    }
    take(page);
    return upcoming;
  } catch (error) {
    upcoming?.cancel();
    throw error;
  }
}

/** Counts the objects of a list while they come in. */
interface Counter {
  /** A page of at most `limit` objects begins, with this many after it. */
  onHead(limit: number, remaining: number | undefined): void;
  /** This many objects of the page are in. */
  onItems(count: number): void;
  /** The page is complete. */
  take(page: Page): void;
  restart(): void;
}

function counterFor(onCount: OnCount = () => {}): Counter {
  let count = 0;
  let total: number | undefined;
  return {
    onHead(limit, remaining) {
      if (remaining !== undefined) total = count + limit + remaining;
      onCount(count, total);
    },
    onItems: come => onCount(count + come, total),
    take({items, remaining}) {
      count += items.length;
      if (remaining !== undefined) total = count + remaining;
      onCount(count, total);
    },
    restart() {
      count = 0;
    },
  };
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
  const {heads, onLate} = options;
  const limit = Math.min(firstLimit, pageSize);
  const first = ask('', limit);
  const {next, remaining = Infinity} = await first.head;
  if (next === '' || limit + remaining <= pageSize) return first;
  expectMany();
  if (heads !== undefined && onLate !== undefined) {
    const {items} = await first.page;
    if (heads.areEnough(items)) return ask('', 0, {resourceVersion: '0', content: 'heads'});
  }
  first.cancel();
  return ask('', 0, {resourceVersion: '0', content: contentIn(options)});
}

interface Sink {
  readonly items: readonly JsonObject[];
  take(items: readonly ListItemOrHead[]): void;
  restart(): void;
}

function sinkFor({onPage, onLate, heads}: ListOptions): Sink {
  if (onPage === undefined && onLate === undefined) return keepingSink();
  return passingSink(items => {
    const parted = partedItems(items);
    if (parted.heads.length > 0) heads?.take(parted.heads);
    if (onLate !== undefined) onLate(parted.whole);
    else onPage?.(parted.whole.map(wholeOf));
  });
}

function keepingSink(): Sink {
  const items: JsonObject[] = [];
  return {
    items,
    take(page) {
      for (const item of partedItems(page).whole) items.push(wholeOf(item));
    },
    restart() {
      items.length = 0;
    },
  };
}

/** What was handed out cannot be taken back: after a restart, only what is new is handed out. */
function passingSink(handOut: (items: readonly ListItemOrHead[]) => void): Sink {
  const seen = new Set<string>();
  let restarted = false;
  return {
    items: [],
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

function keyOf(item: ListItemOrHead): string {
  const {metadata} = headOf(item);
  if (!isObject(metadata)) return '';
  const {uid, namespace = '', name} = metadata;
  return typeof uid === 'string' ? uid : `${namespace}/${name}`;
}

function startPage(
  path: string,
  token: string,
  {asked, content}: {readonly asked: Asked; readonly content: PageContent},
  getPage: GetPage,
  events: PageEvents,
): PendingPage {
  const head = Promise.withResolvers<PageHead>();
  const controller = new AbortController();
  const reader = pageReader(asked, content, {
    onHead(known) {
      head.resolve(known);
      events.onHead(known);
    },
    onItems: events.onItems,
  });
  const page = getPage(path, {signal: controller.signal, reader}).then(() => {
    const whole = reader.page();
    head.resolve(whole);
    return whole;
  });
  page.catch(() => head.resolve(last));
  return {token, head: head.promise, page, cancel: () => controller.abort()};
}

interface PageQuery {
  /** 0 for no limit. */
  readonly limit: number;
  /** Only for the first page, as the API server demands. */
  readonly resourceVersion: string | undefined;
  /** '' for the first page. */
  readonly token: string;
}

function pagePath(path: string, {limit, resourceVersion, token}: PageQuery): string {
  const [base = '', given = ''] = path.split('?');
  const query = new URLSearchParams(given);
  if (limit > 0) query.set('limit', String(limit));
  if (token) query.set('continue', token);
  else if (resourceVersion) query.set('resourceVersion', resourceVersion);
  return query.size === 0 ? base : `${base}?${query}`;
}

function isExpired(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 410;
}

function offeredToken({body}: ApiError): string {
  const metadata = isObject(body) && isObject(body.metadata) ? body.metadata : {};
  return typeof metadata.continue === 'string' ? metadata.continue : '';
}
