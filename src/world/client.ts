import {type Json, parseJson, printJson} from '../kube/json.ts';
import {type Asked, badAnswer, noAnswer, refusal} from './apiError.ts';
import {type Access, type Credentials, credentialsFor} from './credentials.ts';
import {type Answer, type BodyStream, Breakdown, exchange, type Waits} from './http.ts';
import {
  type ConnectionFlags,
  type Impersonation,
  resolveTarget,
  type Target,
} from './kubeconfig.ts';
import {type Listed, type ListOptions, listAll} from './list.ts';
import {hostOf, isLoopback} from './proxy.ts';
import {defaultPatience, type Patience, pauseAfter, retryAfterOf} from './retry.ts';
import {parseTimeout} from './timeout.ts';
import {type StreamAgents, streamAgents, type WatchOptions, watchList} from './watch.ts';

export {ApiError, isForbidden, isNotFound} from './apiError.ts';
export type {ConnectionFlags} from './kubeconfig.ts';
export type {Listed, ListOptions} from './list.ts';
export type {WatchEventType, WatchOptions} from './watch.ts';

/** Where a client is connected to. */
export interface Connection {
  /** The context's name; empty if the kubeconfig has none and the flags said it all. */
  readonly context: string;
  /** The context's namespace, or `default`. */
  readonly namespace: string;
  readonly server: string;
  /** The kubeconfig's user entry, or the one impersonated. */
  readonly user: string;
}

/** What a client needs from around it. */
export interface ConnectEnvironment {
  readonly env: NodeJS.ProcessEnv;
  /** Ends every request at once; they throw its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Gets what a credential plugin says to the user. */
  warn(line: string): void;
  /** Gets what is asked, by kubectl's levels: 6 the requests, 8 their headers, secrets hidden. */
  log?: ((level: number, line: string) => void) | undefined;
}

/** What tests turn. */
export interface Tuning {
  readonly waits?: Partial<Waits>;
  readonly patience?: Partial<Patience>;
  readonly podFolder?: string;
  /** After how long without a byte a watch is taken for dead, in milliseconds. */
  readonly watchIdleMs?: number;
}

export type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** How to send something. */
export interface SendOptions {
  /** `application/json` if not given. */
  readonly contentType?: string | undefined;
  /** Whom to act as in this request. */
  readonly as?: {readonly user: string; readonly groups: readonly string[]} | undefined;
}

/** An API server, as raw JSON. Paths are as in its documentation, from `/api` or `/apis` on. */
export interface Client extends Connection {
  /** Throws ApiError. */
  get(path: string): Promise<Json>;
  /** Sent once only, unless the server says 429: then it has not taken the request. */
  send(method: Method, path: string, body?: unknown, options?: SendOptions): Promise<Json>;
  list(path: string, options?: ListOptions): Promise<Listed>;
  /** Follows a list's events until the server ends that; tried once. Throws ApiError. */
  watch(path: string, options: WatchOptions): Promise<void>;
  close(): void;
}

const defaultWaits: Waits = {connectMs: 10_000, idleMs: 60_000, totalMs: 0};
/** Bookmarks come about every minute (apiserver cacher.go, v1.24). */
const defaultWatchIdleMs = 100_000;

interface Session {
  readonly target: Target;
  readonly credentials: Credentials;
  readonly environment: ConnectEnvironment;
  readonly patience: Patience;
  readonly waits: Waits;
  readonly watchWaits: Waits;
  readonly streams: StreamAgents;
  readonly acceptEncoding: string;
  readonly user: string;
}

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: string | undefined;
  readonly contentType?: string | undefined;
  readonly as?: Impersonation | undefined;
  readonly signal?: AbortSignal | undefined;
  onStart?: ((start: string) => boolean) | undefined;
  readonly stream?: BodyStream | undefined;
}

/**
 * Finds the cluster and the user as kubectl does. Reads files only: the first request logs in and
 * connects. Throws UserError if flags or kubeconfig are wrong.
 */
export async function connect(
  flags: ConnectionFlags,
  environment: ConnectEnvironment,
  tuning: Tuning = {},
): Promise<Client> {
  const totalMs = parseTimeout(flags.requestTimeout || '0');
  const target = resolveTarget(flags, environment.env, tuning.podFolder);
  const waits = {...defaultWaits, ...(totalMs > 0 ? {totalMs, idleMs: 0} : {}), ...tuning.waits};
  const user = target.impersonation?.user ?? target.user.name;
  const session: Session = {
    target,
    credentials: credentialsFor(target, environment),
    environment,
    patience: {...defaultPatience, ...tuning.patience},
    waits,
    // A request's time-out is no limit for what is meant to last.
    watchWaits: {...waits, idleMs: tuning.watchIdleMs ?? defaultWatchIdleMs, totalMs: 0},
    streams: streamAgents(),
    // On the machine itself packing and unpacking takes longer than copying.
    acceptEncoding: isLoopback(hostOf(new URL(target.cluster.server))) ? 'identity' : 'gzip',
    user,
  };
  return clientOf(session);
}

function clientOf(session: Session): Client {
  const {context, namespace, cluster, impersonation} = session.target;
  return {
    context,
    namespace,
    server: cluster.server,
    user: session.user,
    get: path => ask(session, {method: 'GET', path, as: impersonation}),
    send(method, path, body, options = {}) {
      const content = body === undefined ? undefined : printJson(body);
      const {contentType, as = impersonation} = options;
      return ask(session, {method, path, body: content, contentType, as});
    },
    list(path, options = {}) {
      const asked = askedOf(session, 'GET', path);
      return listAll(path, options, asked, (pagePath, page) =>
        ask(session, {method: 'GET', path: pagePath, as: impersonation, ...page}),
      );
    },
    watch(path, options) {
      const asked = askedOf(session, 'WATCH', path);
      const random = session.patience.random();
      return watchList(path, options, asked, random, (watchPath, {signal, stream}) =>
        follow(session, asked, {method: 'GET', path: watchPath, as: impersonation, signal, stream}),
      );
    },
    close() {
      session.credentials.close();
      session.streams.close();
    },
  };
}

