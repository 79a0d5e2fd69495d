import type {ClientRequest, IncomingHttpHeaders, IncomingMessage} from 'node:http';
import {request as secureRequest} from 'node:https';
import type {Readable} from 'node:stream';
import type {TLSSocket} from 'node:tls';
import type {Access} from './credentials.ts';
import {request} from './nodeHttp.ts';

/** How long to wait, in milliseconds; 0 means forever. */
export interface Waits {
  /** For a connection, including TLS. */
  readonly connectMs: number;
  /** For any further byte. */
  readonly idleMs: number;
  /** For the whole answer. */
  readonly totalMs: number;
}

/** One request as it goes over the wire. */
export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | undefined;
  readonly access: Access;
  readonly waits: Waits;
  readonly signal?: AbortSignal | undefined;
  /** Receives the body of a 200 as it comes in; the answer then has none. */
  readonly stream?: BodyStream | undefined;
}

/** Receives a body piece by piece. It must not throw. */
export interface BodyStream {
  /** The server has accepted the request; the body, of this content type, may take long to arrive. */
  onOpen(type: string): void;
  onChunk(chunk: Buffer): void;
}

/** A whole answer, with its body uncompressed. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** How an exchange can end without an answer. */
export type BreakdownKind =
  | 'connectTimeout'
  | 'idleTimeout'
  | 'totalTimeout'
  | 'network'
  | 'cutOff';

/** No answer, or half of one. */
export class Breakdown extends Error {
  override readonly name = 'Breakdown';
  readonly kind: BreakdownKind;
  /** Node's or OpenSSL's code, such as ECONNRESET. */
  readonly code: string;
  /** The connection was an old one: it may have been dead before the request. */
  readonly reused: boolean;

  constructor(kind: BreakdownKind, reused: boolean, cause?: NodeJS.ErrnoException) {
    super(cause?.message || kind, {cause});
    this.kind = kind;
    this.code = cause?.code ?? '';
    this.reused = reused;
  }
}

/**
 * Sends one request over HTTP/1.1 and returns the whole answer, whatever its status. Throws Breakdown,
 * or the signal's reason. Never follows a redirect: the headers are for this server only.
 */
export function exchange(question: HttpRequest): Promise<HttpAnswer> {
  const {promise, resolve, reject} = Promise.withResolvers<HttpAnswer>();
  const {signal, waits} = question;
  if (signal?.aborted) return Promise.reject(signal.reason);
  let outgoing: ClientRequest | undefined;
  const fail = (kind: BreakdownKind, cause?: NodeJS.ErrnoException): void => {
    const reused = outgoing?.reusedSocket ?? false;
    reject(signal?.aborted ? signal.reason : new Breakdown(kind, reused, cause));
    outgoing?.destroy();
  };
  const onAbort = (): void => fail('network');
  signal?.addEventListener('abort', onAbort, {once: true});
  const total = deadline(waits.totalMs, () => fail('totalTimeout'));
  let connecting: NodeJS.Timeout | undefined;
  const awaitConnection = (): void => {
    connecting = deadline(waits.connectMs, () => {
      // Slow answers hold the few connections: waiting for one of those is no sign of a dead server.
      if (isQueued(outgoing, question.access)) awaitConnection();
      else fail('connectTimeout');
    });
  };
  awaitConnection();
  try {
    outgoing = start(question);
    onConnected(outgoing, question.url, () => clearTimeout(connecting));
    outgoing.on('timeout', () => fail('idleTimeout'));
    outgoing.on('error', (error: NodeJS.ErrnoException) => fail('network', error));
    outgoing.on('response', response => {
      clearTimeout(connecting);
      const {statusCode = 0, headers} = response;
      const done = (body: Buffer): void => resolve({status: statusCode, headers, body});
      receive(response, question, done, error => fail('cutOff', error));
    });
    // As bytes: Node would encode the headers along with a string, as UTF-8.
    outgoing.end(question.body === undefined ? undefined : Buffer.from(question.body));
  } catch (error) {
    // A bad certificate or header shows at once.
    fail('network', error as NodeJS.ErrnoException);
  }
  return promise.finally(() => {
    clearTimeout(total);
    clearTimeout(connecting);
    signal?.removeEventListener('abort', onAbort);
  });
}

function deadline(ms: number, expire: () => void): NodeJS.Timeout | undefined {
  // A time that is too long for Node's timers is no limit.
  return ms > 0 && ms < 2 ** 31 ? setTimeout(expire, ms) : undefined;
}

function start({url, method, headers, body, access, waits}: HttpRequest): ClientRequest {
  const length = body === undefined ? {} : {'Content-Length': Buffer.byteLength(body)};
  const ask = url.protocol === 'https:' ? secureRequest : request;
  return ask(url, {
    method,
    agent: access.agent,
    timeout: waits.idleMs,
    headers: {...sendable({...headers, ...access.headers}), ...length},
  });
}

/** Node sends headers as Latin-1; Go sends, and the API server reads, the bytes of UTF-8. */
function sendable(
  headers: Readonly<Record<string, string | readonly string[]>>,
): Record<string, string | string[]> {
  const bytes = (value: string) => Buffer.from(value, 'utf8').toString('latin1');
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? bytes(value) : value.map(bytes),
    ]),
  );
}

function isQueued(outgoing: ClientRequest | undefined, {agent}: Access): boolean {
  const queues = Object.values(agent.requests) as readonly (readonly unknown[] | undefined)[];
  return queues.some(queue => queue?.includes(outgoing));
}

function onConnected(outgoing: ClientRequest, url: URL, done: () => void): void {
  outgoing.on('socket', socket => {
    const secure = url.protocol === 'https:';
    // A request that waited for a free connection gets one whose handshake is long done.
    const ready = secure ? (socket as TLSSocket).getCipher?.() !== undefined : !socket.connecting;
    if (outgoing.reusedSocket || ready) done();
    else socket.once(secure ? 'secureConnect' : 'connect', done);
  });
}

function unzipped(response: IncomingMessage): Readable {
  // Loaded only here, because most servers send short answers uncompressed.
  const {createGunzip} = process.getBuiltinModule('node:zlib');
  return response.pipe(createGunzip({chunkSize: 65_536}));
}

function receive(
  response: IncomingMessage,
  {stream}: HttpRequest,
  done: (body: Buffer) => void,
  fail: (error: NodeJS.ErrnoException) => void,
): void {
  const zipped = response.headers['content-encoding'] === 'gzip';
  const body: Readable = zipped ? unzipped(response) : response;
  const chunks: Buffer[] = [];
  const taker = response.statusCode === 200 ? stream : undefined;
  taker?.onOpen(response.headers['content-type'] ?? '');
  body.on('data', (chunk: Buffer) => {
    if (taker) taker.onChunk(chunk);
    else chunks.push(chunk);
  });
  // Node ends a body that is shorter than announced with an error, not with `end`.
  body.on('end', () => done(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
  body.on('error', fail);
  if (zipped) response.on('error', fail);
}
