import {rulesOf} from '../../check/rules.ts';
import {exitCodes, UserError} from '../../errors.ts';
import {gapSummaries, gapText, isAbsence, rbacKinds, runningKinds} from '../../inventory/gaps.ts';
import {type Gap, type Inventory, namespacesOf} from '../../inventory/inventory.ts';
import {isOfAdmission, persistentVolumes} from '../../inventory/kinds/resources.ts';
import {mayReadFiles} from '../../inventory/native/nativePolicies.ts';
import {type ReadNeeds, readCluster, withCaller} from '../../inventory/read/readCluster.ts';
import type {ClusterReader} from '../../inventory/read/reader.ts';
import {unreadSources} from '../../inventory/read/readNative.ts';
import {isByLabels} from '../../inventory/regime.ts';
import {nearNames} from '../../kube/nearNames.ts';
import type {Policy} from '../../kube/objects.ts';
import {firstRelease, minorOf} from '../../kube/release.ts';
import {count} from '../../text.ts';
import type {
  filenameFlag,
  scopeFlags,
  settingsFlag,
  sourceFlags,
  staticFlag,
  ValuesOf,
} from '../flags.ts';
import type {World} from '../world.ts';
import {withSettings} from './admissionConfig.ts';
import {readSources, sourceNames} from './readSources.ts';
import {refuseOwnVersion, releaseOfFiles, wantedRelease} from './release.ts';

/** Where a command is to look. */
export type SourceRequest = Partial<
  ValuesOf<
    typeof sourceFlags &
      typeof scopeFlags &
      typeof filenameFlag &
      typeof settingsFlag &
      typeof staticFlag
  >
>;

export interface Loaded {
  readonly inventory: Inventory;
  /** The namespace that the answer is about; undefined for all. */
  readonly namespace: string | undefined;
}

/**
 * Reads what the flags name. Files that hold a policy are the whole world; to others, policies, RBAC
 * and service accounts come from the cluster, --from or the demo.
 */
export async function load(world: World, flags: SourceRequest, needs: ReadNeeds): Promise<Loaded> {
  const filename = sourceNames(flags);
  if (filename.length === 0) return withBase(world, flags, needs, async loaded => loaded);
  requireConsistentSource(flags);

  const {inventoryOfFiles, worldOfFiles} = await import('./loadFiles.ts');
  const documents = await readSources(world, flags);
  const namespace = flags.namespace ?? (await world.defaultNamespace(flags));
  const files = inventoryOfFiles(
    documents,
    filename,
    {namespace, release: releaseOfFiles(flags), isStrict: flags.strict},
    world,
  );
  if (files.workloads.length + files.pods.length + files.unjudged.length === 0) {
    const hint =
      files.policies.length + (files.refused ?? []).length > 0
        ? ': policies alone say nothing about pods, add those of the cluster, as kubectl get deploy,sts,ds,rs,job,cronjob,pod -A -o yaml prints them'
        : '';
    throw new UserError(
      `${filename.join(', ')}: no pods or workloads in ${count(documents.length, 'document')}${hint}`,
    );
  }
  if (!needs.policies) return {inventory: files, namespace: undefined};
  if (files.policies.length + (files.refused ?? []).length > 0) {
    const inventory = worldOfFiles(files, world);
    warnOfGaps(world, relevantGaps(inventory, needs), flags);
    return {inventory, namespace: undefined};
  }
  return {inventory: await overBase(world, flags, files, needs), namespace: undefined};
}

/** Refuses flags that exclude each other. */
export function requireConsistentSource({from = [], demo = false, namespace}: SourceRequest): void {
  const problem =
    (demo && from.length > 0 && '--demo and --from exclude each other') ||
    (namespace === '' && '-n: the namespace is empty');
  if (problem) throw new UserError(problem, exitCodes.usage);
}

/**
 * Reads what the flags name but for -f: the demo, --from, or the cluster, which is still open while it
 * is used (undefined for the other two).
 */