/** One watch. Its breaks are for whoever follows it: only he knows from where to go on. */
async function follow(session: Session, asked: Asked, request: Request): Promise<void> {
  const signal = signalOf(session, request);
  try {
    const answer = await askLoggedIn(session, {...request, signal});
    if (answer.status !== 200) throw refusal(asked, answer.status, decode(answer.body));
  } catch (error) {
    signal?.throwIfAborted();
    throw finalError(asked, error, session.watchWaits);
  }
}

function signalOf({environment}: Session, request: Request): AbortSignal | undefined {
  const own = [environment.signal, request.signal].filter(signal => signal !== undefined);
  return own.length > 0 ? AbortSignal.any(own) : undefined;
}

function askedOf(session: Session, method: string, path: string): Asked {
  return {method, path, server: session.target.cluster.server, user: session.user};
}

/** Asks until there is an answer or no hope. */
async function ask(session: Session, request: Request): Promise<Json> {
  const {patience, environment} = session;
  const asked = askedOf(session, request.method, request.path);
  const signal = signalOf(session, request);
  for (let tried = 1; ; tried++) {
    let retryAfterMs: number | undefined;
    try {
      const answer = await askLoggedIn(session, {...request, signal});
      retryAfterMs = retryAfterOf(answer.headers['retry-after']);
      return contentOf(asked, answer);
    } catch (error) {
      signal?.throwIfAborted();
      const pause = pauseAfter({error, retryAfterMs}, tried, request.method === 'GET', patience);
      if (pause === undefined) throw finalError(asked, error, session.waits);
      environment.log?.(
        6,
        `${request.method} ${pathOnly(request.path)}: again in ${Math.round(pause)} ms`,
      );
      await patience.sleep(pause, signal).catch(failure => {
        signal?.throwIfAborted();
        throw failure;
      });
    }
  }
}

/** One try; credentials that the server turns down are renewed once, if they can be. */
async function askLoggedIn(session: Session, request: Request): Promise<Answer> {
  const access = await session.credentials.access();
  const answer = await askOnce(session, request, access);
  if (answer.status !== 401 || !(await session.credentials.renew(access))) return answer;
  return askOnce(session, request, await session.credentials.access());
}

async function askOnce(session: Session, request: Request, access: Access): Promise<Answer> {
  const {environment, target} = session;
  const waits = request.stream ? session.watchWaits : session.waits;
  const agent = request.stream ? session.streams.like(access.agent) : access.agent;
  const headers = headersOf(session, request);
  const url = new URL(target.cluster.server + request.path);
  const started = performance.now();
  const note = (result: string): void => {
    const ms = Math.round(performance.now() - started);
    environment.log?.(6, `${request.method} ${url.href} ${result} in ${ms} ms`);
  };
  for (const [name, value] of Object.entries(headers)) environment.log?.(8, `${name}: ${value}`);
  for (const name of Object.keys(access.headers)) environment.log?.(8, `${name}: (hidden)`);
  try {
    const {method, body, signal, onStart, stream} = request;
    const answer = await exchange({
      ...{method, url, headers, body, waits, signal, onStart, stream},
      access: {...access, agent},
    });
    note(String(answer.status));
    return answer;
  } catch (error) {
    note(error instanceof Breakdown ? error.code || error.kind : 'ended');
    throw error;
  }
}

function headersOf(
  session: Session,
  {body, contentType, as, stream}: Request,
): Record<string, string | readonly string[]> {
  const headers: Record<string, string | readonly string[]> = {
    Accept: 'application/json',
    // Packed events would wait for each other.
    'Accept-Encoding': stream ? 'identity' : session.acceptEncoding,
    'User-Agent': 'kubectl-psp',
  };
  if (body !== undefined) headers['Content-Type'] = contentType ?? 'application/json';
  if (!as) return headers;
  headers['Impersonate-User'] = as.user;
  if (as.groups.length > 0) headers['Impersonate-Group'] = as.groups;
  if (as.uid) headers['Impersonate-Uid'] = as.uid;
  for (const [key, values] of Object.entries(as.extra ?? {})) {
    headers[`Impersonate-Extra-${encodeURIComponent(key)}`] = values;
  }
  return headers;
}

function contentOf(asked: Asked, {status, headers, body}: Answer): Json {
  if (status < 200 || status >= 300) throw refusal(asked, status, decode(body));
  if (body.length === 0) return null;
  const type = headers['content-type'] ?? '';
  if (type.startsWith('text/html')) {
    const why = 'is a web page: check that it is the API server, and that no proxy wants a login';
    throw badAnswer(asked, why, 'WebPage');
  }
  try {
    return parseJson(decode(body));
  } catch {
    // The parser's own message would quote the answer.
    throw badAnswer(asked, 'is not JSON, or only part of it');
  }
}

function decode(body: Buffer): string {
  return body.toString('utf8');
}

function finalError(asked: Asked, error: unknown, waits: Waits): unknown {
  if (!(error instanceof Breakdown)) return error;
  const waited = {
    connectTimeout: waits.connectMs,
    idleTimeout: waits.idleMs,
    totalTimeout: waits.totalMs,
    network: 0,
    cutOff: 0,
  };
  return noAnswer(asked, error, waited[error.kind]);
}

function pathOnly(path: string): string {
  return path.split('?')[0] ?? '';
}
