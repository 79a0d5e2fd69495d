import {messageOf} from '../errors.ts';
import {isAbsence} from '../inventory/gaps.ts';
import type {Gap, Inventory} from '../inventory/inventory.ts';
import {
  decodeLive,
  listPath,
  pagesOf,
  type Resource,
  resources,
  sortedByName,
} from '../inventory/kinds/resources.ts';
import {readVersion, sortedGaps, sourceOf} from '../inventory/read/readCluster.ts';
import type {ClusterReader} from '../inventory/read/reader.ts';
import {isOfNoKind} from '../inventory/read/removedKinds.ts';
import {isByLabels} from '../inventory/regime.ts';
import {validatedPolicyKey} from '../kube/annotations.ts';
import {policyVersions, rbacVersion} from '../kube/apiGroups.ts';
import type {Binding, Policy, Role} from '../kube/objects.ts';
import {minorOf, type Release, releaseOf} from '../kube/release.ts';
import type {RbacObjects} from '../rbac/authorize.ts';
import {ask, itemsIn} from './asking.ts';
import {
  type CheckNative,
  isIdle,
  type NativeState,
  nativeStateOf,
  readHome,
} from './checkNative.ts';
import {type Probe, probePlugin} from './checkProbe.ts';
import {type OwnRight, readOwnRights} from './checkRights.ts';
import {isPlatformName, type PolicyReach} from './managedPolicies.ts';
import {type PodEvidence, readEvidence} from './podEvidence.ts';
import {type PodSecurityProbe, probePodSecurity} from './podSecurityProbe.ts';
import {policyReaches} from './policyReach.ts';

/** Everything that is known about whether a cluster has PodSecurityPolicy. */
export interface CheckFacts {
  /** For people: "context prod". */
  readonly source: string;
  readonly isLive: boolean;
  readonly namespace: string;
  /** The git version of the server, for example v1.24.17. */
  readonly version: string | undefined;
  /** The release by whose rules answers are made. */
  readonly release: Release;
  /** The API versions that serve it; undefined if that is unknown. */
  readonly servedIn: readonly string[] | undefined;
  /** Policies that live in admission policies: what these do; undefined if there are none. */
  readonly native: NativeState | undefined;
  /** undefined: no pod was tried. */
  readonly probe: Probe | undefined;
  /** Whether the labels of namespaces decide, as there are no policies. */
  readonly isByLabels: boolean;
  /** What the server said of Pod Security Admission; undefined if it was not asked. */
  readonly podSecurity: PodSecurityProbe | undefined;
  readonly evidence: PodEvidence | undefined;
  /** The names of the policies; undefined if they are not known. */
  readonly policies: readonly string[] | undefined;
  /** The policies that have the names of a platform's policies. */
  readonly managed: readonly PolicyReach[];
  /** The API groups that are served. */
  readonly groups: readonly string[];
  /** Whether kube-system has the RoleBinding that Azure creates for its policy. */
  readonly hasAzureBinding: boolean;
  readonly rights: readonly OwnRight[];
  readonly gaps: readonly Gap[];
}

const azureBinding = 'default:privileged';

/** The first release in which a server respects `dryRun`; an older one would create the pod. */
const firstDryRun = 13;

/** Asks a cluster. What may not be asked becomes unknown; throws if the server can't be reached. */
export async function readCheckFacts(
  client: ClusterReader,
  namespace: string,
  how: CheckNative,
): Promise<CheckFacts> {
  const [version, servedIn, groups, listed, hasAzureBinding, own] = await Promise.all([
    readVersion(client),
    readServed(client),
    readGroups(client),
    readPolicies(client),
    ask(client, `${listPath(resources.roleBindings, rbacVersion, 'kube-system')}/${azureBinding}`),
    readOwnRights(client, namespace),
  ]);
  const mayBeOn = servedIn === undefined || servedIn.length > 0;
  // Who may not list them is told so also where there is no such kind.
  const policies = mayBeOn ? listed : {found: [], gaps: []};
  const probe = mayBeOn ? await safeProbe(client, namespace, version) : undefined;
  const home = mayBeOn ? undefined : await readHome(client, how);
  const found = home?.policies ?? policies.found;
  const isLabelled = home !== undefined && isIdle(home.state) && !home.isHidden;
  const podSecurity = isLabelled ? await safeLabelProbe(client, namespace, version) : undefined;
  const evidence = probe?.plugin === 'unknown' ? await readEvidence(client, namespace) : undefined;
  return {
    source: sourceOf(client),
    isLive: true,
    namespace,
    version,
    release: releaseOf(version),
    servedIn,
    probe,
    isByLabels: isLabelled,
    podSecurity,
    evidence,
    policies: found?.map(({metadata}) => metadata.name),
    native: home?.state,
    managed: await readReaches(client, found ?? [], releaseOf(version)),
    groups,
    hasAzureBinding: hasAzureBinding !== undefined,
    rights: own.rights.filter(({resource}) => mayBeOn || resource !== resources.policies.plural),
    gaps: sortedGaps([
      ...own.gaps,
      ...policies.gaps,
      ...(home?.gaps ?? []).filter(gap => !isOfNoKind(gap, version)),
    ]),
  };
}

/** The same from a snapshot or manifests, which know nothing about rights and times. */
export function checkFactsOf(inventory: Inventory, namespace: string): CheckFacts {
  const {policies, rbac, serverVersion, source, gaps} = inventory;
  return {
    source,
    isLive: false,
    namespace,
    version: serverVersion,
    release: inventory.release,
    probe: undefined,
    isByLabels: isByLabels(inventory),
    podSecurity: undefined,
    ...admissionFactsOf(inventory),
    policies: policies.map(({metadata}) => metadata.name),
    managed: policyReaches(
      policies.filter(({metadata}) => isPlatformName(metadata.name)),
      gaps.some(({resource}) => isWideKind(resource)) ? undefined : rbac,
      inventory.release,
    ),
    groups: [],
    hasAzureBinding: rbac.roleBindings.some(
      ({metadata}) => metadata?.namespace === 'kube-system' && metadata.name === azureBinding,
    ),
    rights: [],
    gaps,
  };
}

