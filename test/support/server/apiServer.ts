import {generateKeyPairSync, randomInt} from 'node:crypto';
import {once} from 'node:events';
import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {type Json, type JsonObject, printJson} from '../../../src/kube/json.ts';
import {createAll} from '../builders/apiObjects.ts';
import {requireBinary} from '../kubernetes/reference.ts';
import {type ApiClient, openClient} from './apiClient.ts';
import {ChildServer} from './childServer.ts';

/** A user who logs in with a token, besides the admin. */
export interface TokenUser {
  readonly token: string;
  readonly name: string;
  readonly groups?: readonly string[];
}

export interface ApiServerOptions {
  /** The admission plugins on besides the default ones; PodSecurityPolicy if not given. */
  readonly admissionPlugins?: readonly string[];
  /** Another kube-apiserver than that of v1.24, by its path. */
  readonly program?: string;
  /** More arguments of kube-apiserver. */
  readonly args?: readonly string[];
  readonly users?: readonly TokenUser[];
}

/** A real kube-apiserver v1.24 with an etcd of its own, without a kubelet or controllers. */
export interface ApiServer extends ApiClient {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** The `http://127.0.0.1:PORT` of its etcd, which also answers JSON. */
  readonly etcdUrl: string;
  /** The token of the admin, a member of system:masters. */
  readonly token: string;
  /** The file of the certificates that the server's own is checked with. */
  readonly caFile: string;
  /** The server's folder, for more files of a test; `stop` removes it. */
  readonly dir: string;
  /** A kubeconfig file: context `reference`, namespace `default`, the admin's token. */
  readonly kubeconfig: string;
  /** Makes objects, see `createAll` of apiObjects.ts. */
  createAll(objects: readonly JsonObject[], concurrency?: number): Promise<readonly Json[]>;
  /** Ends the server and its etcd, and removes their files. */
  stop(): Promise<void>;
  /** Ends the server at once, as a crash does; etcd goes on and the files stay until `stop`. */
  kill(): Promise<void>;
  /**
   * Starts a killed server again, on its port and with its objects; waits until it is ready. The
   * arguments come after those that it had.
   */
  restart(more?: readonly string[]): Promise<void>;
}

const token = 'admin-token';
const startTimeoutMs = 240_000;
const attempts = 4;

/**
 * Starts etcd and kube-apiserver on free ports of 127.0.0.1, with `--authorization-mode=RBAC`, and
 * waits until they are ready and the namespace `default` is there. If they don't start, the error
 * has the last lines of their log. They end with this process, however it ends.
 */
export async function startApiServer(options: ApiServerOptions = {}): Promise<ApiServer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options);
    } catch (error) {
      // Between the choice of a free port and its use another process may take it.
      const isClash = error instanceof Error && /address already in use/.test(error.message);
      if (!isClash || attempt === attempts) throw error;
    }
  }
}

