import {existsSync, readFileSync} from 'node:fs';
import {dirname, isAbsolute, join, resolve} from 'node:path';
import type {Cluster, User} from '@kubernetes/client-node';
import type {ConnectionFlags} from '../commands/flags.ts';
import {exitCodes, UserError} from '../errors.ts';
import {isObject, type JsonObject} from '../kube/json.ts';
import {nearNames} from '../kube/nearNames.ts';
import {
  type Entry,
  type Kubeconfig,
  kubeconfigPaths,
  readKubeconfig,
  text,
  texts,
} from './kubeconfigFiles.ts';
import {checkedProxy, proxyFor} from './proxy.ts';

/** Whom to act as. */
export interface Impersonation {
  readonly user: string;
  readonly groups: readonly string[];
  readonly uid?: string | undefined;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** What to connect to and as whom: files are named but not read, except for a service account's namespace. */
export interface ConnectionTarget {
  readonly context: string;
  readonly namespace: string;
  readonly cluster: Cluster;
  readonly user: User;
  /** Read at each login: kubelets and others renew these files. */
  readonly tokenFile: string | undefined;
  /** The `exec` section of the user, and the file its paths are relative to. */
  readonly exec: Entry | undefined;
  /** What exec plugins that ask for it are told about the cluster. */
  readonly execClusterConfig: JsonObject | undefined;
  readonly impersonation: Impersonation | undefined;
}

const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';
const nothing: Entry = {file: 'the command line', fields: {}};

/**
 * Finds context, cluster and user as kubectl does (client-go tools/clientcmd/client_config.go and
 * merged_client_builder.go, v0.24). `podFolder` is where a pod finds its service account.
 */
export function resolveTarget(
  flags: ConnectionFlags,
  env: NodeJS.ProcessEnv,
  podFolder: string = serviceAccountFolder,
): ConnectionTarget {
  const config = loadConfig(flags, env, podFolder);
  const context = pickContext(config, flags);
  const clusterName = flags.cluster || text(context.entry, 'cluster') || '';
  const userName = flags.user || text(context.entry, 'user') || '';
  const cluster = pickCluster(config, flags, clusterName, context.name);
  const user = pickUser(config, userName);
  const parts = {cluster: clusterOf(cluster, clusterName, flags, env), exec: execOf(user, flags)};
  return {
    ...parts,
    context: context.name,
    namespace: text(context.entry, 'namespace') ?? 'default',
    user: userOf(user, userName, flags),
    tokenFile: flags.token ? undefined : path(user, 'tokenFile'),
    execClusterConfig: execClusterConfig(cluster),
    impersonation: impersonationOf(user, flags),
  };
}

function loadConfig(flags: ConnectionFlags, env: NodeJS.ProcessEnv, folder: string): Kubeconfig {
  const explicit = flags.kubeconfig ?? '';
  const config = readKubeconfig(explicit, env);
  const empty = config.contexts.size + config.clusters.size + config.users.size === 0;
  if (!empty || flags.server) return config;
  const pod = explicit === '' ? inPod(env, folder) : undefined;
  if (pod) return pod;
  const advice = 'set KUBECONFIG or pass --kubeconfig FILE (or use --from FILE or --demo)';
  if (explicit !== '') throw new UserError(`kubeconfig ${explicit} names no cluster: ${advice}`);
  const listed = env.KUBECONFIG ? kubeconfigPaths(env).join(', ') : '';
  if (listed === '') throw new UserError(`no kubeconfig found: ${advice}`);
  throw new UserError(`no kubeconfig found: KUBECONFIG names no cluster (${listed}): ${advice}`);
}

/** Like client-go's in-cluster configuration (rest/config.go InClusterConfig). */
function inPod(env: NodeJS.ProcessEnv, folder: string): Kubeconfig | undefined {
  const {KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port} = env;
  const file = join(folder, 'token');
  if (!host || !port || !existsSync(file)) return undefined;
  const namespaceFile = join(folder, 'namespace');
  const namespace = existsSync(namespaceFile) ? readFileSync(namespaceFile, 'utf8').trim() : '';
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const name = 'in-cluster';
  const named = (fields: JsonObject) => new Map([[name, {file, fields}]]);
  return {
    currentContext: name,
    contexts: named({cluster: name, user: name, namespace}),
    clusters: named({server, 'certificate-authority': join(folder, 'ca.crt')}),
    users: named({tokenFile: file}),
  };
}

function pickContext(config: Kubeconfig, flags: ConnectionFlags): {name: string; entry: Entry} {
  const name = flags.context || config.currentContext;
  const entry = config.contexts.get(name);
  if (entry) return {name, entry};
  if (name === '') return {name, entry: nothing};
  const source = flags.context ? '' : ' (the current-context of the kubeconfig)';
  throw missing(`no context ${JSON.stringify(name)}${source}`, name, config.contexts, 'contexts');
}

function pickCluster(
  config: Kubeconfig,
  flags: ConnectionFlags,
  name: string,
  context: string,
): Entry {
  const entry = config.clusters.get(name);
  if (entry) return entry;
  if (flags.server && !flags.cluster) return nothing;
  if (name !== '') {
    throw missing(`no cluster ${JSON.stringify(name)}`, name, config.clusters, 'clusters');
  }
  if (context !== '') throw new UserError(`context ${JSON.stringify(context)} names no cluster`);
  const names = [...config.contexts.keys()].slice(0, 5).map(one => JSON.stringify(one));
  throw new UserError(
    `the kubeconfig has no current-context: pass --context NAME (there are ${names.join(', ') || 'none'}) or --server URL`,
  );
}

function pickUser(config: Kubeconfig, name: string): Entry {
  const entry = config.users.get(name);
  if (entry || name === '') return entry ?? nothing;
  throw missing(`no user ${JSON.stringify(name)}`, name, config.users, 'users');
}

function missing(
  what: string,
  name: string,
  entries: ReadonlyMap<string, Entry>,
  plural: string,
): UserError {
  return new UserError(
    `${what} in the kubeconfig: ${nearNames(name, [...entries.keys()], plural)}`,
  );
}

function clusterOf(
  entry: Entry,
  name: string,
  flags: ConnectionFlags,
  env: NodeJS.ProcessEnv,
): Cluster {
  const server = serverOf(entry, flags);
  const own = {
    skipTLSVerify: entry.fields['insecure-skip-tls-verify'] === true,
    caData: text(entry, 'certificate-authority-data'),
    caFile: path(entry, 'certificate-authority'),
  };
  // Either flag replaces everything that the kubeconfig says about trust (client_config.go getCluster).
  const trust =
    flags.insecureSkipTlsVerify || flags.certificateAuthority
      ? {
          skipTLSVerify: flags.insecureSkipTlsVerify === true,
          caData: undefined,
          caFile: absolute(flags.certificateAuthority),
        }
      : own;
  if (trust.skipTLSVerify && (trust.caFile || trust.caData)) {
    throw new UserError(
      'a certificate authority and insecure-skip-tls-verify do not go together: drop one of them',
    );
  }
  const ownProxy = text(entry, 'proxy-url');
  const proxyUrl = ownProxy
    ? checkedProxy(ownProxy, `${entry.file}: proxy-url of cluster ${JSON.stringify(name)}`)
    : proxyFor(server, env);
  const tlsServerName =
    flags.tlsServerName || flags.server ? flags.tlsServerName : text(entry, 'tls-server-name');
  return {
    name,
    server: server.href.replace(/\/$/, ''),
    skipTLSVerify: trust.skipTLSVerify,
    // Data takes precedence over a file, as in client-go.
    ...(trust.caData ? {caData: trust.caData} : trust.caFile ? {caFile: trust.caFile} : {}),
    ...(tlsServerName ? {tlsServerName} : {}),
    ...(proxyUrl ? {proxyUrl} : {}),
  };
}

function serverOf(entry: Entry, flags: ConnectionFlags): URL {
  const given = flags.server || text(entry, 'server');
  if (!given) throw new UserError(`${entry.file}: the cluster has no server: pass --server URL`);
  // A bare host is plain HTTP, as in client-go (rest/url_utils.go DefaultServerURL).
  const url = URL.parse(given.includes('://') ? given : `http://${given}`);
  if (!url || !/^https?:$/.test(url.protocol)) {
    const where = flags.server ? '--server' : `${entry.file}: server`;
    throw new UserError(`${where} is not a URL: give it as https://HOST:PORT`);
  }
  url.username = '';
  url.password = '';
  return url;
}

function userOf(entry: Entry, name: string, flags: ConnectionFlags): User {
  const token = flags.token || text(entry, 'token');
  const username = flags.token ? undefined : text(entry, 'username');
  const password = text(entry, 'password') ?? '';
  const certData = flags.clientCertificate ? undefined : text(entry, 'client-certificate-data');
  const keyData = flags.clientKey ? undefined : text(entry, 'client-key-data');
  const certFile = absolute(flags.clientCertificate) ?? path(entry, 'client-certificate');
  const keyFile = absolute(flags.clientKey) ?? path(entry, 'client-key');
  const authProvider = flags.token ? undefined : entry.fields['auth-provider'];
  return {
    name,
    ...(token ? {token} : {}),
    ...(username ? {username, password} : {}),
    ...(certData ? {certData} : certFile ? {certFile} : {}),
    ...(keyData ? {keyData} : keyFile ? {keyFile} : {}),
    ...(authProvider ? {authProvider} : {}),
  };
}

function execOf(user: Entry, flags: ConnectionFlags): Entry | undefined {
  const fields = user.fields.exec;
  // Credentials from the command line take precedence over a plugin (client-go plugin/pkg/client/auth/exec).
  if (!isObject(fields) || flags.token) return undefined;
  return {file: user.file, fields};
}

function execClusterConfig(cluster: Entry): JsonObject | undefined {
  const extensions = cluster.fields.extensions;
  if (!Array.isArray(extensions)) return undefined;
  const own = extensions.find(
    one => isObject(one) && one.name === 'client.authentication.k8s.io/exec',
  );
  return isObject(own) && isObject(own.extension) ? own.extension : undefined;
}

function impersonationOf(entry: Entry, flags: ConnectionFlags): Impersonation | undefined {
  const user = flags.as || text(entry, 'as');
  const groups = flags.asGroup?.length ? flags.asGroup : texts(entry, 'as-groups');
  const uid = flags.asUid || text(entry, 'as-uid');
  const fields = entry.fields['as-user-extra'];
  const extra: Record<string, readonly string[]> = {};
  const extras = {file: entry.file, fields: isObject(fields) ? fields : {}};
  for (const key of Object.keys(extras.fields)) extra[key] = texts(extras, key);
  if (user) return {user, groups, uid, extra};
  if (groups.length === 0 && !uid && Object.keys(extra).length === 0) return undefined;
  throw new UserError('--as-group and --as-uid need --as USER too', exitCodes.usage);
}

/** A path in a kubeconfig is relative to the kubeconfig's folder. */
function path(entry: Entry, key: string): string | undefined {
  const value = text(entry, key);
  if (value === undefined || isAbsolute(value)) return value;
  return resolve(dirname(entry.file), value);
}

function absolute(file: string | undefined): string | undefined {
  return file ? resolve(file) : undefined;
}