/** What an inventory says about the admission plugin: the annotations of pods that a cluster let in tell. */
export function admissionFactsOf(
  inventory: Pick<
    Inventory,
    'origin' | 'policyApi' | 'pods' | 'gaps' | 'admissionPolicies' | 'native'
  >,
  {pods, marked}: Marks = marksOf(inventory),
): Pick<CheckFacts, 'servedIn' | 'evidence' | 'native'> {
  const {policyApi, gaps, admissionPolicies, native} = inventory;
  const isRead = (gap: Gap) => gap.resource !== 'pods' || isAbsence(gap);
  const arePodsUnread = pods === 0 && !gaps.every(isRead);
  return {
    native: nativeStateOf({admissionPolicies, native}),
    servedIn: policyApi === 'unknown' ? undefined : policyApi === 'absent' ? [] : [policyApi],
    evidence: arePodsUnread ? undefined : {pods, marked, youngest: undefined},
  };
}

/** How many pods a cluster let in, and how many of them bear the name of a policy. */
export interface Marks {
  readonly pods: number;
  readonly marked: number;
}

/** What the pods tell of the admission plugin. */
export function marksOf({pods: all, origin}: Pick<Inventory, 'pods' | 'origin'>): Marks {
  let pods = 0;
  let marked = 0;
  for (const {metadata} of all) {
    if (origin !== 'cluster' && metadata.uid === undefined) continue;
    pods += 1;
    if (metadata.annotations?.[validatedPolicyKey] !== undefined) marked += 1;
  }
  return {pods, marked};
}

/** Tries a pod where servers can be asked to; on older ones, nothing is known. */
export async function safeProbe(
  client: ClusterReader,
  namespace: string,
  version: string | undefined,
): Promise<Probe> {
  if ((minorOf(version) ?? 0) >= firstDryRun) return probePlugin(client, namespace);
  const what = version === undefined ? 'its version is not known' : `it is ${version}`;
  const reason = `no pod can be tried: ${what}, and servers before 1.${firstDryRun} would create it`;
  return {plugin: 'unknown', reason};
}

async function safeLabelProbe(
  client: ClusterReader,
  namespace: string,
  version: string | undefined,
): Promise<PodSecurityProbe | undefined> {
  const isSafe = (minorOf(version) ?? 0) >= firstDryRun;
  return isSafe ? probePodSecurity(client, namespace) : undefined;
}

async function readServed(client: ClusterReader): Promise<readonly string[] | undefined> {
  const served: string[] = [];
  for (const version of policyVersions) {
    try {
      const answer = await client.get(`/apis/${version}`);
      const names = itemsIn(answer, 'resources').map(({name}) => name);
      if (names.includes(resources.policies.plural)) served.push(version);
    } catch (error) {
      if (client.isForbidden(error)) return undefined;
      if (!client.isNotFound(error)) throw error;
    }
  }
  return served;
}

async function readGroups(client: ClusterReader): Promise<readonly string[]> {
  const answer = await ask(client, '/apis');
  return itemsIn(answer, 'groups').flatMap(({name}) => (typeof name === 'string' ? [name] : []));
}

async function readPolicies(client: ClusterReader): Promise<{
  /** By name; undefined if they may not be listed. */
  readonly found: readonly Policy[] | undefined;
  readonly gaps: readonly Gap[];
}> {
  const {plural} = resources.policies;
  for (const apiVersion of policyVersions) {
    try {
      return {found: await listAll(client, resources.policies, apiVersion), gaps: []};
    } catch (error) {
      if (client.isNotFound(error)) continue;
      if (!client.isForbidden(error)) throw error;
      const gap = {resource: plural, namespace: undefined, reason: messageOf(error)};
      return {found: undefined, gaps: [gap]};
    }
  }
  return {found: [], gaps: []};
}

/** The roles and bindings of the whole cluster are only read if a policy has the name of a platform's policy. */
async function readReaches(
  client: ClusterReader,
  policies: readonly Policy[],
  release: Release,
): Promise<readonly PolicyReach[]> {
  const wanted = policies.filter(({metadata}) => isPlatformName(metadata.name));
  return wanted.length === 0 ? [] : policyReaches(wanted, await readWideRbac(client), release);
}

async function readWideRbac(client: ClusterReader): Promise<RbacObjects | undefined> {
  try {
    const [clusterRoles, clusterRoleBindings] = await Promise.all([
      listAll(client, resources.clusterRoles, rbacVersion),
      listAll(client, resources.clusterRoleBindings, rbacVersion),
    ]);
    return {clusterRoles, clusterRoleBindings, roles: [], roleBindings: []};
  } catch (error) {
    if (client.isForbidden(error) || client.isNotFound(error)) return undefined;
    throw error;
  }
}

function isWideKind(plural: string): boolean {
  return [resources.clusterRoles, resources.clusterRoleBindings].some(
    resource => resource.plural === plural,
  );
}

/** All objects of a kind, by name; throws as the client does. */
async function listAll<T extends Policy | Role | Binding>(
  client: ClusterReader,
  resource: Resource<T>,
  apiVersion: string,
): Promise<readonly T[]> {
  const items: T[] = [];
  await client.list(listPath(resource, apiVersion, undefined), {
    ...pagesOf(resource, apiVersion, page => {
      for (const item of page) items.push(decodeLive(resource, apiVersion, item));
    }),
  });
  return sortedByName(items);
}
