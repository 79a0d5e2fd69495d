import {isDeepStrictEqual} from 'node:util';
import type {JsonObject} from '../../kube/json.ts';
import type {RuntimeClass} from '../../kube/objects.ts';
import {releaseOf} from '../../kube/release.ts';
import {emptyInventory, type Gap, type Inventory} from '../inventory.ts';
import {
  admissionResources,
  isOfAdmission,
  resources,
  runtimeClasses,
  workloadResources,
} from '../kinds/resources.ts';
import {isNative} from '../native/nativeHome.ts';
import {sourceMapsOf} from '../native/sources.ts';
import {sortedGaps, sourceOf} from '../read/readCluster.ts';
import type {ClusterReader} from '../read/reader.ts';
import {
  admissionGap,
  type NativeReading,
  nativeReading,
  unreadSources,
} from '../read/readNative.ts';
import {isGapOfPolicies, isOfNoKind, policyApiIn} from '../read/removedKinds.ts';
import {type Collection, createCollection, sharing} from './liveStore.ts';

/** Everything that is known about a cluster, as it changes; it survives a new reading of everything. */
export interface Tables {
  readonly policies: Collection<Inventory['policies'][number]>;
  readonly clusterRoles: Collection<Inventory['rbac']['clusterRoles'][number]>;
  readonly roles: Collection<Inventory['rbac']['roles'][number]>;
  readonly clusterRoleBindings: Collection<Inventory['rbac']['clusterRoleBindings'][number]>;
  readonly roleBindings: Collection<Inventory['rbac']['roleBindings'][number]>;
  readonly namespaces: Collection<Inventory['namespaces'][number]>;
  readonly serviceAccounts: Collection<Inventory['serviceAccounts'][number]>;
  readonly runtimeClasses: Collection<RuntimeClass>;
  readonly pods: Collection<Inventory['pods'][number]>;
  /** One for each kind, in the order of `workloadResources`. */
  readonly workloads: readonly Collection<Inventory['workloads'][number]>[];
  /** All of them; the same list until something in it changes. */
  joinedWorkloads(): Inventory['workloads'];
  /** One for each kind that policies may live in, in the order of `admissionResources`. */
  readonly admission: readonly Collection<JsonObject>[];
  /** The ConfigMaps that their sources are kept in, by name. */
  readonly sourceMaps: Map<string, JsonObject>;
  /** By resource and namespace, see `gapKey`. */
  readonly gaps: Map<string, Gap>;
  readonly facts: Facts;
}

/** What is known besides the objects. */
export interface Facts {
  serverVersion: string | undefined;
  /** Whether all has been read once. */
  isWhole: boolean;
  /** Whether runtime classes were asked for and something came of it. */
  areClassesKnown: boolean;
  /** Where policies are served; `absent` if nowhere. */
  policyApi: Inventory['policyApi'];
}

export function createTables(): Tables {
  const workloads = workloadResources.map(createCollection);
  return {
    policies: createCollection(resources.policies),
    clusterRoles: createCollection(resources.clusterRoles),
    roles: createCollection(resources.roles),
    clusterRoleBindings: createCollection(resources.clusterRoleBindings),
    roleBindings: createCollection(resources.roleBindings),
    namespaces: createCollection(resources.namespaces),
    serviceAccounts: createCollection(resources.serviceAccounts),
    runtimeClasses: createCollection(runtimeClasses),
    pods: createCollection(resources.pods),
    workloads,
    joinedWorkloads: joining(workloads),
    admission: admissionResources.map(createCollection),
    sourceMaps: new Map(),
    gaps: new Map(),
    facts: {serverVersion: undefined, isWhole: false, areClassesKnown: false, policyApi: 'unknown'},
  };
}

/** The lists of some collections as one. */
function joining<T>(collections: readonly Collection<T>[]): () => readonly T[] {
  let lists: readonly (readonly T[])[] = [];
  let joined: readonly T[] = [];
  return () => {
    const now = sharing(
      lists,
      collections.map(each => each.value()),
    );
    if (now !== lists) {
      lists = now;
      joined = lists.flat();
    }
    return joined;
  };
}

export function addGap({gaps}: Tables, gap: Gap): void {
  gaps.set(gapKey(gap), gap);
}

/** Forgets the gap of a resource in a namespace; without a namespace, all gaps of the resource. */
export function clearGaps({gaps}: Tables, resource: string, namespace?: string): void {
  if (namespace !== undefined) gaps.delete(gapKey({resource, namespace}));
  else for (const [key, gap] of gaps) if (gap.resource === resource) gaps.delete(key);
}

