import {messageOf} from '../errors.ts';
import {policyVersions} from '../kube/apiGroups.ts';
import {isObject, type Json, type JsonObject} from '../kube/json.ts';
import type {LateItem} from '../kube/protobuf/late.ts';
import {once} from '../once.ts';
import {askCaller} from './caller.ts';
import type {Gap, Inventory, PolicyApi} from './inventory.ts';
import {type Limiter, limiter} from './limiter.ts';
import {
  decidesRights,
  decodeLive,
  isInEveryCluster,
  listPath,
  pagesOf,
  type Resource,
  resources,
  sortedByName,
  workloadResources,
} from './resources.ts';

/** What reading a cluster takes: raw JSON by path. src/world/client.ts has it. */
export interface ClusterReader {
  readonly context: string;
  /** The context's namespace, or `default`. */
  readonly namespace: string;
  readonly server: string;
  readonly user: string;
  get(path: string): Promise<Json>;
  send(method: 'POST', path: string, body: unknown): Promise<Json>;
  list(path: string, options: ListWishes): Promise<unknown>;
  /** Whether an error means "you may not", and whether it means "there is no such thing". */
  isForbidden(error: unknown): boolean;
  isNotFound(error: unknown): boolean;
}

/** How to list: see ListOptions of src/world/list.ts. */
export interface ListWishes {
  onPage?(items: readonly JsonObject[]): void;
  /** In place of onPage, for kinds that are known as protobuf. */
  onLate?(items: readonly (JsonObject | LateItem)[]): void;
  readonly cached?: boolean;
}

/** What to read. */
export interface ReadPlan {
  /** One namespace; undefined for all. */
  readonly namespace: string | undefined;
  /** Policies and RBAC: not needed to derive policies from workloads. */
  readonly policies: boolean;
  /** False: policies without RBAC. */
  readonly rbac?: boolean;
  /** Pods and workloads. */
  readonly workloads: boolean;
  /** Service accounts also without workloads. */
  readonly serviceAccounts?: boolean;
  /** Pods and service accounts also without workloads. */
  readonly accounts?: boolean;
  /** Ask the server what the caller may use, for pods whose creator nobody knows. */
  readonly caller: boolean;
  /**
   * Also what no verdict depends on: all namespaces, and the server's version. Without it they are
   * read only where they have to explain something: a server without policies, a namespace that holds
   * nothing, a kind that may only be read in some namespaces.
   */
  readonly whole?: boolean;
  /** Not from the server's cache: something is going to be changed. */
  readonly exact?: boolean;
  /** Now, as ISO 8601. */
  readonly time: string;
  /** Tells how far reading is; for people who wait. */
  onProgress?(resource: string, count: number): void;
}

/** How many requests are under way at once. */
const concurrency = 8;

/**
 * Reads a cluster into an inventory. What may not be read becomes a gap; a kind that the server does
 * not know is empty. Other errors (unreachable, 401, 5xx) are thrown: half an answer is no answer.
 */
export async function readCluster(client: ClusterReader, plan: ReadPlan): Promise<Inventory> {
  const gaps: Gap[] = [];
  const run = limiter(concurrency);
  const namespaces = once(() => run(() => readNamespaces(client, plan, gaps)));
  const version = once(() => run(() => readVersion(client)));
  const read = <T>(wanted: boolean, resource: Resource<T>): Promise<Found<T>> =>
    wanted
      ? readResource(client, resource, plan, gaps, run, namespaces)
      : Promise.resolve({items: [], apiVersion: undefined});

  const withRbac = plan.policies && plan.rbac !== false;
  const withPods = plan.workloads || plan.accounts === true;
  // The longest list goes first, and nothing waits for another.
  const [pods, workloads, policies, clusterRoles, clusterRoleBindings, roles, ...rest] =
    await Promise.all([
      read(withPods, resources.pods),
      Promise.all(workloadResources.map(resource => read(plan.workloads, resource))),
      read(plan.policies, resources.policies),
      read(withRbac, resources.clusterRoles),
      read(withRbac, resources.clusterRoleBindings),
      read(withRbac, resources.roles),
      read(withRbac, resources.roleBindings),
      read(withPods || plan.serviceAccounts === true, resources.serviceAccounts),
      ...(plan.whole ? [namespaces(), version()] : []),
    ]);
  const [roleBindings, serviceAccounts] = rest;
  const policyApi = plan.policies ? policyApiOf(policies.apiVersion, gaps) : 'unknown';
  const inside = [pods, ...workloads, roles, roleBindings, serviceAccounts];
  const wantsNamespaces = plan.whole || (plan.namespace !== undefined && isVoid(inside));
  const inventory: Inventory = {
    origin: 'cluster',
    source: sourceOf(client),
    defaultNamespace: client.namespace,
    takenAt: plan.time,
    serverVersion: plan.whole || policyApi === 'absent' ? await version() : undefined,
    policyApi,
    policies: sortedByName(policies.items),
    rbac: {
      clusterRoles: sortedByName(clusterRoles.items),
      roles: sortedByName(roles.items),
      clusterRoleBindings: sortedByName(clusterRoleBindings.items),
      roleBindings: sortedByName(roleBindings.items),
    },
    namespaces: wantsNamespaces ? sortedByName(await namespaces()) : [],
    serviceAccounts: sortedByName(serviceAccounts.items),
    workloads: workloads.flatMap(({items}) => sortedByName(items)),
    pods: sortedByName(pods.items),
    caller: undefined,
    gaps: sortedGaps(gaps),
  };
  if (!plan.caller) return inventory;
  return withCaller(client, inventory, inventory.pods);
}