export async function withBase<T>(
  world: World,
  flags: SourceRequest,
  needs: ReadNeeds,
  use: (base: Loaded, cluster: ClusterReader | undefined) => Promise<T>,
): Promise<T> {
  requireConsistentSource(flags);
  const answer = (inventory: Inventory, cluster: ClusterReader | undefined) => {
    warnOfRules(world, inventory);
    warnOfGaps(world, relevantGaps(inventory, needs), flags);
    const namespace = flags.allNamespaces
      ? undefined
      : (flags.namespace ?? inventory.defaultNamespace);
    return use({inventory, namespace}, cluster);
  };
  const checked = needs.sourcesAlone ? async (read: Inventory) => read : checkedNative;
  const offline = await loadOffline(world, flags);
  if (offline !== undefined) return answer(await checked(offline), undefined);
  return withCluster(world, flags, async (cluster, namespace) => {
    const read = await readCluster(cluster, {
      namespace: needs.everywhere ? undefined : namespace,
      home: flags.namespace,
      ...needs,
      time: world.now(),
    });
    return answer(await checked(await withSettings(world, flags, read)), cluster);
  });
}

/** The inventory, once it is known whether admission policies that policies live in do what these say. */
export async function checkedNative(inventory: Inventory): Promise<Inventory> {
  if (inventory.admissionPolicies === undefined) return inventory;
  const {withNativeFacts} = await import('../../migrate/native/nativeDrift.ts');
  return withNativeFacts(inventory);
}

/** The demo or --from; undefined if the cluster is meant. */
export async function loadOffline(
  world: World,
  flags: SourceRequest,
): Promise<Inventory | undefined> {
  const {from = [], demo = false} = flags;
  if (!demo && from.length === 0) return undefined;
  const {readOffline} = await import('./loadOffline.ts');
  const read = await readOffline(world, {
    from,
    demo,
    namespace: flags.namespace,
    release: wantedRelease(flags),
    isStrict: flags.strict,
  });
  return withSettings(world, flags, read);
}

/** Pods and workloads of files, before the policies and rights of the base. */
async function overBase(
  world: World,
  flags: SourceRequest,
  files: Inventory,
  needs: ReadNeeds,
): Promise<Inventory> {
  const {filesOver} = await import('./loadFiles.ts');
  const offline = await loadOffline(world, flags);
  if (offline !== undefined) {
    const laid = filesOver({...offline, caller: undefined}, files);
    warnOfGaps(world, relevantGaps(laid, needs), flags);
    return laid;
  }
  return withCluster(world, {...flags, allNamespaces: true}, async cluster => {
    // Files of one namespace need no more than the rights to read that one.
    const [namespace, ...others] = namespacesOf({...files, namespaces: []});
    const read = await readCluster(cluster, {
      namespace: others.length === 0 ? namespace : undefined,
      time: world.now(),
      policies: true,
      workloads: false,
      serviceAccounts: true,
      caller: false,
    });
    const known = await checkedNative(await withSettings(world, flags, read));
    const base = needs.caller ? await withCaller(cluster, known, files.pods) : known;
    warnOfRules(world, base);
    warnOfGaps(world, base, flags);
    return filesOver(base, files);
  });
}

/** Opens a cluster, uses it, and closes it whatever happens. */
export async function withCluster<T>(
  world: World,
  flags: SourceRequest,
  use: (cluster: ClusterReader, namespace: string | undefined) => Promise<T>,
): Promise<T> {
  refuseOwnVersion(flags);
  const cluster = await world.connect(flags);
  try {
    return await use(
      cluster,
      flags.allNamespaces ? undefined : (flags.namespace ?? cluster.namespace),
    );
  } finally {
    cluster.close();
  }
}

/** Says so where a server is too old for its rules to be known. */
function warnOfRules(world: World, {serverVersion: version, release}: Inventory): void {
  const minor = minorOf(version);
  if (minor === undefined || minor >= firstRelease || release !== firstRelease) return;
  const {says} = rulesOf({version, release, isLive: true});
  world.warn(
    `note: the server is ${version}, and is judged by the rules of a later release: ${says}`,
  );
}