function gapKey({resource, namespace = ''}: Omit<Gap, 'reason'>): string {
  return `${resource}/${namespace}`;
}

/** Notes under which apiVersion policies were found, if anywhere; call it after the gaps are noted. */
export function notePolicyApi({gaps, facts}: Tables, apiVersion: string | undefined): void {
  facts.policyApi = policyApiIn(apiVersion, [...gaps.values()], facts.serverVersion);
}

/** The inventory of a cluster before anything is read. */
export function unreadInventory(client: ClusterReader): Inventory {
  return {
    ...emptyInventory,
    origin: 'cluster',
    source: sourceOf(client),
    defaultNamespace: client.namespace,
  };
}

/** The policies, and what they live in where the server serves none; what can't be read of that is a gap. */
function nativeIn(
  {policies, admission, sourceMaps}: Tables,
  policyApi: Inventory['policyApi'],
  before: Inventory,
): NativeReading & {readonly gaps: readonly Gap[]} {
  const {staticPolicies = []} = before;
  const own = [...admission.flatMap(kind => kind.value()).filter(isNative), ...staticPolicies];
  if (policyApi !== 'absent' || own.length === 0) {
    return {policies: policies.value(), admissionPolicies: undefined, gaps: []};
  }
  const maps = own
    .flatMap(sourceMapsOf)
    .map(name => sourceMaps.get(name))
    .filter(map => map !== undefined);
  const objects = sharing<readonly JsonObject[]>(before.admissionPolicies ?? [], [...own, ...maps]);
  if (objects === before.admissionPolicies) {
    const gaps = before.gaps.filter(({reason}) => reason.startsWith(unreadSources));
    return {policies: before.policies, admissionPolicies: objects, gaps};
  }
  const gaps: Gap[] = [];
  const reading = nativeReading(objects, reason => gaps.push({...admissionGap, reason}));
  return {...reading, gaps};
}

/** Whoever may not list them is told so of the pods that name one; no other answer depends on them. */
function classesIn({runtimeClasses: read, gaps, facts}: Tables): Inventory['runtimeClasses'] {
  const isUnread = gaps.has(gapKey({resource: runtimeClasses.plural, namespace: undefined}));
  return facts.areClassesKnown && !isUnread ? read.value() : undefined;
}

/** What could not be read, but for kinds that the server has not; and where it serves policies. */
function missingIn({gaps, facts}: Tables): {
  readonly policyApi: Inventory['policyApi'];
  readonly missing: readonly Gap[];
} {
  const all = [...gaps.values()];
  const missing = all.filter(
    gap => gap.resource !== runtimeClasses.plural && !isOfNoKind(gap, facts.serverVersion),
  );
  const policyApi =
    all.some(isGapOfPolicies) && !missing.some(isGapOfPolicies) ? 'absent' : facts.policyApi;
  // Elsewhere nobody looks for policies in admission policies.
  return {
    policyApi,
    missing: policyApi === 'absent' ? missing : missing.filter(gap => !isOfAdmission(gap)),
  };
}

/**
 * The inventory of what the tables hold now. What is the same as in `before` is the same value: each
 * list, and the inventory itself. `time` is now, as ISO 8601.
 */
export function inventoryOf(tables: Tables, before: Inventory, time: string): Inventory {
  const {policyApi, missing} = missingIn(tables);
  const {gaps: nativeGaps, ...native} = nativeIn(tables, policyApi, before);
  const gaps = sortedGaps([...missing, ...nativeGaps]);
  const next: Inventory = {
    ...before,
    serverVersion: tables.facts.serverVersion,
    release: releaseOf(tables.facts.serverVersion),
    policyApi,
    ...native,
    rbac: sharing(before.rbac, {
      clusterRoles: tables.clusterRoles.value(),
      roles: tables.roles.value(),
      clusterRoleBindings: tables.clusterRoleBindings.value(),
      roleBindings: tables.roleBindings.value(),
    }),
    namespaces: tables.namespaces.value(),
    serviceAccounts: tables.serviceAccounts.value(),
    runtimeClasses: classesIn(tables),
    workloads: tables.joinedWorkloads(),
    pods: tables.pods.value(),
    gaps: isDeepStrictEqual(gaps, before.gaps) ? before.gaps : gaps,
  };
  return sharing(before, next) === before ? before : {...next, takenAt: time};
}
