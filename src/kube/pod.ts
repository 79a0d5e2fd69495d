/** The part of core/v1 Pod that decides what PodSecurityPolicy does with it. */
import {isDeepStrictEqual} from 'node:util';
import {
  boolean,
  DecodeError,
  type Decoder,
  decodeAt,
  int32,
  int64,
  list,
  object,
  refusedText,
  string,
  type TypeOf,
} from './decode.ts';
import type {Json, JsonObject} from './json.ts';
import {type ObjectMeta, objectMeta, seLinuxOptions} from './objects.ts';
import {volume} from './volume.ts';

const seccompProfile = object({type: string, localhostProfile: string});
export type SeccompProfile = TypeOf<typeof seccompProfile>;

/** For fields that v1.24 does not know: it drops them, whatever they hold. */
function later<T>(decode: Decoder<T>): Decoder<T | undefined> {
  return value => {
    try {
      return decode(value);
    } catch (error) {
      if (error instanceof DecodeError) return undefined;
      throw error;
    }
  };
}

/** In bytes (pkg/apis/core/validation/validation.go, maxGMSACredentialSpecLength). */
export const longestCredentialSpec = 65536;

const gmsaCredentialSpec = refusedText(
  spec => spec !== '' && Buffer.byteLength(spec) <= longestCredentialSpec,
);

const windowsOptions = object({
  hostProcess: boolean,
  gmsaCredentialSpecName: string,
  gmsaCredentialSpec,
  runAsUserName: string,
});
export type WindowsOptions = TypeOf<typeof windowsOptions>;
const appArmorProfile = later(object({type: string, localhostProfile: string}));

const handler = object({httpGet: object({host: string}), tcpSocket: object({host: string})});
const hooks = object({postStart: handler, preStop: handler});

/** A probe or a hook; undefined for one that names no host, because then nothing in it matters. */
const hostHandler: Decoder<TypeOf<typeof handler> | undefined> = value => {
  const found = handler(value);
  return namesHost(found) ? found : undefined;
};
const hostHooks: Decoder<TypeOf<typeof hooks> | undefined> = value => {
  const found = hooks(value);
  return namesHost(found.postStart) || namesHost(found.preStop) ? found : undefined;
};

function namesHost(found: TypeOf<typeof handler> | undefined): boolean {
  return Boolean(found?.httpGet?.host || found?.tcpSocket?.host);
}

export const containerSecurityContext = object({
  capabilities: object({add: list(string, ''), drop: list(string, '')}),
  privileged: boolean,
  seLinuxOptions,
  runAsUser: int64,
  runAsGroup: int64,
  runAsNonRoot: boolean,
  readOnlyRootFilesystem: boolean,
  allowPrivilegeEscalation: boolean,
  procMount: string,
  seccompProfile,
  windowsOptions,
  appArmorProfile,
});
export type ContainerSecurityContext = TypeOf<typeof containerSecurityContext>;

/** Whether a path stays below where it begins (pkg/apis/core/validation/validation.go, validateLocalDescendingPath). */
const descends = (path: string) => !path.startsWith('/') && !path.split('/').includes('..');

const volumeMount = object({
  name: string,
  mountPath: string,
  readOnly: boolean,
  mountPropagation: string,
  subPath: refusedText(descends),
  subPathExpr: refusedText(descends),
});
export type VolumeMount = TypeOf<typeof volumeMount>;

const container = object({
  name: string,
  ports: list(object({containerPort: int32, hostPort: int32, protocol: string, hostIP: string})),
  volumeMounts: list(volumeMount),
  securityContext: containerSecurityContext,
  livenessProbe: hostHandler,
  readinessProbe: hostHandler,
  startupProbe: hostHandler,
  lifecycle: hostHooks,
});
export type Container = TypeOf<typeof container>;

export const podSecurityContext = object({
  seLinuxOptions,
  runAsUser: int64,
  runAsGroup: int64,
  runAsNonRoot: boolean,
  supplementalGroups: list(int64, 0),
  fsGroup: int64,
  fsGroupChangePolicy: string,
  sysctls: list(object({name: string})),
  seccompProfile,
  windowsOptions,
  appArmorProfile,
});
export type PodSecurityContext = TypeOf<typeof podSecurityContext>;

