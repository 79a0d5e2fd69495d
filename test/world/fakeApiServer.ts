import {mkdtempSync, writeFileSync} from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import type {AddressInfo, Server} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import type {ConnectionFlags} from '../../src/commands/flags.ts';
import {type Client, connect, type Tuning} from '../../src/world/client.ts';

/** What the server was asked. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export type Reply = (response: ServerResponse, request: Seen, index: number) => void;

/** A server on this machine that answers with `reply` and remembers what it was asked. */
export async function serve(
  reply: Reply,
  create: (listener: RequestListener) => Server = createServer,
): Promise<{url: string; seen: Seen[]; port: number}> {
  const seen: Seen[] = [];
  const server = create((request, response) => {
    let body = '';
    request.on('data', chunk => {
      body += chunk;
    });
    request.on('end', () => {
      const {method = '', url = '', headers, rawHeaders} = request;
      seen.push({method, url, headers, rawHeaders, body});
      reply(response, {method, url, headers, rawHeaders, body}, seen.length - 1);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    if ('closeAllConnections' in server) (server.closeAllConnections as () => void)();
  });
  const {port} = server.address() as AddressInfo;
  return {url: `http://127.0.0.1:${port}`, seen, port};
}

/** Sends `value` as JSON. */
export function json(
  response: ServerResponse,
  value: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {'Content-Type': 'application/json', ...headers});
  response.end(JSON.stringify(value));
}

/** A Status as the API server sends one. */
export function status(
  response: ServerResponse,
  code: number,
  reason: string,
  message: string,
  headers: Record<string, string> = {},
): void {
  const body = {kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code};
  json(response, body, code, headers);
}

/** What a client under test did besides answering. */
export interface Watched {
  readonly client: Client;
  readonly pauses: number[];
  readonly lines: string[];
  readonly warnings: string[];
}

/** A client without any pause between tries; the pauses it would make are noted. */
export async function client(
  flags: ConnectionFlags,
  {env, signal, tuning = {}}: {env?: NodeJS.ProcessEnv; signal?: AbortSignal; tuning?: Tuning} = {},
): Promise<Watched> {
  const pauses: number[] = [];
  const lines: string[] = [];
  const warnings: string[] = [];
  const patience = {
    sleep: async (ms: number) => {
      pauses.push(ms);
    },
    random: () => 1,
    ...tuning.patience,
  };
  const made = await connect(
    flags,
    {
      env: env ?? {HOME: folder(), PATH: process.env.PATH},
      signal,
      warn: line => warnings.push(line),
      log: (level, line) => lines.push(`${level} ${line}`),
    },
    {...tuning, patience},
  );
  onTestFinished(() => made.close());
  return {client: made, pauses, lines, warnings};
}

/** A new empty folder, gone after the run. */
export function folder(): string {
  return mkdtempSync(join(tmpdir(), 'psp-client-'));
}

/** Writes `content` to a new file and returns its path. */
export function file(name: string, content: string, mode = 0o600, into = folder()): string {
  const path = join(into, name);
  writeFileSync(path, content, {mode});
  return path;
}

/** A kubeconfig of one context, cluster and user, all named `name`. */
export function kubeconfig(name: string, server: string, user = '{}', extra = ''): string {
  return `apiVersion: v1
kind: Config
current-context: ${name}
contexts:
- name: ${name}
  context: {cluster: ${name}, user: ${name}, namespace: ${name}-space}
clusters:
- name: ${name}
  cluster: {server: "${server}"${extra}}
users:
- name: ${name}
  user: ${user}
`;
}

/** What `promise` is rejected with; fails if it is not. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`expected a failure, not ${JSON.stringify(value)}`);
}
