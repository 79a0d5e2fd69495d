import type {ConnectionFlags} from '../commands/flags.ts';
import {type Json, printJson} from '../kube/json.ts';
import type {Client} from './apiClient.ts';
import {type Asked, noAnswer, refusal} from './apiError.ts';
import {Breakdown} from './breakdown.ts';
import {type Access, type Credentials, credentialsFor} from './credentials.ts';
import {exchange, type HttpAnswer} from './http.ts';
import {type ConnectionTarget, resolveTarget} from './kubeconfig.ts';
import {type GetPage, listAll} from './list.ts';
import {contentOf, headersOf, type Request, textOf} from './message.ts';
import {monotonicMs} from './monotonic.ts';
import type {Progress} from './progress.ts';
import {hostOf, isLoopback} from './proxy.ts';
import {doingOf} from './requestPath.ts';
import {
  asksForRights,
  defaultPatience,
  isRepeatable,
  type Patience,
  pauseAfter,
  retryAfterOf,
} from './retry.ts';
import {parseTimeout} from './timeout.ts';
import {type StreamAgents, streamAgents, watchList} from './watch.ts';
import type {Waits} from './wire.ts';

export type {Client} from './apiClient.ts';
export {ApiError, isForbidden, isNotFound} from './apiError.ts';
export type {Listed} from './list.ts';
export type {WatchEventType, WatchOptions} from './watch.ts';

/** What a client needs from around it. */
export interface ConnectEnvironment {
  readonly env: NodeJS.ProcessEnv;
  /** Ends every request at once; they throw its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Receives what a credential plugin says to the user. */
  warn(line: string): void;
  /** Receives what is asked, by kubectl's levels: 6 the requests, 8 their headers, with secrets hidden. */
  log?: ((level: number, line: string) => void) | undefined;
  /** Hears about anything that takes time. */
  readonly progress?: Pick<Progress, 'begin'> | undefined;
}

/** What tests adjust. */
export interface Tuning {
  readonly waits?: Partial<Waits>;
  readonly patience?: Partial<Patience>;
  readonly podFolder?: string;
  /** How long a watch may be without a byte before it is taken for dead, in milliseconds. */
  readonly watchIdleMs?: number;
}

const defaultWaits: Waits = {connectMs: 10_000, idleMs: 60_000, totalMs: 0};
/** Bookmarks come about every minute (apiserver cacher.go, v1.24). */
const defaultWatchIdleMs = 100_000;

interface Session {
  readonly target: ConnectionTarget;
  readonly credentials: Credentials;
  readonly environment: ConnectEnvironment;
  /** Ends with the environment's signal, or with the client. */
  readonly life: AbortSignal;
  readonly patience: Patience;
  readonly waits: Waits;
  readonly watchWaits: Waits;
  readonly streams: StreamAgents;
  readonly acceptEncoding: string;
  readonly user: string;
  end(): void;
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
  const closing = new AbortController();
  const life = AbortSignal.any([
    closing.signal,
    ...(environment.signal ? [environment.signal] : []),
  ]);
  const session: Session = {
    target,
    credentials: credentialsFor(target, {...environment, signal: life}),
    environment,
    life,
    patience: {...defaultPatience, ...tuning.patience},
    waits,
    // A request's time-out does not limit what is meant to last.
    watchWaits: {...waits, idleMs: tuning.watchIdleMs ?? defaultWatchIdleMs, totalMs: 0},
    streams: streamAgents(),
    // On the same machine, compressing takes longer than copying.
    acceptEncoding: isLoopback(hostOf(new URL(target.cluster.server))) ? 'identity' : 'gzip',
    user,
    end: () => closing.abort(new Error('the connection is closed')),
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
      const sent = ask(session, {method, path, body: content, contentType, as});
      return asksForRights(path) ? told(session, 'asking for rights', sent) : sent;
    },
    async list(path, options = {}) {
      await session.credentials.access(); // logging in may need the terminal
      const asked = askedOf(session, 'GET', path);
      const telling = session.environment.progress?.begin(`reading ${doingOf(asked).resource}`);
      const getPage: GetPage = (pagePath, page) =>
        ask(session, {method: 'GET', path: pagePath, as: impersonation, ...page});
      return listAll(path, options, asked, getPage, telling?.count).finally(() => telling?.end());
    },
    watch(path, options) {
      const asked = askedOf(session, 'WATCH', path);
      const random = session.patience.random();
      return watchList(path, options, asked, random, (watchPath, {signal, stream}) =>
        follow(session, asked, {method: 'GET', path: watchPath, as: impersonation, signal, stream}),
      );
    },
    close() {
      // Requests that nobody waits for any longer would keep the process alive: they wait for the server, or to retry.
      session.end();
      // Later, because a process that ends now need not close each connection.
      setImmediate(() => {
        session.credentials.close();
        session.streams.close();
      });
    },
  };
}

