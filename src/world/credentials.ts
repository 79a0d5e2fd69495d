import {readFileSync} from 'node:fs';
import type {Agent as HttpAgent} from 'node:http';
import type {AgentOptions, RequestOptions} from 'node:https';
import {
  createSecureContext,
  getCACertificates,
  type SecureContext,
  setDefaultCACertificates,
} from 'node:tls';
import type {User} from '@kubernetes/client-node';
import {messageOf, UserError} from '../errors.ts';
import type {ExecEnvironment} from './execCredential.ts';
import {type SharedConnection, sharedConnection} from './http2.ts';
import type {ConnectionTarget} from './kubeconfig.ts';

/** What authenticates a request: secret headers, and the connections that carry it. */
export interface Access {
  readonly headers: Readonly<Record<string, string>>;
  /** For one request at a time on each connection. */
  agent(): HttpAgent;
  /** For all requests at once; undefined where the way there allows no such connection. */
  readonly shared: SharedConnection | undefined;
  /** Milliseconds since 1970 until which this may be used. */
  readonly expires: number;
}

/** A login that renews itself. */
export interface Credentials {
  /** The current access; logs in if there is none or it has expired. */
  access(): Promise<Access>;
  /** After a 401 for `stale`: whether there is another access to try. */
  renew(stale: Access): Promise<boolean>;
  close(): void;
}

/** Token files and login providers are asked again after this time, as by client-go. */
const renewMs = 60_000;
/** A plugin's credentials are renewed this long before they expire. */
const leadMs = 5_000;

/** The login for `target`; nothing is run or read before the first access. */
export function credentialsFor(
  target: ConnectionTarget,
  environment: ExecEnvironment,
): Credentials {
  let current: Promise<Access> | undefined;
  const ways = new Map<string, Way>();
  const login = (): Promise<Access> => {
    const next = logIn(target, environment, ways);
    current = next;
    next.catch(() => {
      if (current === next) current = undefined;
    });
    return next;
  };
  const access = async (): Promise<Access> => {
    const known = await (current ?? login());
    if (Date.now() < known.expires) return known;
    // Other requests may have met the same and logged in already.
    const latest = current ? await current : known;
    return Date.now() < latest.expires ? latest : login();
  };
  return {
    access,
    async renew(stale) {
      if (!target.exec && !target.tokenFile && !target.user.authProvider) return false;
      const known = await current;
      if (known && known !== stale) return true;
      return (await login()).headers.Authorization !== stale.headers.Authorization;
    },
    close() {
      for (const way of ways.values()) way.close();
    },
  };
}

async function logIn(
  target: ConnectionTarget,
  environment: ExecEnvironment,
  ways: Map<string, Way>,
): Promise<Access> {
  const {user, expires} = await fullUser(target, environment);
  const options = await applied(target, user);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name] = String(value);
  if (user.username && !headers.Authorization) {
    const pair = Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64');
    headers.Authorization = `Basic ${pair}`;
  }
  // Connections are bound to the certificate they were made with; otherwise they are kept.
  const identity = `${options.cert ?? ''}${options.ca ?? ''}`;
  const way = ways.get(identity) ?? wayTo(target, options, environment);
  ways.set(identity, way);
  return {headers, agent: way.agent, shared: way.shared, expires};
}

/** The user, with what its plugin or token file holds now. */
async function fullUser(
  target: ConnectionTarget,
  environment: ExecEnvironment,
): Promise<{user: User; expires: number}> {
  const soon = Date.now() + renewMs;
  const {user} = target;
  if (target.tokenFile) {
    const token = tokenIn(target.tokenFile) ?? user.token;
    if (token) return {user: {...user, token}, expires: soon};
    throw new UserError(`cannot read the token file ${target.tokenFile} of user ${user.name}`);
  }
  if (!target.exec || user.token) return {user, expires: user.authProvider ? soon : Infinity};
  const {runExecPlugin} = await import('./execCredential.ts');
  const got = await runExecPlugin(
    target.exec,
    target.cluster,
    target.execClusterConfig,
    environment,
  );
  const base64 = (pem: string | undefined) => Buffer.from(pem ?? '').toString('base64');
  const pair = {certData: base64(got.certificate), keyData: base64(got.key)};
  const own = {name: user.name, ...(got.token ? {token: got.token} : {})};
  return {
    user: got.certificate ? {...own, ...pair} : {...user, ...own},
    expires: Math.max(got.expires - leadMs, Date.now() + 1000),
  };
}

function tokenIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

async function applied(target: ConnectionTarget, user: User): Promise<RequestOptions> {
  const isPlain = !user.authProvider && !target.cluster.proxyUrl;
  return isPlain ? appliedHere(target, user) : appliedByLibrary(target, user);
}

