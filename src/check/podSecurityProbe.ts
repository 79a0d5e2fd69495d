import {isServerError} from '../apply/change.ts';
import type {ClusterReader} from '../inventory/read/reader.ts';
import {isObject, type Json, type JsonObject} from '../kube/json.ts';
import {namespaceLevel, pinnedText, podSecurityPrefix} from '../podSecurity/labels.ts';
import {openPod} from './checkProbe.ts';

/** What a server says about Pod Security Admission when it is asked to try something. */
export interface PodSecurityProbe {
  readonly plugin: 'on' | 'off' | 'unknown';
  /** What was tried and what came of it, or why nothing could be. */
  readonly how: string;
  /** What the namespace tells of the server's defaults and exemptions, in words; undefined if nothing. */
  readonly told: string | undefined;
}

const namePrefix = 'kubectl-psp-check-';

/**
 * Has the server try two things of which nothing is stored (`dryRun=All`): a namespace whose label is no
 * level, which only the plugin refuses (pod-security-admission v0.37, admission/admission.go,
 * ValidateNamespace), and a pod that only the level privileged lets in. Throws if the server can't be reached.
 */
export async function probePodSecurity(
  client: ClusterReader,
  namespace: string,
): Promise<PodSecurityProbe> {
  const [labels, byNamespace, byPod] = await Promise.all([
    labelsOf(client, namespace),
    tryNamespace(client),
    tryPod(client, namespace),
  ]);
  const plugin = pluginOf(namespace, byNamespace, byPod);
  const isOn = plugin.plugin === 'on' && labels !== undefined;
  return {...plugin, told: isOn ? toldBy(namespace, labels, byPod) : undefined};
}

type Tried =
  | {readonly answer: 'in'}
  /** By the plugin: what it enforces, or else refuses. */
  | {readonly answer: 'refused'; readonly by: string}
  | {readonly answer: 'unknown'; readonly reason: string};

function pluginOf(
  namespace: string,
  byNamespace: Tried,
  byPod: Tried,
): Pick<PodSecurityProbe, 'plugin' | 'how'> {
  if (byNamespace.answer === 'refused') {
    return {plugin: 'on', how: 'it refused a namespace that was tried with a level that is none'};
  }
  if (byPod.answer === 'refused') {
    return {plugin: 'on', how: `it refused a pod that was tried in namespace ${namespace}`};
  }
  if (byNamespace.answer === 'in') {
    return {
      plugin: 'off',
      how: 'a namespace that was tried got in with a level that is none',
    };
  }
  return {plugin: 'unknown', how: byNamespace.reason};
}

/** What the fate of a pod that only privileged lets in tells of what no API shows. */
function toldBy(namespace: string, labels: JsonObject, byPod: Tried): string | undefined {
  const {enforce} = namespaceLevel(labels);
  const isDefault = enforce.levelFrom === 'default';
  if (byPod.answer === 'refused') {
    return isDefault
      ? `${byPod.by} is enforced in namespace ${namespace}, which has no label: it is the server's default`
      : undefined;
  }
  if (byPod.answer === 'unknown') return undefined;
  if (isDefault) {
    return `a pod that needs privileged got in when it was tried in namespace ${namespace}, which has no label: the server's default is privileged, or the namespace or you are exempt`;
  }
  return enforce.level === 'privileged'
    ? undefined
    : `a pod that ${pinnedText(enforce)} refuses got in when it was tried in namespace ${namespace}: the namespace or you are exempt`;
}

async function tryNamespace(client: ClusterReader): Promise<Tried> {
  const label = {[`${podSecurityPrefix}enforce`]: 'kubectl-psp-check'};
  const object = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {generateName: namePrefix, labels: label},
  };
  return tried(client, '/api/v1/namespaces?dryRun=All', object, message =>
    message.includes('must be one of privileged, baseline, restricted') ? 'labels' : undefined,
  );
}

async function tryPod(client: ClusterReader, namespace: string): Promise<Tried> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods?dryRun=All`;
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {generateName: namePrefix},
    spec: openPod,
  };
  return tried(client, path, pod, message => violated.exec(message)?.[1]);
}

/** The plugin's own words; a webhook that says the same says first that it is one. */
const violated =
  /^pods "kubectl-psp-check-[a-z0-9]*" is forbidden: violates PodSecurity "([a-z]+:[a-z0-9.]+)"/;

async function tried(
  client: ClusterReader,
  path: string,
  object: object,
  refusalIn: (message: string) => string | undefined,
): Promise<Tried> {
  try {
    await client.send('POST', path, object);
    return {answer: 'in'};
  } catch (error) {
    if (!isServerError(error) || error.status === 0 || error.status === 401) throw error;
    const body = error.body as Json | undefined;
    const message = isObject(body) ? body.message : undefined;
    const said = typeof message === 'string' ? message : error.message;
    const by = refusalIn(said);
    return by === undefined ? {answer: 'unknown', reason: said} : {answer: 'refused', by};
  }
}

async function labelsOf(client: ClusterReader, name: string): Promise<JsonObject | undefined> {
  try {
    const found = await client.get(`/api/v1/namespaces/${encodeURIComponent(name)}`);
    const metadata = isObject(found) && isObject(found.metadata) ? found.metadata : {};
    return isObject(metadata.labels) ? metadata.labels : {};
  } catch (error) {
    if (client.isNotFound(error) || client.isForbidden(error)) return undefined;
    throw error;
  }
}
