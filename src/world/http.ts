import type {IncomingHttpHeaders} from 'node:http';
import type {Readable} from 'node:stream';
import {Breakdown, type BreakdownKind} from './breakdown.ts';
import type {Access} from './credentials.ts';
import {sendAlone} from './http1.ts';
import {
  type Answer,
  deadline,
  type Hearing,
  type Outgoing,
  type Underway,
  type Waits,
} from './wire.ts';

/** A request, and who hears its answer. */
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

/**
 * Sends one request and returns the whole answer, whatever its status: over the shared connection, if there is to
 * be one and the server speaks HTTP/2. Throws Breakdown, or the signal's reason. Never follows a redirect: the
 * headers are for this server only.
 */
export function exchange(question: HttpRequest): Promise<HttpAnswer> {
  const {promise, resolve, reject} = Promise.withResolvers<HttpAnswer>();
  const {signal, waits} = question;
  if (signal?.aborted) return Promise.reject(signal.reason);
  let underway: Underway | undefined;
  let isOver = false;
  const fail = (kind: BreakdownKind, cause?: NodeJS.ErrnoException): void => {
    if (isOver) return;
    isOver = true;
    const reused = underway?.reused ?? false;
    reject(signal?.aborted ? signal.reason : new Breakdown(kind, reused, cause));
    underway?.cancel();
  };
  const onAbort = (): void => fail('network');
  signal?.addEventListener('abort', onAbort, {once: true});
  const total = deadline(waits.totalMs, () => fail('totalTimeout'));
  // Slow answers hold the few connections: waiting for one of those is no sign of a dead server.
  const isQueued = () => underway?.isQueued() === true;
  const connecting = patience(waits.connectMs, isQueued, () => fail('connectTimeout'));
  const hearing: Hearing = {
    onConnected: connecting.end,
    onIdle: () => fail('idleTimeout'),
    onError: error => fail('network', error),
    onAnswer(answer) {
      connecting.end();
      const {status, headers} = answer;
      const done = (body: Buffer): void => {
        isOver = true;
        resolve({status, headers, body});
      };
      receive(answer, question, done, error => fail('cutOff', error));
    },
  };
  send(question, hearing, () => isOver).then(
    started => {
      underway = started;
      if (isOver) underway?.cancel();
    },
    error => {
      if (error instanceof Breakdown) fail(error.kind, error.cause as NodeJS.ErrnoException);
      // A bad certificate or header shows at once.
      else fail('network', error);
    },
  );
  return promise.finally(() => {
    clearTimeout(total);
    connecting.end();
    signal?.removeEventListener('abort', onAbort);
  });
}

/** Calls `expire` after so many milliseconds, counted anew while `isExcused`. */
function patience(ms: number, isExcused: () => boolean, expire: () => void) {
  let timer: NodeJS.Timeout | undefined;
  const begin = (): void => {
    timer = deadline(ms, () => (isExcused() ? begin() : expire()));
  };
  begin();
  return {end: () => clearTimeout(timer)};
}

/** Over the shared connection, if there can be one; undefined if nobody waits for it any longer. */
async function send(
  question: HttpRequest,
  hearing: Hearing,
  isOver: () => boolean,
): Promise<Underway | undefined> {
  const {access, waits} = question;
  const shared = await access.shared?.open(waits.connectMs);
  if (isOver()) return undefined;
  const outgoing = outgoingOf(question);
  return shared?.send(outgoing, hearing) ?? sendAlone(outgoing, access.agent(), hearing);
}

function outgoingOf({method, url, headers, body, access, waits}: HttpRequest): Outgoing {
  return {
    method,
    url,
    headers: sendable({...headers, ...access.headers}),
    // As bytes: Node would encode the headers along with a string, as UTF-8.
    body: body === undefined ? undefined : Buffer.from(body),
    idleMs: waits.idleMs,
  };
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

function unzipped(packed: Readable): Readable {
  // Loaded only here, because most servers send short answers uncompressed.
  const {createGunzip} = process.getBuiltinModule('node:zlib');
  return packed.pipe(createGunzip({chunkSize: 65_536}));
}

function receive(
  {status, headers, body, isWhole}: Answer,
  {stream}: HttpRequest,
  done: (whole: Buffer) => void,
  fail: (error?: NodeJS.ErrnoException) => void,
): void {
  const zipped = headers['content-encoding'] === 'gzip';
  const contents = zipped ? unzipped(body) : body;
  const chunks: Buffer[] = [];
  const taker = status === 200 ? stream : undefined;
  taker?.onOpen(headers['content-type'] ?? '');
  contents.on('data', (chunk: Buffer) => {
    if (taker) taker.onChunk(chunk);
    else chunks.push(chunk);
  });
  contents.on('end', () => {
    if (!isWhole()) fail();
    else done(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
  });
  contents.on('error', fail);
  if (zipped) body.on('error', fail);
  body.on('close', () => {
    if (!body.readableEnded) fail();
  });
}
