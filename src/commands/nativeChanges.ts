import {type PlannedChange, readObject} from '../apply/applyAll.ts';
import {objectPath, planPut} from '../apply/planChange.ts';
import {plain} from '../apply/sameMeaning.ts';
import {exitCodes, UserError} from '../errors.ts';
import {gapText} from '../inventory/gaps.ts';
import type {Gap, Inventory} from '../inventory/inventory.ts';
import {driftText, makeAgain} from '../inventory/native/nativeFacts.ts';
import {nativeHomeOf} from '../inventory/native/nativeHome.ts';
import {limiter} from '../inventory/read/limiter.ts';
import {readNamespaces} from '../inventory/read/readNamespaces.ts';
import {readNative, versionOfNative} from '../inventory/read/readNative.ts';
import {readRbac, withGranted} from '../inventory/read/readRbac.ts';
import type {Reading} from '../inventory/read/readResource.ts';
import {policyVersion} from '../kube/apiGroups.ts';
import {isObject, type JsonObject} from '../kube/json.ts';
import type {Policy} from '../kube/objects.ts';
import {once} from '../once.ts';
import type {RbacObjects} from '../rbac/authorize.ts';
import type {Cluster} from './world.ts';

/** A change of the policies that live in admission policies. */
export interface NativeEdit {
  /** Made, or put in the place of those of the same name. */
  readonly put?: readonly Policy[];
  readonly removed?: readonly Policy[];
  /** Roles and bindings that are made with it, as the API has them. */
  readonly granted?: readonly object[];
}

/**
 * What a change of policies comes to on a server where they live in admission policies: these are made again as a
 * whole, and their bindings stay. undefined where they don't live so. A UserError if somebody has changed them since
 * the edit began, or if they are not what their sources say.
 */
export async function nativeChanges(
  cluster: Cluster,
  {put = [], removed = [], granted = []}: NativeEdit,
): Promise<readonly PlannedChange[] | undefined> {
  if (await servesPolicies(cluster)) return undefined;
  const gaps: Gap[] = [];
  const reading = readingOf(cluster, gaps);
  const read = await readNative(reading);
  if (gaps[0] !== undefined) {
    throw refused(`what policies live in could not be read: ${gaps[0].reason}`);
  }
  const {policies, admissionPolicies = []} = read;
  const options = nativeHomeOf(admissionPolicies)?.options;
  if (admissionPolicies.length === 0) return undefined;
  const {nativeFactsOf} = await import('../migrate/native/nativeDrift.ts');
  const drift = nativeFactsOf(admissionPolicies)?.drift;
  if (drift !== undefined || options === undefined) {
    const why = drift ? driftText(drift) : 'they do not say how they were made';
    throw refused(`${why}; ${makeAgain} makes them again first`);
  }
  if (options.static) throw refused('they are files of the server');
  requireVersion([...put, ...removed], versionOfNative(admissionPolicies));
  const after = policiesAfter(policies, {put, removed});
  const {nativeObjects} = await import('../migrate/native/nativeObjects.ts');
  const made = nativeObjects(after, options, await rightsFor(after, reading, granted)).objects;
  return changesOf(
    cluster,
    made.filter(({kind}) => !/Binding$/.test(String(kind))),
  );
}

/** All namespaces, as they are now. */
function readingOf(cluster: Cluster, gaps: Gap[]): Reading {
  const reading = {client: cluster, namespace: undefined, exact: true, gaps, run: limiter()};
  const namespaces = once(async () => {
    const all = await readNamespaces({...reading, gaps: []});
    return all.flatMap(({metadata}) => metadata?.name ?? []);
  });
  return {...reading, home: cluster.namespace, namespaces};
}

/**
 * The rights by which policies that differ in values alone are put together; undefined if there are none such. One
 * that could not be read would be a policy that is never tried: an error.
 */
async function rightsFor(
  policies: readonly Policy[],
  reading: Reading,
  granted: readonly object[],
): Promise<RbacObjects | undefined> {
  const {runsOf} = await import('../migrate/native/units.ts');
  if (runsOf(policies).length === 0) return undefined;
  const rbac = await readRbac(reading);
  const [gap] = reading.gaps;
  if (gap === undefined) return withGranted(rbac, granted.map(plain));
  throw refused(
    `so many are alike that they are tried by who may use them, and that is not known: ${gapText(gap)}`,
  );
}

/** Whether the server has PodSecurityPolicies; a server that does not say what it has is taken for one. */
async function servesPolicies(cluster: Cluster): Promise<boolean> {
  try {
    const group = await readObject(cluster, `/apis/${policyVersion}`);
    const {resources} = group ?? {};
    const names = Array.isArray(resources) ? resources.filter(isObject) : [];
    return names.some(({name}) => name === 'podsecuritypolicies');
  } catch (error) {
    if (cluster.isForbidden(error)) return true;
    throw error;
  }
}

function requireVersion(edited: readonly Policy[], version: string | undefined): void {
  const stale = edited.find(
    ({metadata: {resourceVersion}}) => resourceVersion !== undefined && resourceVersion !== version,
  );
  if (stale === undefined) return;
  throw refused(
    `somebody has changed the policies since ${stale.metadata.name} was read: read them again and repeat the change`,
  );
}

function refused(why: string): UserError {
  return new UserError(`the policies live in admission policies: ${why}`, exitCodes.refused);
}

/** The policies once a change is made. */
export function policiesAfter(
  policies: Inventory['policies'],
  {put = [], removed = []}: NativeEdit,
): readonly Policy[] {
  const gone = new Set([...put, ...removed].map(({metadata}) => metadata.name));
  return [...policies.filter(({metadata}) => !gone.has(metadata.name)), ...put];
}

async function changesOf(
  cluster: Cluster,
  objects: readonly JsonObject[],
): Promise<readonly PlannedChange[]> {
  const changes: PlannedChange[] = [];
  for (const object of objects) {
    changes.push(planPut(object, await readObject(cluster, objectPath(object))));
  }
  return changes;
}
