import {messageOf} from '../../errors.ts';
import {isObject, type JsonObject} from '../../kube/json.ts';
import {
  decidesRights,
  isInEveryCluster,
  listPath,
  pagesOf,
  type Resource,
} from '../kinds/resources.ts';
import type {Limiter} from '../read/limiter.ts';
import type {ClusterReader, ListOptions} from '../read/reader.ts';
import {backOffMs, type Clock, sleep, type Urgency} from './clock.ts';
import type {Collection} from './liveStore.ts';
import type {Setbacks} from './setbacks.ts';

/** A cluster that can also be followed. src/world/client.ts has it. */
export interface WatchingReader extends ClusterReader {
  list(path: string, options: ListOptions): Promise<{readonly resourceVersion: string}>;
  /** Resolves when the server ends the watch. Throws errors with the HTTP `status`, if any. */
  watch(
    path: string,
    options: {
      readonly resourceVersion: string;
      readonly signal: AbortSignal;
      onOpen(): void;
      onEvent(type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK', object: JsonObject): void;
    },
  ): Promise<void>;
}

/** What all feeds of a session share. */
export interface FeedContext {
  readonly client: WatchingReader;
  readonly clock: Clock;
  readonly setbacks: Setbacks;
  /** Limits the lists under way at the same time. */
  readonly limit: Limiter;
  /** Limits the watches: without a place for one, a feed lists again and again. */
  readonly streams: Streams;
  /** The server was heard from just now, of something that is to be seen so soon. */
  heard(urgency: Urgency): void;
  /** This many objects of a kind have come in. */
  read(plural: string, count: number): void;
}

/** One kind, over all namespaces (undefined) or in one. */
export interface Feed<T> {
  readonly resource: Resource<T>;
  readonly namespace: string | undefined;
  readonly collection: Collection<T>;
  readonly signal: AbortSignal;
  /** The list is complete; from here on, it is followed. */
  onListed(apiVersion: string): void;
}

/** Why there is nothing to follow. */
export type FeedEnd =
  | {readonly why: 'forbidden'; readonly apiVersion: string; readonly reason: string}
  | {readonly why: 'absent'; readonly reason: string};

/** Places for watches. */
export interface Streams {
  take(): boolean;
  free(): void;
}

export function createStreams(most: number): Streams {
  let taken = 0;
  return {
    take: () => taken < most && ++taken > 0,
    free: () => void taken--,
  };
}

/** How often what can't be watched is listed, in milliseconds. */
const pollMs = 30_000;
/** A watch that has lasted this long works, whatever ends it. */
const soundMs = 1000;
/** A server that is starting says "forbidden" and "not found" before it knows better. */
const doubts = 3;

interface Position {
  readonly apiVersion: string;
  version: string;
}

interface Memory {
  position: Position | undefined;
  /** Where the list is known to be served. */
  apiVersion: string | undefined;
  /** How often in a row something was denied that was readable before. */
  denials: number;
  /** How many watches in a row ended at once and brought nothing. */
  fruitless: number;
  /** How many lists in a row were too old to be followed. */
  expired: number;
}

/**
 * Lists a kind and follows it until it may not be read or is not served, or the signal comes. Every
 * other failure is noted as a setback, and the feed goes on from where it was, or with a new list
 * where that is gone (410).
 */
export async function follow<T>(context: FeedContext, feed: Feed<T>): Promise<FeedEnd> {
  const {signal} = feed;
  const who = nameOf(feed);
  const memory: Memory = {
    position: undefined,
    apiVersion: undefined,
    denials: 0,
    fruitless: 0,
    expired: 0,
  };
  for (;;) {
    signal.throwIfAborted();
    const {position} = memory;
    try {
      if (position === undefined) {
        const listed = await list(context, feed, memory);
        if ('why' in listed) {
          context.setbacks.over(who);
          return listed;
        }
        memory.position = listed;
      } else {
        await watch(context, feed, position, memory);
      }
    } catch (error) {
      signal.throwIfAborted();
      if (position !== undefined && mayNotWatch(error, context)) {
        context.setbacks.over(who);
        await sleep(context.clock, pollMs, signal);
        memory.position = undefined;
        continue;
      }
      if (!keepsPosition(error)) memory.position = undefined;
      if (statusOf(error) === 410 && ++memory.expired === 1) continue;
      await context.setbacks.pause(who, error, signal);
    }
  }
}

async function list<T>(
  context: FeedContext,
  feed: Feed<T>,
  memory: Memory,
): Promise<Position | FeedEnd> {
  const {client, setbacks, limit} = context;
  const {resource, signal} = feed;
  let missing = '';
  for (const apiVersion of resource.apiVersions) {
    try {
      const version = await limit(() => listInto(context, feed, apiVersion));
      memory.apiVersion = apiVersion;
      memory.denials = 0;
      setbacks.over(nameOf(feed));
      feed.onListed(apiVersion);
      return {apiVersion, version};
    } catch (error) {
      signal.throwIfAborted();
      const isForbidden = client.isForbidden(error);
      const isAbsent = client.isNotFound(error) && !isInEveryCluster(resource);
      if (!isForbidden && !isAbsent) throw error;
      const isNews = memory.apiVersion === undefined || memory.denials >= doubts;
      if (!isNews && (isForbidden || apiVersion === memory.apiVersion)) {
        memory.denials++;
        throw error;
      }
      // As in readResource: an older group than the one that could be asked.
      if (isForbidden && missing !== '') continue;
      if (isForbidden) return {why: 'forbidden', apiVersion, reason: messageOf(error)};
      missing = messageOf(error);
    }
  }
  return {why: 'absent', reason: missing};
}

async function listInto<T>(
  {client, heard, read}: FeedContext,
  {resource, namespace, collection, signal}: Feed<T>,
  apiVersion: string,
): Promise<string> {
  signal.throwIfAborted();
  const places = new Set<string>();
  const {resourceVersion} = await client.list(listPath(resource, apiVersion, namespace), {
    // Not from the cache: page by page, there is soon something to show.
    ...pagesOf(resource, apiVersion, page => {
      signal.throwIfAborted();
      for (const item of page) places.add(collection.put(apiVersion, item));
      heard(urgencyOf(resource));
      read(resource.plural, places.size);
    }),
  });
  signal.throwIfAborted();
  const inside = namespace === undefined ? '' : `${namespace}/`;
  collection.retain(place => !place.startsWith(inside) || places.has(place));
  heard(urgencyOf(resource));
  return resourceVersion;
}

/** Moves `position` along. Returns when there is reason to watch on from there. */
async function watch<T>(
  context: FeedContext,
  feed: Feed<T>,
  position: Position,
  memory: Memory,
): Promise<void> {
  const {client, clock, setbacks, streams, heard} = context;
  const {resource, namespace, collection, signal} = feed;
  if (!streams.take()) {
    await sleep(clock, pollMs, signal);
    memory.position = undefined;
    return;
  }
  let openedAt = Infinity;
  let failure: unknown;
  try {
    await client.watch(listPath(resource, position.apiVersion, namespace), {
      signal,
      resourceVersion: position.version,
      onOpen() {
        openedAt = clock.now();
        setbacks.over(nameOf(feed));
        heard('soon');
      },
      onEvent(type, object) {
        if (type === 'DELETED') collection.remove(object);
        else if (type !== 'BOOKMARK') collection.put(position.apiVersion, object);
        position.version = versionOf(object) || position.version;
        memory.fruitless = 0;
        memory.expired = 0;
        heard(urgencyOf(resource));
      },
    });
  } catch (error) {
    failure = error;
  } finally {
    streams.free();
  }
  signal.throwIfAborted();
  const isSound = clock.now() - openedAt >= soundMs;
  if (isSound) {
    memory.fruitless = 0;
    memory.expired = 0;
  } else if (openedAt !== Infinity) {
    memory.fruitless++;
  }
  // A connection that worked and broke is no setback until a new one can't be made.
  if (failure !== undefined && !(isSound && statusOf(failure) === 0)) throw failure;
  if (memory.fruitless > 0) await sleep(clock, backOffMs(memory.fruitless, clock.random()), signal);
}

/** Pods and what creates them change all the time, policies and rights when somebody changes them. */
function urgencyOf<T>(resource: Resource<T>): Urgency {
  return resource.namespaced && !decidesRights(resource) ? 'unhurried' : 'soon';
}

function nameOf<T>({resource, namespace = ''}: Feed<T>): string {
  return `${resource.plural}/${namespace}`;
}

function versionOf({metadata}: JsonObject): string {
  const version = isObject(metadata) ? metadata.resourceVersion : undefined;
  return typeof version === 'string' ? version : '';
}

/** The caller may list but not watch: then the list is read again from time to time. */
function mayNotWatch(error: unknown, {client}: FeedContext): boolean {
  return client.isForbidden(error) || statusOf(error) === 405;
}

/** Whether a watch can go on from where it was, once the server answers again. */
function keepsPosition(error: unknown): boolean {
  return [0, 401, 429, 503].includes(statusOf(error) ?? -1);
}

/** The HTTP status that a client's error tells; 0 if there was no answer. */
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  return typeof error.status === 'number' ? error.status : undefined;
}