/** Tokens and certificates need nothing of client-node, which takes longer to load than an answer. */
function appliedHere({cluster}: ConnectionTarget, user: User): RequestOptions {
  const plain = cluster.server.startsWith('http:');
  try {
    const ca = material(cluster.caData, cluster.caFile);
    const checks = !plain && !cluster.skipTLSVerify;
    return {
      headers: user.token ? {Authorization: `Bearer ${user.token}`} : {},
      ca: ca ?? (checks ? systemTrust() : undefined),
      cert: material(user.certData, user.certFile),
      key: material(user.keyData, user.keyFile),
      rejectUnauthorized: checks,
      servername: cluster.tlsServerName,
    };
  } catch (error) {
    throw loginFailure(user, error);
  }
}

/** What a kubeconfig gives as base64 or as the name of a file; data takes precedence, as in client-go. */
function material(data: string | undefined, file: string | undefined): Buffer | undefined {
  if (data) return Buffer.from(data, 'base64');
  return file ? readFileSync(file) : undefined;
}

/** Login providers and proxies are client-node's. */
async function appliedByLibrary(target: ConnectionTarget, user: User): Promise<RequestOptions> {
  // Only this module of client-node: the rest of it would double the loading time.
  const {KubeConfig} = await import('@kubernetes/client-node/dist/config.js');
  setDefaultCACertificates(systemTrust()); // what it asks itself, such as who gives tokens
  const kubeConfig = new KubeConfig();
  const plain = target.cluster.server.startsWith('http:');
  // client-node talks plain HTTP only where it may skip TLS.
  const skipTLSVerify = plain || target.cluster.skipTLSVerify;
  kubeConfig.loadFromClusterAndUser({...target.cluster, skipTLSVerify}, user);
  const options: RequestOptions = {rejectUnauthorized: true};
  try {
    await kubeConfig.applyToHTTPSOptions(options);
  } catch (error) {
    throw loginFailure(user, error);
  }
  if (!plain && !options.ca && options.rejectUnauthorized !== false) options.ca = systemTrust();
  return options;
}

function loginFailure(user: User, error: unknown): UserError {
  const {code, path} = error as NodeJS.ErrnoException;
  if (path !== undefined && error instanceof Error && 'errno' in error) {
    return new UserError(`cannot read ${path}, which the kubeconfig names (${code})`);
  }
  // A parser's message may quote what it parsed, and that may be a token.
  const why = error instanceof SyntaxError ? 'its answer cannot be parsed' : firstLine(error);
  return new UserError(`cannot get credentials for user ${JSON.stringify(user.name)}: ${why}`);
}

function firstLine(error: unknown): string {
  return messageOf(error).trim().split('\n')[0] ?? '';
}

/**
 * Without a certificate authority of its own, kubectl trusts what the machine trusts. Node's default would be
 * less, or nothing: the program starts without its authorities (scripts/bundle/codeCaches.ts).
 */
function systemTrust(): string[] {
  const stores = ['bundled', 'extra', 'system'] as const;
  return [...new Set(stores.flatMap(store => getCACertificates(store)))];
}

/** The connections to a server with one certificate. */
interface Way extends Pick<Access, 'agent' | 'shared'> {
  close(): void;
}

function wayTo(target: ConnectionTarget, given: RequestOptions, environment: ExecEnvironment): Way {
  const {ca, cert, key, rejectUnauthorized, servername} = given;
  const isPlain = target.cluster.server.startsWith('http:');
  const options = {
    ca,
    cert,
    key,
    secureContext: isPlain ? undefined : secureContextOf(given),
    rejectUnauthorized,
    ...(servername ? {servername} : {}),
  };
  // The switch is client-go's (apimachinery pkg/util/net/http.go).
  const isAlone = isPlain || target.cluster.proxyUrl || environment.env.DISABLE_HTTP2;
  const shared = isAlone ? undefined : sharedConnection(new URL(target.cluster.server), options);
  let agent: HttpAgent | undefined;
  return {
    agent() {
      agent ??= agentFor(target, given.agent, options);
      return agent;
    },
    shared,
    close() {
      agent?.destroy();
      shared?.close();
    },
  };
}

function agentFor(
  target: ConnectionTarget,
  given: RequestOptions['agent'],
  options: AgentOptions,
): HttpAgent {
  const {Agent: PlainAgent} = process.getBuiltinModule('node:http');
  if (target.cluster.proxyUrl && given instanceof PlainAgent) {
    // client-node makes its proxy agents without it: each request would pay for a new tunnel.
    return Object.assign(given, {keepAlive: true});
  }
  // As many as lists are read at once (src/inventory/read/readCluster.ts), so that a long one holds up no other.
  const keepAlive = {keepAlive: true, keepAliveMsecs: 30_000, maxSockets: 8};
  if (target.cluster.server.startsWith('http:')) return new PlainAgent(keepAlive);
  const {Agent} = process.getBuiltinModule('node:https');
  return new Agent({...keepAlive, ...options});
}

/** One for all connections; undefined if the certificates are bad, which the first connection will report. */
function secureContextOf({ca, cert, key}: RequestOptions): SecureContext | undefined {
  try {
    return createSecureContext({ca, cert, key});
  } catch {
    return undefined;
  }
}
