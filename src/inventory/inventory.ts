import type {policyVersions} from '../kube/apiGroups.ts';
import type {NamespaceObject, Policy, ServiceAccountObject} from '../kube/objects.ts';
import type {Pod} from '../kube/pod.ts';
import type {RbacObjects} from '../rbac/authorize.ts';
import type {Workload} from './kinds/workloads.ts';

/** Where PodSecurityPolicies are served from; `absent` from v1.25 on, `unknown` without a cluster. */
export type PolicyApi = (typeof policyVersions)[number] | 'absent' | 'unknown';

/** Something that could not be read, and why. Answers that depend on it say so. */
export interface Gap {
  /** The plural name of the kind: `rolebindings`. */
  readonly resource: string;
  /** undefined: in no namespace. */
  readonly namespace: string | undefined;
  readonly reason: string;
}

/** One answer of the server to "may I use this policy in this namespace?". */
export interface CallerAnswer {
  readonly namespace: string;
  readonly policy: string;
  readonly allowed: boolean;
}

/** What the server says of the one who asks: used for bare pods, whose creator nobody knows. */
export interface Caller {
  readonly user: string;
  readonly answers: readonly CallerAnswer[];
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
  /** Where a command looks that is given no namespace. */
  readonly defaultNamespace: string;
  /** ISO 8601; undefined for manifests. */
  readonly takenAt: string | undefined;
  /** The git version of the server, for example v1.24.17. */
  readonly serverVersion: string | undefined;
  readonly policyApi: PolicyApi;
  readonly policies: readonly Policy[];
  readonly rbac: RbacObjects;
  readonly namespaces: readonly NamespaceObject[];
  readonly serviceAccounts: readonly ServiceAccountObject[];
  readonly workloads: readonly Workload[];
  readonly pods: readonly Pod[];
  readonly caller: Caller | undefined;
  readonly gaps: readonly Gap[];
}

export const emptyInventory: Inventory = {
  origin: 'manifests',
  source: 'nothing',
  defaultNamespace: 'default',
  takenAt: undefined,
  serverVersion: undefined,
  policyApi: 'unknown',
  policies: [],
  rbac: {clusterRoles: [], roles: [], clusterRoleBindings: [], roleBindings: []},
  namespaces: [],
  serviceAccounts: [],
  workloads: [],
  pods: [],
  caller: undefined,
  gaps: [],
};

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
