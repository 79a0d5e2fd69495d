import {messageOf} from '../../errors.ts';
import {isObject} from '../../kube/json.ts';
import type {PersistentVolume, RuntimeClass} from '../../kube/objects.ts';
import {releaseOf} from '../../kube/release.ts';
import {once} from '../../once.ts';
import type {Gap, Inventory} from '../inventory.ts';
import {
  persistentVolumes,
  type Resource,
  resources,
  runtimeClasses,
  sortedByName,
  workloadResources,
} from '../kinds/resources.ts';
import {askCaller} from './askCaller.ts';
import {limiter} from './limiter.ts';
import type {ClusterReader} from './reader.ts';
import {namespacesFor, readNamespaces} from './readNamespaces.ts';
import {readNative} from './readNative.ts';
import {readPodsSpokenFor} from './readPods.ts';
import {type Listing, nothing, type Reading, readResource} from './readResource.ts';
import {isGapOfPolicies, isOfNoKind, policyApiIn} from './removedKinds.ts';

/** What an answer needs from a cluster. */
export interface ReadNeeds {
  /** Policies and RBAC: not needed to derive policies from workloads. */
  readonly policies: boolean;
  /** False: policies without RBAC. */
  readonly rbac?: boolean;
  /** Pods and workloads. */
  readonly workloads: boolean;
  /** Service accounts, even without workloads. */
  readonly serviceAccounts?: boolean;
  /** Pods and service accounts, even without workloads. */
  readonly accounts?: boolean;
  /** Ask the server what the caller may use, for pods whose creator is unknown. */
  readonly caller: boolean;
  /** The server's version, even without workloads: it says by whose rules policies mean what. */
  readonly version?: boolean;
  /**
   * Also what no verdict depends on: all namespaces. Otherwise these are read only where they have to explain
   * something: a server without policies, which judges by the labels of namespaces, a namespace that holds
   * nothing, a kind that may only be read in some namespaces.
   */
  readonly whole?: boolean;
  /** Also the specs of pods that a workload speaks for: no verdict depends on them. */
  readonly everySpec?: boolean;
  /** Also the PersistentVolumes that show paths of nodes. */
  readonly volumes?: boolean;
  /** Not from the server's cache, because something is going to be changed. */
  readonly exact?: boolean;
  /** The policies alone, which may be made again: not whether what they live in does what they say. */
  readonly sourcesAlone?: boolean;
  /** All namespaces, whichever is asked about: what policies do is not known from one. */
  readonly everywhere?: boolean;
}

/** What to read, where and when. */
export interface ReadPlan extends ReadNeeds {
  /** One namespace; undefined for all. */
  readonly namespace: string | undefined;
  /** The namespace to read where all are meant and can't even be listed; the context's if not given. */
  readonly home?: string | undefined;
  /** Now, as ISO 8601. */
  readonly time: string;
}

/**
 * Reads a cluster into an inventory. What may not be read becomes a gap; a kind that the server does
 * not know is empty. Other errors (unreachable, 401, 5xx) are thrown: half an answer is no answer.
 */
export async function readCluster(client: ClusterReader, plan: ReadPlan): Promise<Inventory> {
  const gaps: Gap[] = [];
  const {namespace, home = client.namespace, exact = false} = plan;
  const shared = {client, namespace, home, exact, gaps, run: limiter()};
  const namespaces = once(() => readNamespaces(shared));
  const version = once(() => shared.run(() => readVersion(client)));
  const judges = needsVersion(plan);
  const namesOf = async () => (await namespaces()).flatMap(({metadata}) => metadata?.name ?? []);
  const [lists] = await Promise.all([
    readLists({...shared, namespaces: namesOf}, plan),
    ...(plan.whole ? [namespaces()] : []),
    ...(judges ? [version()] : []),
  ]);
  const {policies, roles, roleBindings, serviceAccounts, workloads, pods, volumes, classes} = lists;
  const told = gaps.some(isGapOfPolicies) ? await version() : undefined;
  const policyApi = plan.policies ? policyApiIn(policies.apiVersion, gaps, told) : 'unknown';
  const native = policyApi === 'absent' ? await readNative({...shared, namespaces: namesOf}) : {};
  const isEmpty = isVoid([pods, ...workloads, roles, roleBindings, serviceAccounts]);
  const serverVersion = judges || policyApi === 'absent' ? await version() : told;
  const wantsNamespaces = plan.whole || (namespace !== undefined && isEmpty);
  const inventory: Inventory = {
    origin: 'cluster',
    source: sourceOf(client),
    defaultNamespace: client.namespace,
    takenAt: plan.time,
    serverVersion,
    release: releaseOf(serverVersion),
    policyApi,
    policies: sortedByName(policies.items),
    ...native,
    rbac: rbacOf(lists),
    namespaces: sortedByName(
      await namespacesFor(shared, namespaces, wantsNamespaces, policyApi === 'absent'),
    ),
    serviceAccounts: sortedByName(serviceAccounts.items),
    workloads: workloads.flatMap(({items}) => sortedByName(items)),
    pods: sortedByName(pods.items),
    persistentVolumes: volumes && sortedByName(volumes.items.filter(showsNode)),
    runtimeClasses: classes && sortedByName(classes),
    caller: undefined,
    gaps: sortedGaps(gaps.filter(gap => !isOfNoKind(gap, serverVersion))),
    unjudged: [],
  };
  if (!plan.caller) return inventory;
  return withCaller(client, inventory, inventory.pods);
}