export const podSpec = object({
  serviceAccountName: string,
  serviceAccount: string,
  automountServiceAccountToken: boolean,
  nodeName: string,
  hostNetwork: boolean,
  hostPID: boolean,
  hostIPC: boolean,
  hostUsers: later(boolean),
  shareProcessNamespace: boolean,
  runtimeClassName: string,
  os: object({name: string}),
  securityContext: podSecurityContext,
  volumes: list(volume),
  initContainers: list(container),
  containers: list(container),
  ephemeralContainers: list(container),
});
export type PodSpec = TypeOf<typeof podSpec>;

const podFields = object({metadata: objectMeta, spec: podSpec});

/** A pod, or what a controller makes from a template. */
export interface Pod {
  readonly metadata: TypeOf<typeof objectMeta>;
  readonly spec: PodSpec;
}

export function decodePod(value: Json): Pod {
  const {metadata, spec} = podFields(value);
  return {metadata: metadata ?? objectMeta({}), spec: spec ?? podSpec({})};
}

/** Like decodePod, for an object whose spec is read when somebody asks for it; that may throw. */
export function decodeLatePod(late: Late): Pod {
  let known: PodSpec | undefined;
  const pod = {
    metadata: late.metadata,
    get spec() {
      known ??= specOf(late);
      return known;
    },
  };
  lates.set(pod, late);
  return pod;
}

const lates = new WeakMap<Pod, Late>();

function specOf({spec}: Late): PodSpec {
  return decodeAt('spec', podSpec, spec());
}

/** The pod with its spec read anew, which the pod does not keep: for one look at each of very many. May throw. */
export function passingPod(pod: Pod): Pod {
  const late = lates.get(pod);
  return late === undefined ? pod : {metadata: pod.metadata, spec: specOf(late)};
}

/**
 * A pod that came again, as a watch brings it each time that its status changes: `before` itself where nothing that is
 * read is different, which its version is not, and else with the spec of before where that is the same, as it may be
 * bytes still. May throw.
 */
export function podAgain(before: Pod, now: Pod): Pod {
  if (!hasSameSpec(before, now)) return now;
  const {resourceVersion} = now.metadata;
  if (isDeepStrictEqual({...before.metadata, resourceVersion}, now.metadata)) return before;
  const late = lates.get(before);
  const metadata = sharedMetadata(before.metadata, now.metadata);
  return late === undefined ? {metadata, spec: before.spec} : decodeLatePod({...late, metadata});
}

/** The metadata of now, with what the pods of a workload have in common from before, where it is the same. */
function sharedMetadata(before: ObjectMeta, now: ObjectMeta): ObjectMeta {
  const kept = <K extends 'labels' | 'annotations' | 'ownerReferences'>(key: K): ObjectMeta[K] =>
    isDeepStrictEqual(before[key], now[key]) ? before[key] : now[key];
  const [labels, annotations] = [kept('labels'), kept('annotations')];
  return {...now, labels, annotations, ownerReferences: kept('ownerReferences')};
}

/** Whether two pods have the same spec, which they do not keep for that. May throw. */
export function hasSameSpec(one: Pod, other: Pod): boolean {
  const [late, otherLate] = [lates.get(one), lates.get(other)];
  if (late !== undefined && late.spec === otherLate?.spec) return true;
  return isDeepStrictEqual(passingPod(one).spec, passingPod(other).spec);
}

/**
 * A text that is the same for pods whose specs are the same, except for the node and the random names of
 * token volumes; undefined if that can't be known without reading the specs. May throw.
 */
export function likenessOf(pod: Pod): string | undefined {
  return lates.get(pod)?.likeness();
}

/** An object of which a part is not read yet. */
export interface Late {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec: () => JsonObject;
  /** See likenessOf. */
  readonly likeness: () => string;
}

/** The lists of containers, in the order in which Kubernetes visits them (pkg/api/pod/util.go). */
export const containerLists = ['initContainers', 'containers', 'ephemeralContainers'] as const;
export type ContainerList = (typeof containerLists)[number];

/** What the names of token volumes begin with from v1.21 on (plugin/pkg/admission/serviceaccount). */
export const tokenVolumePrefix = 'kube-api-access-';

/**
 * What they begin with up to v1.20, where they are named after the secret with the account's token
 * (pkg/controller/serviceaccount/tokens_controller.go).
 */
export function secretTokenPrefix(serviceAccount: string): string {
  return `${serviceAccount.replaceAll('.', '-')}-token-`;
}

/** The name of the account that the pod runs as; '' for none. `serviceAccount` is the old spelling. */
export function serviceAccountOf({spec}: {readonly spec: PodSpec}): string {
  return spec.serviceAccountName || spec.serviceAccount || '';
}
