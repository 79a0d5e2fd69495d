import type {ClientHttp2Session, ClientHttp2Stream} from 'node:http2';
import {isIP} from 'node:net';
import {type ConnectionOptions, connect as connectTls, type TLSSocket} from 'node:tls';
import {Breakdown} from './breakdown.ts';
import {hostOf} from './proxy.ts';
import {deadline, type Hearing, type Outgoing, type Underway} from './wire.ts';

/** What any number of requests can go over at the same time. */
export interface OpenConnection {
  /** Throws if it is lost by now. */
  send(outgoing: Outgoing, hearing: Hearing): Underway;
}

/** The one connection to a server that speaks HTTP/2. */
export interface SharedConnection {
  /**
   * Connects if there is no connection; undefined if the server only speaks HTTP/1.1, or is known to. Throws
   * Breakdown, also if there is none within `connectMs`.
   */
  open(connectMs: number): Promise<OpenConnection | undefined>;
  close(): void;
}

/** Bytes that the server may send ahead: with HTTP/2's own 64 KiB a long list takes half as long again. */
const windowBytes = 2 ** 20;

/**
 * One connection for all requests, as kubectl has it: five lists of `who-can` then need one TLS handshake,
 * which both sides have to compute, and `who-can -n` takes 0.9 of the time.
 */
export function sharedConnection(server: URL, options: ConnectionOptions): SharedConnection {
  let current: Attempt | undefined;
  let isAlone = false;
  const begin = (connectMs: number): Attempt => {
    const forget = () => {
      if (current === attempt) current = undefined;
    };
    const session = openSession(server, options, connectMs, forget);
    const attempt: Attempt = {session, isOpen: false, forget};
    session.then(found => {
      attempt.isOpen = true;
      isAlone = found === undefined;
    }, forget);
    return attempt;
  };
  return {
    async open(connectMs) {
      if (isAlone) return undefined;
      current ??= begin(connectMs);
      const {session: opening, isOpen: reused, forget} = current;
      const session = await opening;
      if (session === undefined) return undefined;
      return {send: (outgoing, hearing) => send({session, reused, forget}, outgoing, hearing)};
    },
    close() {
      current?.session.then(
        session => session?.destroy(),
        () => {},
      );
    },
  };
}

/** A connection, perhaps still on its way there. */
interface Attempt {
  readonly session: Promise<ClientHttp2Session | undefined>;
  isOpen: boolean;
  /** Lets the next request connect anew. */
  forget(): void;
}

/** Connects; undefined if the server does not speak HTTP/2. `onLost`: nothing more can go over it. */
async function openSession(
  server: URL,
  options: ConnectionOptions,
  connectMs: number,
  onLost: () => void,
): Promise<ClientHttp2Session | undefined> {
  const connecting = connected(server, options, connectMs);
  // Loaded while the server thinks about the handshake.
  const {connect} = process.getBuiltinModule('node:http2');
  const socket = await connecting;
  if (socket.alpnProtocol !== 'h2') {
    socket.destroy();
    return undefined;
  }
  const session = connect(server, {
    createConnection: () => socket,
    settings: {enablePush: false, initialWindowSize: windowBytes},
  });
  // The window of the connection is for all of them.
  session.setLocalWindowSize(8 * windowBytes);
  // Each request hears of it by itself.
  session.on('error', () => {});
  // After a GOAWAY what is under way goes on, and what comes needs another connection.
  for (const event of ['goaway', 'close'] as const) session.once(event, onLost);
  return session;
}

function connected(server: URL, options: ConnectionOptions, connectMs: number): Promise<TLSSocket> {
  const {promise, resolve, reject} = Promise.withResolvers<TLSSocket>();
  const host = hostOf(server);
  const socket = connectTls({
    // As for HTTPS: addresses are no names of servers.
    servername: isIP(host) ? '' : host,
    ...options,
    host,
    port: Number(server.port || 443),
    ALPNProtocols: ['h2', 'http/1.1'],
  });
  socket.setKeepAlive(true, 30_000);
  const fail = (error: NodeJS.ErrnoException) => reject(new Breakdown('network', false, error));
  const waiting = deadline(connectMs, () => {
    reject(new Breakdown('connectTimeout', false));
    socket.destroy();
  });
  socket.once('error', fail);
  socket.once('close', () => fail(cutError()));
  socket.once('secureConnect', () => {
    socket.off('error', fail);
    resolve(socket);
  });
  return promise.finally(() => clearTimeout(waiting));
}

/** A session to send over, as one request finds it. */
interface FoundSession extends Pick<Underway, 'reused'>, Pick<Attempt, 'forget'> {
  readonly session: ClientHttp2Session;
}

function send(
  {session, reused, forget}: FoundSession,
  {method, url, headers, body, idleMs}: Outgoing,
  hearing: Hearing,
): Underway {
  const {constants} = process.getBuiltinModule('node:http2');
  const pseudo = {':method': method, ':path': url.pathname + url.search};
  let stream: ClientHttp2Stream;
  try {
    stream = session.request({...pseudo, ...headers}, {endStream: body === undefined});
  } catch (error) {
    throw asCut(error as NodeJS.ErrnoException);
  }
  hearing.onConnected();
  stream.setTimeout(idleMs, () => {
    // Perhaps nobody is there any longer. What else is under way may go on.
    forget();
    session.close();
    hearing.onIdle();
  });
  listen(stream, hearing);
  if (body !== undefined) stream.end(body);
  return {reused, isQueued: () => false, cancel: () => stream.close(constants.NGHTTP2_CANCEL)};
}

function listen(stream: ClientHttp2Stream, hearing: Hearing): void {
  let isAnswered = false;
  stream.on('response', headers => {
    isAnswered = true;
    hearing.onAnswer({
      status: headers[':status'] ?? 0,
      headers,
      body: stream,
      // Where the connection is lost, or the server cancels, Node ends the body all the same.
      isWhole: () => stream.rstCode === 0,
    });
  });
  stream.on('error', error => {
    if (!isAnswered) hearing.onError(asCut(error));
  });
  stream.on('close', () => {
    if (!isAnswered) hearing.onError(cutError());
  });
}

/** A stream or session that the server ended, or did not take, is to HTTP/1.1 a connection that it closed. */
function asCut(error: NodeJS.ErrnoException): NodeJS.ErrnoException {
  return error.code?.startsWith('ERR_HTTP2_') ? cutError(error) : error;
}

function cutError(cause?: Error): NodeJS.ErrnoException {
  const error = new Error('the server closed the connection', {cause});
  return Object.assign(error, {code: 'ECONNRESET'});
}
