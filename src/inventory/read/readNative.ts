import {messageOf} from '../../errors.ts';
import {isObject, type JsonObject} from '../../kube/json.ts';
import type {Inventory} from '../inventory.ts';
import {admissionResources} from '../kinds/resources.ts';
import {isNative} from '../native/nativeHome.ts';
import {policiesOfNativeObjects} from '../native/nativePolicies.ts';
import {sourceMapsOf, sourcesNamespace} from '../native/sources.ts';
import type {ClusterReader} from './reader.ts';
import {nothing, type Reading, readResource} from './readResource.ts';

/** That nothing is known of the policies in them. */
export const admissionGap = {resource: 'validatingadmissionpolicies', namespace: undefined};

/** How the reason of such a gap begins. */
export const unreadSources = "the policies that they were made from can't be read";

/** The policies of a server that serves no PodSecurityPolicies, and what they live in. */
export type NativeReading = Pick<Inventory, 'policies' | 'admissionPolicies'>;

/**
 * Reads the admission policies that policies were compiled into, if there are any. What may not be read of
 * them is a gap: there may be policies.
 */
export async function readNative(reading: Reading): Promise<NativeReading> {
  const {gaps} = reading;
  const known = gaps.length;
  const [first, ...others] = admissionResources;
  const {items} = first === undefined ? nothing : await readResource(reading, first);
  const own = items.filter(isNative);
  if (own.length === 0 || gaps.length > known) return {policies: []};
  const bindings = await Promise.all(others.map(kind => readResource(reading, kind)));
  const maps = await Promise.all(own.flatMap(sourceMapsOf).map(name => readMap(reading, name)));
  const objects: readonly JsonObject[] = [
    ...own,
    ...bindings.flatMap(({items: all}) => all.filter(isNative)),
    ...maps.filter(map => map !== undefined),
  ];
  return nativeReading(objects, reason => gaps.push({...admissionGap, reason}));
}

/** What the objects say; a gap where they don't say it. */
export function nativeReading(
  objects: readonly JsonObject[],
  problem: (reason: string) => void,
): NativeReading {
  const found = policiesOfNativeObjects(objects);
  if (found === undefined) return {policies: []};
  if (!('problem' in found)) {
    return {policies: versioned(found.policies, objects), admissionPolicies: objects};
  }
  problem(`${unreadSources}: ${found.problem}`);
  return {policies: [], admissionPolicies: objects};
}

async function readMap(
  {client, gaps, run}: Reading,
  name: string,
): Promise<JsonObject | undefined> {
  try {
    return await run(() => readSourceMap(client, name));
  } catch (error) {
    if (!client.isForbidden(error)) throw error;
    gaps.push({resource: 'configmaps', namespace: sourcesNamespace, reason: messageOf(error)});
    return undefined;
  }
}

/** The policies with the version of the object that they come from: an edit of one begins from there. */
function versioned(
  policies: Inventory['policies'],
  objects: readonly JsonObject[],
): Inventory['policies'] {
  const resourceVersion = versionOfNative(objects);
  return policies.map(policy => ({...policy, metadata: {...policy.metadata, resourceVersion}}));
}

/** The version of the object that keeps the sources. */
export function versionOfNative(objects: readonly JsonObject[]): string | undefined {
  const keeper = objects.find(({kind}) => kind === 'ValidatingAdmissionPolicy');
  const {resourceVersion} = isObject(keeper?.metadata) ? keeper.metadata : {};
  return typeof resourceVersion === 'string' ? resourceVersion : undefined;
}

/** A ConfigMap that sources are kept in; undefined if it is not there. */
export async function readSourceMap(
  client: ClusterReader,
  name: string,
): Promise<JsonObject | undefined> {
  const path = `/api/v1/namespaces/${sourcesNamespace}/configmaps/${encodeURIComponent(name)}`;
  try {
    const map = await client.get(path);
    return isObject(map) ? {...map, apiVersion: 'v1', kind: 'ConfigMap'} : undefined;
  } catch (error) {
    if (client.isNotFound(error)) return undefined;
    throw error;
  }
}
