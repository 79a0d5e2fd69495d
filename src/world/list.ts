import {isObject, type Json, type JsonObject} from '../kube/json.ts';
import {ApiError, type Asked, badAnswer} from './apiError.ts';

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
}

/** A list, of all its pages. `items` is empty if they went to `onPage`. */
export interface Listed {
  readonly items: readonly JsonObject[];
  /** Of the first page: a watch from there misses nothing, even if later pages are newer. */
  readonly resourceVersion: string;
}

/** GETs one page; `onStart` sees the start of the body before the rest is there. */
export type GetPage = (
  path: string,
  options: {signal: AbortSignal; onStart(start: string): boolean},
) => Promise<Json>;

interface Page {
  readonly items: readonly JsonObject[];
  readonly resourceVersion: string;
  readonly next: string;
}

interface PendingPage {
  readonly token: string;
  /** The next page's token, as soon as it is known; empty if there is none or this page failed. */
  readonly next: Promise<string>;
  readonly page: Promise<Page>;
  cancel(): void;
}

const defaultLimit = 500;
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
  const ask = (token: string, limit: number): PendingPage =>
    startPage(pagePath(path, {...options, limit}, token), token, asked, getPage);
  const sink = sinkFor(options);
  let limit = options.limit ?? defaultLimit;
  let restarts = 0;
  let resourceVersion = '';
  let current: PendingPage | undefined = ask('', limit);
  while (current) {
    const pending: PendingPage = current;
    const promised: string = await pending.next;
    let upcoming = promised === '' ? undefined : ask(promised, limit);
    try {
      const page = await pending.page;
      if (page.next !== promised) {
        // The page was asked for anew, and the list has changed in between.
        upcoming?.cancel();
        upcoming = page.next === '' ? undefined : ask(page.next, limit);
      }
      sink.take(page.items);
      resourceVersion ||= page.resourceVersion;
    } catch (error) {
      upcoming?.cancel();
      if (!isExpired(error) || pending.token === '' || ++restarts > maxRestarts) throw error;
      const offered = offeredToken(error);
      if (offered === '') {
        sink.restart();
        limit = 0;
      }
      upcoming = ask(offered, limit);
    }
    current = upcoming;
  }
  return {items: sink.items, resourceVersion};
}

interface Sink {
  readonly items: readonly JsonObject[];
  take(items: readonly JsonObject[]): void;
  restart(): void;
}

function sinkFor({onPage}: ListOptions): Sink {
  const items: JsonObject[] = [];
  if (!onPage) {
    return {
      items,
      take(page) {
        for (const item of page) items.push(item);
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
      onPage(fresh);
    },
    restart() {
      restarted = true;
    },
  };
}

function keyOf({metadata}: JsonObject): string {
  if (!isObject(metadata)) return '';
  const {uid, namespace = '', name} = metadata;
  return typeof uid === 'string' ? uid : `${namespace}/${name}`;
}

function startPage(path: string, token: string, asked: Asked, getPage: GetPage): PendingPage {
  const next = Promise.withResolvers<string>();
  const controller = new AbortController();
  const onStart = (start: string): boolean => {
    const early = continueIn(start);
    if (early !== undefined) next.resolve(early);
    return early !== undefined;
  };
  const page = getPage(path, {signal: controller.signal, onStart}).then(body => {
    const whole = pageOf(body, asked);
    next.resolve(whole.next);
    return whole;
  });
  page.catch(() => next.resolve(''));
  return {token, next: next.promise, page, cancel: () => controller.abort()};
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

/** Go writes a list's metadata before its items: the token is there long before the last item. */
function continueIn(start: string): string | undefined {
  const head = /^\{"kind":"\w+","apiVersion":"[\w./-]+","metadata":(\{[^{}]*\})/.exec(start);
  if (!head?.[1]) return undefined;
  return /"continue":"([^"\\]*)"/.exec(head[1])?.[1] ?? '';
}

function pageOf(body: Json, asked: Asked): Page {
  if (!isObject(body) || !(Array.isArray(body.items) || body.items === null)) {
    throw badAnswer(asked, 'is no list');
  }
  const metadata = isObject(body.metadata) ? body.metadata : {};
  const kind = String(body.kind ?? '').replace(/List$/, '');
  const type = {apiVersion: body.apiVersion ?? '', kind};
  const items = ((body.items ?? []) as readonly JsonObject[]).map(item =>
    // The API server leaves both out in lists.
    item.kind === undefined ? {...type, ...item} : item,
  );
  return {
    items,
    resourceVersion: String(metadata.resourceVersion ?? ''),
    next: String(metadata.continue ?? ''),
  };
}

function isExpired(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 410;
}

function offeredToken({body}: ApiError): string {
  const metadata = isObject(body) && isObject(body.metadata) ? body.metadata : {};
  return typeof metadata.continue === 'string' ? metadata.continue : '';
}
