import type {Agent as HttpAgent} from 'node:http';
import {isObject, type Json, type JsonObject, parseJson, printJson} from '../kube/json.ts';
import {type Asked, badAnswer, refusal} from './apiError.ts';
import type {Access} from './credentials.ts';
import type {BodyStream} from './http.ts';

/** What happened to an object. A bookmark has only a newer resourceVersion. */
export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';

/** What to watch, and who hears of it. */
export interface WatchOptions {
  /** Events after this version: that of a list, or of the last object or bookmark seen. */
  readonly resourceVersion: string;
  /** The server has accepted the watch. */
  onOpen?: (() => void) | undefined;
  onEvent(type: WatchEventType, object: JsonObject): void;
  /** Ends the watch, which then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Sends the request once; its body goes to `stream`. Throws if the request fails. */
export type OpenStream = (
  path: string,
  options: {readonly signal: AbortSignal; readonly stream: BodyStream},
) => Promise<void>;

const eventTypes: readonly string[] = ['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'];

/** The shortest time for which a watch is requested, in seconds, as in client-go's reflector.go. */
const shortestSeconds = 300;

/**
 * Follows the events of a list until the server ends the watch, as it does after 5 to 10 minutes
 * (`random` from 0 to 1 says how many). Throws an ApiError if the server refuses, sends an ERROR
 * event or something that can't be read; status 410 means that the version is too old.
 */
export async function watchList(
  path: string,
  options: WatchOptions,
  asked: Asked,
  random: number,
  open: OpenStream,
): Promise<void> {
  const own = new AbortController();
  const signals = [own.signal, options.signal].filter(signal => signal !== undefined);
  const signal = AbortSignal.any(signals);
  const lines = lineReader(line => {
    if (signal.aborted || line.trim() === '') return;
    try {
      takeEvent(line, options, asked);
    } catch (error) {
      own.abort(error);
    }
  });
  const seconds = Math.floor(shortestSeconds * (1 + random));
  const stream = {onOpen: () => options.onOpen?.(), onChunk: lines.take};
  await open(watchPath(path, options.resourceVersion, seconds), {signal, stream});
  signal.throwIfAborted();
  if (lines.isInside()) throw badAnswer(asked, 'ends in the middle of an event');
}

function watchPath(path: string, resourceVersion: string, seconds: number): string {
  const [base = '', given = ''] = path.split('?');
  const query = new URLSearchParams(given);
  query.set('watch', '1');
  query.set('allowWatchBookmarks', 'true');
  query.set('resourceVersion', resourceVersion);
  query.set('timeoutSeconds', String(seconds));
  return `${base}?${query}`;
}

function takeEvent(line: string, {onEvent}: WatchOptions, asked: Asked): void {
  const {type, object} = eventOf(line, asked);
  if (type === 'ERROR') {
    const code = typeof object.code === 'number' ? object.code : 500;
    throw refusal(asked, code, printJson(object));
  }
  // A type that nobody knows yet says nothing about the objects.
  if (eventTypes.includes(type)) onEvent(type as WatchEventType, object);
}

function eventOf(line: string, asked: Asked): {type: string; object: JsonObject} {
  const event = parsed(line);
  if (!isObject(event) || typeof event.type !== 'string' || !isObject(event.object)) {
    throw badAnswer(asked, 'is not a stream of events');
  }
  return {type: event.type, object: event.object};
}

function parsed(line: string): Json | undefined {
  try {
    return parseJson(line);
  } catch {
    return undefined;
  }
}

const newline = 10;

/** Assembles lines from pieces that may end anywhere, even inside a character. */
function lineReader(onLine: (line: string) => void) {
  let pieces: Buffer[] = [];
  return {
    isInside: () => pieces.length > 0,
    take(chunk: Buffer): void {
      let from = 0;
      for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
        const rest = chunk.subarray(from, end);
        const line = pieces.length === 0 ? rest : Buffer.concat([...pieces, rest]);
        pieces = [];
        from = end + 1;
        onLine(line.toString('utf8'));
      }
      if (from < chunk.length) pieces.push(chunk.subarray(from));
    },
  };
}

/** Connections for watches. */
export interface StreamAgents {
  /** What trusts and logs in like `access`, but never makes one request wait for another. */
  like(access: Access): Access;
  close(): void;
}

/**
 * A watch keeps its connection for minutes; the other requests have too few connections for that. Over one that
 * they share it would also have to share what the server may send ahead.
 */
export function streamAgents(): StreamAgents {
  const made = new Map<HttpAgent, HttpAgent>();
  return {
    like(access) {
      const agent = access.agent();
      const own = made.get(agent) ?? unlimited(agent);
      made.set(agent, own);
      return {...access, agent: () => own, shared: undefined};
    },
    close() {
      for (const agent of made.values()) agent.destroy();
    },
  };
}

function unlimited(agent: HttpAgent): HttpAgent {
  // A proxy's has no limit, and cannot be recreated from its options.
  if (agent.maxSockets === Infinity) return agent;
  const options = {maxSockets: Infinity, maxFreeSockets: 0, keepAliveInitialDelay: 30_000};
  const {Agent: PlainAgent} = process.getBuiltinModule('node:http');
  const {Agent: HttpsAgent} = process.getBuiltinModule('node:https');
  return agent instanceof HttpsAgent
    ? new HttpsAgent({...agent.options, ...options})
    : new PlainAgent({keepAlive: true, ...options});
}
