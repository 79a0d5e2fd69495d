import type {policyVersions} from '../kube/apiGroups.ts';
import type {JsonObject} from '../kube/json.ts';
import type {
  NamespaceObject,
  PersistentVolume,
  Policy,
  RuntimeClass,
  ServiceAccountObject,
} from '../kube/objects.ts';
import type {Pod} from '../kube/pod.ts';
import {lastRelease, type Release} from '../kube/release.ts';
import type {PodSecuritySettings} from '../podSecurity/settings.ts';
import type {RbacObjects} from '../rbac/authorize.ts';
import type {Workload} from './kinds/workloads.ts';
import type {NativeFacts} from './native/nativeFacts.ts';

/** A pod whose metadata alone was listed: its workload's template decides about it. */
export interface SpokenPod {
  readonly metadata: Pod['metadata'];
  /** The workload that spoke for it when it was read. */
  readonly speaker: Workload;
}

/** A pod in an inventory: its spec can only be read if it was listed. */
export type ListedPod = Pod | SpokenPod;

/** Where PodSecurityPolicies are served from; `absent` from v1.25 on, `unknown` without a cluster. */
export type PolicyApi = (typeof policyVersions)[number] | 'absent' | 'unknown';

/** Something that could not be read, and why. Answers that depend on it say so. */
export interface Gap {
  /** The plural name of the kind: `rolebindings`. */
  readonly resource: string;
  /** undefined: in no namespace. */
  readonly namespace: string | undefined;
  /** Where it could be read all the same, though nowhere else. */
  readonly except?: readonly string[] | undefined;
  readonly reason: string;
}

/** An object whose pods are not judged, because it is not known what they look like. */
export interface UnjudgedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly reason: string;
}

/** One answer of the server to "may I use this policy in this namespace?". */
export interface CallerAnswer {
  readonly namespace: string;
  readonly policy: string;
  readonly allowed: boolean;
}

/** What the server says about the caller: used for bare pods, whose creator is unknown. */
export interface Caller {
  readonly user: string;
  readonly answers: readonly CallerAnswer[];
}

/** A policy in files that can't exist, because the API server would refuse it. */
export interface RefusedPolicy {
  readonly policy: Policy;
  /** What is wrong with it, in the API server's words or close to them. */
  readonly reason: string;
}

/**
 * Everything the program knows about a cluster at one moment. All answers are computed from this value
 * and nothing else, so a live cluster, a snapshot file and a folder of manifests answer alike. It never
 * changes.
 */
export interface Inventory {
  readonly origin: 'cluster' | 'manifests';
  /** Where it came from, for people: "context prod", "2 files". */
  readonly source: string;
  /** Where a command looks if it is given no namespace. */
  readonly defaultNamespace: string;
  /** ISO 8601; undefined for manifests. */
  readonly takenAt: string | undefined;
  /** The git version of the server, for example v1.24.17. */
  readonly serverVersion: string | undefined;
  /** The release by whose rules its pods are judged. */
  readonly release: Release;
  readonly policyApi: PolicyApi;
  /** What the server's AdmissionConfiguration tells Pod Security Admission; undefined if that is not known. */
  readonly podSecurity?: PodSecuritySettings | undefined;
  readonly policies: readonly Policy[];
  /**
   * What the policies live in where the server serves none: admission policies that were made from them, and
   * their bindings. Only those of this program.
   */
  readonly admissionPolicies?: readonly JsonObject[] | undefined;
  /** Those of them that the user has told of: the server reads them from files, and no API shows them. */
  readonly staticPolicies?: readonly JsonObject[] | undefined;
  /** What these turned out to be, compared with the policies that they were made from; undefined if nobody looked. */
  readonly native?: NativeFacts | undefined;
  /** The ones in files that are not among the policies; what a cluster stores counts as it is. */
  readonly refused?: readonly RefusedPolicy[];
  readonly rbac: RbacObjects;
  readonly namespaces: readonly NamespaceObject[];
  readonly serviceAccounts: readonly ServiceAccountObject[];
  readonly workloads: readonly Workload[];
  readonly pods: readonly ListedPod[];
  /** Those of type hostPath; undefined if they were not read. */
  readonly persistentVolumes?: readonly PersistentVolume[] | undefined;
  /** Those of files, or all of a cluster; undefined if they could not be read. */
  readonly runtimeClasses?: readonly RuntimeClass[] | undefined;
  readonly caller: Caller | undefined;
  readonly gaps: readonly Gap[];
  /** Only from files: of a cluster, only Kubernetes' own kinds are read. */
  readonly unjudged: readonly UnjudgedObject[];
}

export const emptyInventory: Inventory = {
  origin: 'manifests',
  source: 'nothing',
  defaultNamespace: 'default',
  takenAt: undefined,
  serverVersion: undefined,
  release: lastRelease,
  policyApi: 'unknown',
  policies: [],
  rbac: {clusterRoles: [], roles: [], clusterRoleBindings: [], roleBindings: []},
  namespaces: [],
  serviceAccounts: [],
  workloads: [],
  pods: [],
  runtimeClasses: undefined,
  caller: undefined,
  gaps: [],
  unjudged: [],
};

/** Whether only a pod's metadata was listed. */
export function isSpokenFor(pod: ListedPod): pod is SpokenPod {
  return 'speaker' in pod;
}

/**
 * Whether a pod is, or was, in a cluster: one from a dump has the uid that the server gave it, one from a
 * manifest has none and nothing has admitted it yet.
 */
export function isLive({metadata}: ListedPod, {origin}: Pick<Inventory, 'origin'>): boolean {
  return origin === 'cluster' || Boolean(metadata.uid);
}

/** The spec that decides about a pod: its own, or that of its workload's template. */
export function decidingSpec(pod: ListedPod): Pod['spec'] {
  return isSpokenFor(pod) ? pod.speaker.template.spec : pod.spec;
}

/** All namespaces that something in the inventory names, sorted. */
export function namespacesOf(inventory: Inventory): readonly string[] {
  const named = [
    ...inventory.namespaces.map(({metadata}) => metadata?.name),
    ...[...inventory.serviceAccounts, ...inventory.workloads, ...inventory.pods].map(
      ({metadata}) => metadata?.namespace,
    ),
  ];
  return [...new Set(named.filter(name => name !== undefined && name !== ''))].sort() as string[];
}

/** The labels of each namespace that was read, by its name. */
export function labelsByNamespace({
  namespaces,
}: Pick<Inventory, 'namespaces'>): ReadonlyMap<string, Readonly<Record<string, string>>> {
  return new Map(namespaces.map(({metadata}) => [metadata?.name ?? '', metadata?.labels ?? {}]));
}
