import {isServerError, metadataOf} from '../apply/change.ts';
import type {ClusterReader} from '../inventory/read/reader.ts';
import {validatedPolicyKey} from '../kube/annotations.ts';
import {isObject, type Json, type JsonObject} from '../kube/json.ts';

/** Whether the PodSecurityPolicy admission plugin is on, according to a pod that was tried. */
export type Probe =
  | {readonly plugin: 'on'; readonly how: string}
  | {readonly plugin: 'off'; readonly how: string}
  | {readonly plugin: 'unknown'; readonly reason: string};

const generateName = 'kubectl-psp-check-';
/** No policy can have this name. Where the plugin is on, it replaces it with a policy's name. */
const placeholder = 'kubectl-psp/check';

/**
 * Has the server try to create a pod (`dryRun=All`: nothing is stored) and looks whether the plugin
 * had a say. First a pod that most policies and other plugins would let in; if something else
 * refuses that, one that few let in: the plugin refuses it before later checks do
 * (pkg/kubeapiserver/options/plugins.go, v1.24). Throws if the server can't be reached.
 */
export async function probePlugin(client: ClusterReader, namespace: string): Promise<Probe> {
  const first = await tryPod(client, namespace, harmlessPod);
  if (first.plugin !== 'unknown' || first.isFinal) return first;
  const second = await tryPod(client, namespace, openPod);
  return second.plugin === 'unknown' ? first : second;
}

type Tried = Probe & {
  /** Whether trying another pod is pointless. */
  readonly isFinal?: boolean;
};

async function tryPod(client: ClusterReader, namespace: string, spec: object): Promise<Tried> {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {generateName, annotations: {[validatedPolicyKey]: placeholder}},
    spec,
  };
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods?dryRun=All`;
  try {
    return admitted(await client.send('POST', path, pod), namespace);
  } catch (error) {
    if (!isServerError(error) || error.status === 0 || error.status === 401) throw error;
    return refused(error, namespace);
  }
}

function admitted(answer: Json, namespace: string): Tried {
  const {annotations} = isObject(answer) ? metadataOf(answer) : ({} satisfies JsonObject);
  const policy = isObject(annotations) ? annotations[validatedPolicyKey] : undefined;
  const what = `a pod that was tried in namespace ${namespace}`;
  if (policy === placeholder)
    return {plugin: 'off', how: `${what} got in, and no policy was asked`};
  if (typeof policy === 'string') {
    return {plugin: 'on', how: `${what} got in by policy ${policy}`};
  }
  return {
    plugin: 'unknown',
    reason: `${what} came back without its annotation ${validatedPolicyKey}`,
  };
}

/** The plugin's own words, from v1.19 on and before; webhooks may say the same, but never first. */
const pluginWords =
  /^pods "kubectl-psp-check-[a-z0-9]*" is forbidden: (?:PodSecurityPolicy: |unable to validate against any pod security policy|no providers available to validate pod request)/;

function refused(error: Error & {readonly body?: unknown}, namespace: string): Tried {
  const {body} = error;
  const said = isObject(body as Json) ? (body as JsonObject).message : undefined;
  const message = typeof said === 'string' ? said : error.message;
  if (pluginWords.test(message)) {
    return {
      plugin: 'on',
      how: `it refused a pod that was tried in namespace ${namespace}`,
    };
  }
  const isFinal =
    message.startsWith('namespaces ') ||
    message.includes('cannot create resource "pods"') ||
    message.includes('error looking up service account');
  return {plugin: 'unknown', reason: `a pod can't be tried: ${message}`, isFinal};
}

const locked = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: {drop: ['ALL']},
};
/** Quotas may ask for both. */
const amounts = {cpu: '1m', memory: '4Mi'};

const harmlessPod = {
  automountServiceAccountToken: false,
  restartPolicy: 'Never',
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 65534,
    runAsGroup: 65534,
    seccompProfile: {type: 'RuntimeDefault'},
  },
  containers: [
    {
      name: 'check',
      image: 'kubectl-psp-check',
      securityContext: locked,
      resources: {requests: amounts, limits: amounts},
    },
  ],
};

/** One that few policies and only the level privileged let in. */
export const openPod = {...harmlessPod, hostPID: true, hostIPC: true};