/** What could not be read, a line for each kind of trouble; with -v, for each thing. */
export function warnOfGaps(
  world: World,
  {gaps}: Pick<Inventory, 'gaps'>,
  {v}: Pick<SourceRequest, 'v'>,
): void {
  const lines = v === undefined ? gapSummaries(gaps) : gaps.map(gapText);
  for (const line of lines) world.warn(`incomplete: ${line}`);
}

/** The gaps that an answer depends on: files need not hold what nobody asks about. */
function relevantGaps(
  inventory: Inventory,
  {policies, rbac = policies, workloads, volumes}: ReadNeeds,
): Pick<Inventory, 'gaps'> {
  const {gaps, policies: known} = inventory;
  const wanted = [
    ...(rbac && known.length > 0 ? rbacKinds : []),
    ...(workloads ? runningKinds : []),
    ...(volumes ? [persistentVolumes] : []),
  ];
  const isWanted = ({resource}: Gap) => wanted.some(({plural}) => plural === resource);
  // What a level does to pods does not depend on rights.
  const isVain = ({resource}: Gap) =>
    workloads && isByLabels(inventory) && rbacKinds.some(({plural}) => plural === resource);
  return {gaps: gaps.filter(gap => (!isAbsence(gap) || isWanted(gap)) && !isVain(gap))};
}

/** Refuses to answer about a namespace that is not there: a misspelt one has no findings. */
export function requireNamespace(inventory: Inventory, wanted: string | undefined): void {
  const {namespaces} = inventory;
  if (wanted === undefined || namespaces.length === 0) return;
  if (namespaces.some(({metadata}) => metadata?.name === wanted)) return;
  const near = nearNames(wanted, namespacesOf(inventory), 'namespaces');
  throw new UserError(`namespace ${JSON.stringify(wanted)} not found: ${near}`);
}

/** The policy of this name in the inventory; else a UserError with the names that are near. */
export function policyNamed({policies, refused = [], source}: Inventory, wanted: string): Policy {
  const found = policies.find(({metadata}) => metadata.name === wanted);
  if (found !== undefined) return found;
  const refusal = refused.find(({policy}) => policy.metadata.name === wanted);
  if (refusal !== undefined) {
    throw new UserError(
      `policy ${JSON.stringify(wanted)} can't exist, the API server would refuse it: ${refusal.reason}`,
    );
  }
  const names = policies.map(({metadata}) => metadata.name);
  throw new UserError(
    `policy ${JSON.stringify(wanted)} not found in ${source}: ${nearNames(wanted, names, 'policies')}`,
  );
}

/** Refuses to answer about policies where there are none, and says by what that world judges. */
export function requirePolicies(inventory: Inventory): void {
  const {serverVersion = 'this version'} = inventory;
  const unseen = mayReadFiles(inventory.serverVersion)
    ? '; those that the server itself reads from files no API shows: get, who-can and others take --static-policies'
    : '';
  if (isByLabels(inventory) && inventory.policies.length === 0) {
    throw new UserError(
      `the server (${serverVersion}) has no PodSecurityPolicy: Kubernetes 1.25 removed it, and the labels of namespaces decide: see why and migrate labels; advise proposes policies for what runs, and those in files are read with -f or --from${unseen}`,
    );
  }
  requireReadPolicies(inventory);
}

/** Refuses to answer where there may be policies that could not be read. */
export function requireReadPolicies(inventory: Inventory): void {
  if (isByLabels(inventory)) return;
  const gap = inventory.gaps.find(
    one => one.resource === 'podsecuritypolicies' || isOfAdmission(one),
  );
  if (gap === undefined) return;
  const why = gap.reason.startsWith(unreadSources)
    ? `the policies live in admission policies, and ${gap.reason}; kubectl psp migrate policies --from FILE --apply makes them again from the policies in a file`
    : `could not read ${gap.resource}: ${gap.reason}`;
  throw new UserError(why, exitCodes.refused);
}