async function startOnce(options: ApiServerOptions): Promise<ApiServer> {
  const programs = {
    etcd: requireBinary('etcd'),
    apiServer: options.program ?? requireBinary('kube-apiserver'),
  };
  const dir = mkdtempSync(join(tmpdir(), 'kubectl-psp-reference-'));
  const running: ChildServer[] = [];
  const stop = async () => {
    await Promise.all(running.map(server => server.kill()));
    rmSync(dir, {recursive: true, force: true});
  };
  try {
    const [etcdPort, peerPort, port] = await Promise.all([freePort(), freePort(), freePort()]);
    const etcdUrl = loopback('http', etcdPort);
    const url = loopback('https', port);
    running.push(new ChildServer(programs.etcd, etcdArgs(dir, etcdUrl, peerPort), dir));
    const args = apiServerArgs(dir, etcdUrl, port, options);
    const start = (more: readonly string[] = []) => {
      running[1] = new ChildServer(programs.apiServer, [...args, ...more], dir);
    };
    start();
    const caFile = join(dir, 'apiserver.crt');
    const {request, close} = await openWhenReady(url, caFile, running);
    return {
      url,
      etcdUrl,
      token,
      caFile,
      dir,
      kubeconfig: writeKubeconfig(dir, url, caFile),
      request,
      createAll: (objects, concurrency) => createAll({request}, objects, concurrency),
      kill: async () => running[1]?.kill(),
      restart: async more => {
        start(more);
        (await openWhenReady(url, caFile, running)).close();
      },
      stop: async () => {
        close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function etcdArgs(dir: string, url: string, peerPort: number): readonly string[] {
  const peerUrl = loopback('http', peerPort);
  return [
    `--data-dir=${join(dir, 'etcd')}`,
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
    '--unsafe-no-fsync',
  ];
}

/** The server's arguments; writes the key and the tokens that they name. */
function apiServerArgs(
  dir: string,
  etcdUrl: string,
  port: number,
  {admissionPlugins = ['PodSecurityPolicy'], args = [], users = []}: ApiServerOptions,
): readonly string[] {
  const keyFile = join(dir, 'service-account.key');
  const {privateKey} = generateKeyPairSync('rsa', {modulusLength: 2048});
  writeFileSync(keyFile, privateKey.export({type: 'pkcs1', format: 'pem'}), {mode: 0o600});

  const tokenFile = join(dir, 'tokens.csv');
  const admin: TokenUser = {token, name: 'admin', groups: ['system:masters']};
  const rows = [admin, ...users].map(({token, name, groups = []}) =>
    [token, name, `${name}-uid`, groups.join(',')].map(csvCell).join(','),
  );
  writeFileSync(tokenFile, `${rows.join('\n')}\n`, {mode: 0o600});

  return [
    `--etcd-servers=${etcdUrl}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${dir}`,
    `--service-account-key-file=${keyFile}`,
    `--service-account-signing-key-file=${keyFile}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    '--authorization-mode=RBAC',
    `--token-auth-file=${tokenFile}`,
    ...(admissionPlugins.length > 0
      ? [`--enable-admission-plugins=${admissionPlugins.join(',')}`]
      : []),
    '--allow-privileged=true',
    '--service-cluster-ip-range=10.0.0.0/24',
    ...args,
  ];
}

async function openWhenReady(url: string, caFile: string, running: readonly ChildServer[]) {
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    if (running.some(server => server.hasEnded) || Date.now() > deadline) {
      throw new Error(
        ['the API server did not start', ...running.map(server => server.lastLines())].join('\n'),
      );
    }
    // The server makes the certificate when it starts.
    const client = existsSync(caFile) ? openClient(url, caFile, token) : undefined;
    if (client && (await isReady(client))) return client;
    client?.close();
    await sleep(100);
  }
}

/** The server makes the namespace `default` soon after it says that it is ready. */
async function isReady({request}: ApiClient): Promise<boolean> {
  try {
    for (const path of ['/readyz', '/api/v1/namespaces/default']) {
      if ((await request('GET', path)).status !== 200) return false;
    }
    return true;
  } catch {
    return false;
  }
}

function writeKubeconfig(dir: string, url: string, caFile: string): string {
  const path = join(dir, 'kubeconfig');
  const name = 'reference';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{name, cluster: {server: url, 'certificate-authority': caFile}}],
    users: [{name, user: {token}}],
    contexts: [{name, context: {cluster: name, user: name, namespace: 'default'}}],
  };
  // JSON is YAML too.
  writeFileSync(path, `${printJson(config, 2)}\n`, {mode: 0o600});
  return path;
}

/**
 * A port outside of those that systems give to outgoing connections (from 32768 on for Linux): a server
 * that is killed shall find its port free when it starts again.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_768);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

function loopback(scheme: 'http' | 'https', port: number): string {
  return `${scheme}://127.0.0.1:${port}`;
}

function csvCell(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