/** One of many requests, which are counted as they are answered. */
function told<T>({environment}: Session, what: string, sent: Promise<T>): Promise<T> {
  const telling = environment.progress?.begin(what);
  if (telling === undefined) return sent;
  return sent.finally(() => {
    telling.count(1, undefined);
    telling.end();
  });
}

/** One watch. Its breaks are left to the follower, who alone knows where to go on from. */
async function follow(session: Session, asked: Asked, request: Request): Promise<void> {
  const signal = signalOf(session, request);
  try {
    const answer = await askLoggedIn(session, {...request, signal});
    if (answer.status !== 200) throw refusal(asked, answer.status, textOf(answer.body));
  } catch (error) {
    signal.throwIfAborted();
    throw finalError(asked, error, session.watchWaits);
  }
}

function signalOf({life}: Session, {signal}: Request): AbortSignal {
  return signal ? AbortSignal.any([life, signal]) : life;
}

function askedOf(session: Session, method: string, path: string): Asked {
  return {method, path, server: session.target.cluster.server, user: session.user};
}

/** Retries until there is an answer, no hope, or no time: all attempts together have one time-out. */
async function ask(session: Session, request: Request): Promise<Json> {
  const {patience, environment, waits} = session;
  const asked = askedOf(session, request.method, request.path);
  const signal = signalOf(session, request);
  // Logging in may ask for a password, which takes time.
  await session.credentials.access();
  const end = waits.totalMs > 0 ? monotonicMs() + waits.totalMs : Infinity;
  for (let tried = 1; ; tried++) {
    let retryAfterMs: number | undefined;
    const totalMs = end === Infinity ? 0 : Math.max(1, end - monotonicMs());
    try {
      const answer = await askLoggedIn(session, {...request, signal, totalMs});
      retryAfterMs = retryAfterOf(answer.headers['retry-after']);
      return contentOf(asked, answer, request.reader);
    } catch (error) {
      signal.throwIfAborted();
      const pause = pauseAfter({error, retryAfterMs}, tried, isRepeatable(request), patience);
      if (pause === undefined || monotonicMs() + pause >= end) {
        throw finalError(asked, error, waits);
      }
      environment.log?.(
        6,
        `${request.method} ${request.path.split('?')[0]}: again in ${Math.round(pause)} ms`,
      );
      await patience.sleep(pause, signal).catch(failure => {
        signal.throwIfAborted();
        throw failure;
      });
    }
  }
}

/** One attempt; credentials that the server rejects are renewed once, if they can be. */
async function askLoggedIn(session: Session, request: Request): Promise<HttpAnswer> {
  const access = await session.credentials.access();
  const answer = await askOnce(session, request, access);
  if (answer.status !== 401 || !(await session.credentials.renew(access))) return answer;
  return askOnce(session, request, await session.credentials.access());
}

async function askOnce(session: Session, request: Request, access: Access): Promise<HttpAnswer> {
  const {environment, target} = session;
  const {totalMs = session.waits.totalMs} = request;
  const waits = request.stream ? session.watchWaits : {...session.waits, totalMs};
  const headers = headersOf(request, session.acceptEncoding);
  const url = new URL(target.cluster.server + request.path);
  const started = monotonicMs();
  const note = (result: string): void => {
    const ms = Math.round(monotonicMs() - started);
    environment.log?.(
      6,
      `${request.method} ${url.origin}${url.pathname}${url.search} ${result} in ${ms} ms`,
    );
  };
  for (const [name, value] of Object.entries(headers)) environment.log?.(8, `${name}: ${value}`);
  for (const name of Object.keys(access.headers)) environment.log?.(8, `${name}: (hidden)`);
  try {
    const {method, body, signal, reader, stream = reader} = request;
    const answer = await exchange({
      method,
      url,
      headers,
      body,
      waits,
      signal,
      stream,
      access: request.stream ? session.streams.like(access) : access,
    });
    note(String(answer.status));
    return answer;
  } catch (error) {
    note(error instanceof Breakdown ? error.code || error.kind : 'ended');
    throw error;
  }
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
