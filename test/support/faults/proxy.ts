import {readFileSync} from 'node:fs';
import {
  createServer as createPlainServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import {Agent, createServer, request as secureRequest} from 'node:https';
import type {AddressInfo, Socket} from 'node:net';
import {dirname, join} from 'node:path';
import {buffer} from 'node:stream/consumers';
import type {ApiServer} from '../server/apiServer.ts';

/** A request on its way to the server. */
export interface Passing {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** Whether it asks for a stream of events. */
  readonly isWatch: boolean;
  /** How many requests went before it. */
  readonly index: number;
}

/** A whole answer of the server. */
export interface Forwarded {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** One request that a fault has got hold of. */
export interface Exchange {
  readonly request: Passing;
  readonly response: ServerResponse;
  /** The connection to the client. */
  readonly socket: Socket;
  /** How often the fault has struck before. */
  readonly count: number;
  /** Has the server answer; the client gets nothing of it. */
  ask(): Promise<Forwarded>;
  /** Passes the server's answer on, a watch as a stream; it is asked with these headers, too. */
  pass(headers?: IncomingMessage['headers']): Promise<void>;
}

/** What may go wrong between client and server. */
export interface Fault {
  /** Which requests it strikes. */
  strikes(request: Passing): boolean;
  /** Only this often; for ever if not given. */
  readonly times?: number;
  act(exchange: Exchange): Promise<void> | void;
}

/** A way to a server on which faults happen. */
export interface FaultProxy {
  readonly url: string;
  /** What was asked, in order. */
  readonly seen: readonly Passing[];
  /** How often a fault has struck. */
  strikes(): number;
  /** From now on this goes wrong; undefined: nothing any more. */
  set(fault: Fault | undefined): void;
  /** Breaks all connections. */
  cut(): void;
  close(): void;
}

/** What of a proxy is not as usual. */
export interface ProxyOptions {
  /** What the proxy identifies itself with; the server's own certificate if not given. */
  readonly identity?: {readonly cert: string; readonly key: string};
  /** HTTP towards the client, which takes a third of the time; HTTPS if not given. */
  readonly isPlain?: boolean;
  /** Connections to the server that outlive the proxy. */
  readonly agent?: Agent;
  /** The server gives lists in pages of this size, whatever the client would like. */
  readonly pageSize?: number;
}

/** Opens a TLS proxy before an API server that does to its requests what the fault says. */
export async function openFaultProxy(
  server: Pick<ApiServer, 'url' | 'caFile'>,
  fault?: Fault,
  options: ProxyOptions = {},
): Promise<FaultProxy> {
  let present = fault;
  let count = 0;
  const seen: Passing[] = [];
  const sockets = new Set<Socket>();
  const agent = options.agent ?? agentTo(server);
  const meet: RequestListener = async (incoming, response) => {
    const request = {...passingOf(incoming, await buffer(incoming)), index: seen.length};
    seen.push(request);
    const exchange: Exchange = {
      request,
      response,
      socket: incoming.socket,
      count,
      ask: () => ask(server.url, agent, request, options),
      pass: (headers = {}) => {
        const asked = {...request, headers: {...request.headers, ...headers}};
        return pass(server.url, agent, asked, response, options);
      },
    };
    // A client or server that goes away in the middle of it is what this is for.
    response.on('error', () => {});
    const isStruck = present?.strikes(request) && count < (present.times ?? Infinity);
    if (isStruck) count += 1;
    try {
      await (isStruck ? present?.act(exchange) : exchange.pass());
    } catch {
      incoming.socket.destroy();
    }
  };
  const {isPlain = false} = options;
  const listener = isPlain
    ? createPlainServer(meet)
    : createServer(identityOf(server, options), meet);
  // Not the bare connections below: what TLS still has to do with them would never end.
  listener.on(isPlain ? 'connection' : 'secureConnection', (socket: Socket) => {
    sockets.add(socket.on('error', () => {}).on('close', () => sockets.delete(socket)));
  });
  listener.on('tlsClientError', () => {});
  await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `${isPlain ? 'http' : 'https'}://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    seen,
    strikes: () => count,
    cut,
    set(next) {
      present = next;
      count = 0;
    },
    close() {
      listener.close();
      cut();
      if (options.agent === undefined) agent.destroy();
    },
  };
}

/** Connections to a server, for several proxies. */
export function agentTo({caFile}: Pick<ApiServer, 'caFile'>): Agent {
  return new Agent({keepAlive: true, ca: readFileSync(caFile)});
}

/** The server keeps its key beside its certificate. */
function identityOf({caFile}: Pick<ApiServer, 'caFile'>, {identity}: ProxyOptions) {
  if (identity !== undefined) return {cert: identity.cert, key: identity.key};
  const keyFile = join(dirname(caFile), 'apiserver.key');
  return {cert: readFileSync(caFile), key: readFileSync(keyFile)};
}

function passingOf(incoming: IncomingMessage, body: Buffer): Omit<Passing, 'index'> {
  const {method = 'GET', url = '/', headers} = incoming;
  const [path = '', search = ''] = url.split('?');
  const query = new URLSearchParams(search);
  return {method, path, query, headers, body, isWatch: query.has('watch')};
}

async function ask(
  server: string,
  agent: Agent,
  request: Passing,
  options: ProxyOptions,
): Promise<Forwarded> {
  const answer = await send(server, agent, request, options);
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    body: await buffer(answer),
  };
}

async function pass(
  server: string,
  agent: Agent,
  request: Passing,
  response: ServerResponse,
  options: ProxyOptions,
): Promise<void> {
  const answer = await send(server, agent, request, options);
  response.writeHead(answer.statusCode ?? 0, answer.headers);
  response.flushHeaders();
  response.on('close', () => answer.destroy());
  answer.on('error', () => response.destroy());
  answer.pipe(response);
}

function send(
  server: string,
  agent: Agent,
  {method, path, query, headers, body}: Passing,
  {pageSize}: ProxyOptions,
): Promise<IncomingMessage> {
  const isList = method === 'GET' && !query.has('watch') && isCollection(path);
  const asked = new URLSearchParams(query);
  if (pageSize !== undefined && isList) {
    asked.set('limit', String(pageSize));
    asked.delete('resourceVersion');
  }
  const search = asked.size === 0 ? '' : `?${asked}`;
  const {host: _, connection: __, ...rest} = headers;
  return new Promise((resolve, reject) => {
    const outgoing = secureRequest(server + path + search, {agent, method, headers: rest});
    outgoing.on('response', resolve).on('error', reject);
    outgoing.end(body);
  });
}

/** Whether a path is that of many objects, and not of one. */
export function isCollection(path: string): boolean {
  return /^\/(api\/v1|apis\/[^/]+\/[^/]+)(\/namespaces\/[^/]+)?\/[a-z]+$/.test(path);
}
