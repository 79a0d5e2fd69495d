import {spawn} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {dirname, resolve} from 'node:path';
import {createInterface} from 'node:readline';
import type {Cluster} from '@kubernetes/client-node';
import {UserError} from '../errors.ts';
import {isObject, type Json, type JsonObject} from '../kube/json.ts';
import {type Entry, text} from './kubeconfigFiles.ts';

/** What a credential plugin hands out. Certificate and key are PEM. */
export interface ExecCredential {
  readonly token: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  /** Milliseconds since 1970 until which they are valid; Infinity if the plugin does not say. */
  readonly expires: number;
}

/** What running a plugin needs from its surroundings. */
export interface ExecEnvironment {
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  /** Receives what the plugin writes to standard error, at once: it may ask to open a browser. */
  warn(line: string): void;
}

const versions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

/**
 * Runs the `exec` section of a kubeconfig user (client-go plugin/pkg/client/auth/exec/exec.go,
 * v0.24). client-node runs plugins too, but tells them neither version nor cluster, and holds back what
 * they say to the user until they have ended. A UserError if there are no credentials in the end.
 */
export async function runExecPlugin(
  exec: Entry,
  cluster: Cluster,
  clusterConfig: JsonObject | undefined,
  environment: ExecEnvironment,
): Promise<ExecCredential> {
  const apiVersion = text(exec, 'apiVersion') ?? '';
  const command = commandOf(exec);
  if (!versions.includes(apiVersion)) {
    throw new UserError(
      `${exec.file}: exec plugin ${command}: its apiVersion must be ${versions.join(' or ')}`,
    );
  }
  const interactive = isInteractive(exec, command);
  const info = {
    kind: 'ExecCredential',
    apiVersion,
    spec: {
      interactive,
      ...(exec.fields.provideClusterInfo === true ? {cluster: tellOf(cluster, clusterConfig)} : {}),
    },
  };
  const env = {
    ...environment.env,
    ...environmentOf(exec),
    KUBERNETES_EXEC_INFO: JSON.stringify(info),
  };
  const output = await run(command, argumentsOf(exec), env, interactive, exec, environment);
  return parseCredential(output, apiVersion, command);
}

function commandOf(exec: Entry): string {
  const command = text(exec, 'command');
  if (!command) throw new UserError(`${exec.file}: exec names no command`);
  // A command with a folder is relative to the kubeconfig; any other is looked up in PATH.
  return /[\\/]/.test(command) ? resolve(dirname(exec.file), command) : command;
}

function isInteractive(exec: Entry, command: string): boolean {
  const mode = text(exec, 'interactiveMode') ?? 'IfAvailable';
  const terminal = process.stdin.isTTY === true;
  if (mode === 'Always' && !terminal) {
    throw new UserError(`exec plugin ${command} wants to ask questions: run this in a terminal`);
  }
  return mode !== 'Never' && terminal;
}

function tellOf(cluster: Cluster, config: JsonObject | undefined): JsonObject {
  const data = cluster.caData ?? (cluster.caFile ? base64Of(cluster.caFile) : undefined);
  return {
    server: cluster.server,
    ...(cluster.tlsServerName ? {'tls-server-name': cluster.tlsServerName} : {}),
    ...(cluster.skipTLSVerify ? {'insecure-skip-tls-verify': true} : {}),
    ...(data ? {'certificate-authority-data': data} : {}),
    ...(cluster.proxyUrl ? {'proxy-url': cluster.proxyUrl} : {}),
    ...(config ? {config} : {}),
  };
}

function base64Of(file: string): string {
  try {
    return readFileSync(file).toString('base64');
  } catch (error) {
    throw new UserError(`cannot read the certificate authority ${file}`, undefined, {cause: error});
  }
}

function environmentOf(exec: Entry): NodeJS.ProcessEnv {
  const list = exec.fields.env;
  const env: NodeJS.ProcessEnv = {};
  for (const item of Array.isArray(list) ? list : []) {
    const variable = {file: exec.file, fields: isObject(item) ? item : {}};
    const name = text(variable, 'name');
    if (name) env[name] = text(variable, 'value') ?? '';
  }
  return env;
}

function argumentsOf(exec: Entry): readonly string[] {
  const list = exec.fields.args;
  return Array.isArray(list) ? list.map(item => String(item)) : [];
}

function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  interactive: boolean,
  exec: Entry,
  {signal, warn}: ExecEnvironment,
): Promise<string> {
  const {promise, resolve, reject} = Promise.withResolvers<string>();
  const stdin = interactive ? 'inherit' : 'ignore';
  const plugin = spawn(command, args, {env, stdio: [stdin, 'pipe', 'pipe'], signal});
  const output: Buffer[] = [];
  plugin.stdout?.on('data', (chunk: Buffer) => output.push(chunk));
  if (plugin.stderr) createInterface({input: plugin.stderr}).on('line', warn);
  plugin.on('error', error => {
    const {code} = error as NodeJS.ErrnoException;
    if (signal?.aborted) return reject(signal.reason);
    const hint = text(exec, 'installHint')?.replace(/\s+/g, ' ').trim();
    const why = code === 'ENOENT' ? 'is not installed, or not in PATH' : `cannot be run (${code})`;
    reject(new UserError(`exec plugin ${command} ${why}${hint ? `: ${hint}` : ''}`));
  });
  plugin.on('close', (code, ended) => {
    if (code === 0) return resolve(Buffer.concat(output).toString('utf8'));
    const how = code === null ? `was ended by ${ended}` : `failed with exit code ${code}`;
    reject(new UserError(`exec plugin ${command} ${how}: log in again, then retry`));
  });
  return promise;
}

/** The plugin's output is secret: no message quotes it. */
function parseCredential(output: string, apiVersion: string, command: string): ExecCredential {
  const bad = (why: string) => new UserError(`exec plugin ${command}: its output ${why}`);
  let credential: Json;
  try {
    credential = JSON.parse(output);
  } catch {
    throw bad('is not JSON');
  }
  if (!isObject(credential) || credential.kind !== 'ExecCredential') {
    throw bad('is not an ExecCredential');
  }
  if (credential.apiVersion !== apiVersion) throw bad(`is not of version ${apiVersion}`);
  const status = {file: command, fields: isObject(credential.status) ? credential.status : {}};
  const token = text(status, 'token');
  const certificate = text(status, 'clientCertificateData');
  const key = text(status, 'clientKeyData');
  if (!token && !certificate) throw bad('holds neither a token nor a client certificate');
  if (!certificate !== !key) throw bad('has a client certificate without its key, or the reverse');
  const expires = Date.parse(text(status, 'expirationTimestamp') ?? '');
  return {token, certificate, key, expires: Number.isNaN(expires) ? Infinity : expires};
}