function rbacOf(lists: Awaited<ReturnType<typeof readLists>>): Inventory['rbac'] {
  return {
    clusterRoles: sortedByName(lists.clusterRoles.items),
    roles: sortedByName(lists.roles.items),
    clusterRoleBindings: sortedByName(lists.clusterRoleBindings.items),
    roleBindings: sortedByName(lists.roleBindings.items),
  };
}

/** All kinds of the plan except namespaces: the longest list goes first, and nothing waits for anything else. */
async function readLists(reading: Reading, plan: ReadPlan) {
  const read = async <T>(wanted: boolean, resource: Resource<T>): Promise<Listing<T>> =>
    wanted ? readResource(reading, resource) : nothing;
  const withRbac = plan.policies && plan.rbac !== false;
  const withVolumes = plan.volumes === true && reading.namespace === undefined;
  const withPods = plan.workloads || plan.accounts === true;
  const workloadsOnce = once(() =>
    Promise.all(workloadResources.map(resource => read(plan.workloads, resource))),
  );
  const needsSpecs = !plan.workloads || plan.everySpec || plan.exact;
  const readPods = async () =>
    needsSpecs
      ? read(withPods, resources.pods)
      : readPodsSpokenFor(reading, async () => (await workloadsOnce()).flatMap(({items}) => items));
  const [pods, workloads, policies, clusterRoles, clusterRoleBindings, roles, ...rest] =
    await Promise.all([
      readPods(),
      workloadsOnce(),
      read(plan.policies, resources.policies),
      read(withRbac, resources.clusterRoles),
      read(withRbac, resources.clusterRoleBindings),
      read(withRbac, resources.roles),
      read(withRbac, resources.roleBindings),
      read(withPods || plan.serviceAccounts === true, resources.serviceAccounts),
      // They are of no namespace: whoever looks at one has no business with them.
      withVolumes ? readResource(reading, persistentVolumes) : undefined,
      judgesPods(plan) ? readRuntimeClasses(reading) : undefined,
    ]);
  const [roleBindings, serviceAccounts, volumes, classes] = rest;
  return {
    pods,
    workloads,
    policies,
    clusterRoles,
    clusterRoleBindings,
    roles,
    roleBindings,
    serviceAccounts,
    volumes,
    classes,
  };
}

/**
 * All runtime classes; undefined if they may not be listed. Who only works in namespaces mostly may not: a pod that names
 * one says so, and no other answer depends on them.
 */
async function readRuntimeClasses(reading: Reading): Promise<readonly RuntimeClass[] | undefined> {
  const gaps: Gap[] = [];
  const {items} = await readResource({...reading, gaps}, runtimeClasses);
  return gaps.length > 0 ? undefined : items;
}

/** Whether a volume is a path of a node. */
function showsNode({spec}: PersistentVolume): boolean {
  return spec?.hostPath !== undefined;
}

/** Whether pods are judged, or policies compared. */
function needsVersion({whole, version, workloads, serviceAccounts}: ReadPlan): boolean {
  return Boolean(whole || version || workloads || serviceAccounts);
}

/** Whether pods are judged by policies: of the cluster, or of files with the accounts of the cluster. */
function judgesPods({policies, workloads, serviceAccounts}: ReadPlan): boolean {
  return policies && (workloads || serviceAccounts === true);
}

/** Whether something was read and nothing was found. */
function isVoid(lists: readonly Listing<unknown>[]): boolean {
  return (
    lists.some(({apiVersion}) => apiVersion !== undefined) &&
    lists.every(({items}) => items.length === 0)
  );
}

/** Where a cluster's inventory comes from, for people. */
export function sourceOf({context, server}: ClusterReader): string {
  return context === '' ? server : `context ${context}`;
}

/** The server's git version; undefined if it may not be read. */
export async function readVersion(client: ClusterReader): Promise<string | undefined> {
  try {
    const version = await client.get('/version');
    const git = isObject(version) ? version.gitVersion : undefined;
    return typeof git === 'string' ? git : undefined;
  } catch (error) {
    // Only messages contain it.
    if (client.isForbidden(error)) return undefined;
    throw error;
  }
}

/** Sorted, so that the order does not depend on which answer came first. */
export function sortedGaps(gaps: readonly Gap[]): readonly Gap[] {
  const key = ({resource, namespace = ''}: Gap) => `${resource}/${namespace}`;
  return [...gaps].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/**
 * The inventory with what the server says that the caller may use, for those of `pods` that no
 * controller owns. A caller who may not even ask that leaves a gap.
 */
export async function withCaller(
  client: ClusterReader,
  inventory: Inventory,
  pods: Inventory['pods'],
): Promise<Inventory> {
  try {
    return {...inventory, caller: await askCaller(client, inventory.policies, pods)};
  } catch (error) {
    if (!client.isForbidden(error)) throw error;
    const resource = 'selfsubjectaccessreviews';
    const gap = {resource, namespace: undefined, reason: messageOf(error)};
    return {...inventory, gaps: sortedGaps([...inventory.gaps, gap])};
  }
}