/** Whether something was read, and nothing found. */
function isVoid(lists: readonly Found<unknown>[]): boolean {
  return (
    lists.some(({apiVersion}) => apiVersion !== undefined) &&
    lists.every(({items}) => items.length === 0)
  );
}

interface Found<T> {
  readonly items: readonly T[];
  /** undefined if the server has no such kind, or it could not be read. */
  readonly apiVersion: string | undefined;
}

/** Lists a kind: over all namespaces, or in the one of the plan; failing rights, in each namespace. */
async function readResource<T>(
  client: ClusterReader,
  resource: Resource<T>,
  plan: ReadPlan,
  gaps: Gap[],
  run: Limiter,
  namespaces: () => Promise<
    readonly {readonly metadata: {readonly name?: string | undefined} | undefined}[]
  >,
): Promise<Found<T>> {
  const scope = resource.namespaced ? plan.namespace : undefined;
  const list = (apiVersion: string, namespace: string | undefined) =>
    run(() => listDecoded(client, resource, apiVersion, namespace, plan));
  let missing: unknown;
  for (const apiVersion of resource.apiVersions) {
    try {
      return {items: await list(apiVersion, scope), apiVersion};
    } catch (error) {
      if (client.isNotFound(error)) {
        missing = error;
        continue;
      }
      if (!client.isForbidden(error)) throw error;
      const reason = messageOf(error);
      if (!resource.namespaced || scope !== undefined) {
        gaps.push({resource: resource.plural, namespace: scope, reason});
        return {items: [], apiVersion};
      }
      const names = (await namespaces()).flatMap(({metadata}) => metadata?.name ?? []);
      if (names.length === 0) gaps.push({resource: resource.plural, namespace: undefined, reason});
      const parts = await Promise.all(
        names.map(namespace =>
          list(apiVersion, namespace).catch((inner: unknown) => {
            if (!client.isForbidden(inner)) throw inner;
            gaps.push({resource: resource.plural, namespace, reason: messageOf(inner)});
            return [];
          }),
        ),
      );
      return {items: parts.flat(), apiVersion};
    }
  }
  if (isInEveryCluster(resource)) throw missing;
  if (decidesRights(resource)) {
    gaps.push({resource: resource.plural, namespace: scope, reason: messageOf(missing)});
  }
  return {items: [], apiVersion: undefined};
}

async function listDecoded<T>(
  client: ClusterReader,
  resource: Resource<T>,
  apiVersion: string,
  namespace: string | undefined,
  plan: ReadPlan,
): Promise<readonly T[]> {
  const items: T[] = [];
  await client.list(listPath(resource, apiVersion, namespace), {
    cached: plan.exact !== true,
    ...pagesOf(resource, apiVersion, page => {
      for (const item of page) items.push(decodeLive(resource, apiVersion, item));
      plan.onProgress?.(resource.plural, page.length);
    }),
  });
  return items;
}

async function readNamespaces(client: ClusterReader, plan: ReadPlan, gaps: Gap[]) {
  try {
    return await listDecoded(client, resources.namespaces, 'v1', undefined, plan);
  } catch (error) {
    if (!client.isForbidden(error)) throw error;
    if (plan.namespace === undefined) {
      gaps.push({resource: 'namespaces', namespace: undefined, reason: messageOf(error)});
    }
    return [];
  }
}

/** Where a cluster's inventory comes from, for people. */
export function sourceOf({context, server}: ClusterReader): string {
  return context === '' ? server : `context ${context}`;
}

/** What the apiVersion that policies were found under says; undefined: under none. */
export function policyApiOf(apiVersion: string | undefined, gaps: readonly Gap[]): PolicyApi {
  if (gaps.some(({resource}) => resource === 'podsecuritypolicies')) return 'unknown';
  return policyVersions.find(version => version === apiVersion) ?? 'absent';
}

/** The server's git version; undefined if it may not be read. */
export async function readVersion(client: ClusterReader): Promise<string | undefined> {
  try {
    const version = await client.get('/version');
    const git = isObject(version) ? version.gitVersion : undefined;
    return typeof git === 'string' ? git : undefined;
  } catch (error) {
    // Only messages have it.
    if (client.isForbidden(error)) return undefined;
    throw error;
  }
}

/** In an order that does not depend on which answer came first. */
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
