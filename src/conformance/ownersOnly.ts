import {isDeepStrictEqual} from 'node:util';
import {isObject, type Json, type JsonObject} from '../kube/json.ts';

/**
 * Whether an update changes nothing except owners, finalizers and bookkeeping
 * (pkg/registry/rbac/helpers.go, IsOnlyMutatingGCFields), once the registry has put back what an update
 * can't change (apiserver's pkg/registry/rest/update.go, BeforeUpdate, and the strategy of pods). A version that
 * differs is a change to the plugin; a server answers 409 before it asks the plugin
 * (apiserver's pkg/registry/generic/registry/store.go, Update).
 */
export function changesOnlyOwners(pod: Json, oldPod: Json): boolean {
  return isDeepStrictEqual(essence(pod, oldPod), essence(oldPod, oldPod));
}

/** What garbage collection may change, or the registry takes from the old pod in any case. */
const neverCounts = [
  'ownerReferences',
  'finalizers',
  'selfLink',
  'managedFields',
  'generation',
  'clusterName',
];
/** What the registry takes from the old pod if the new one does not set it. */
const takenIfAbsent = ['resourceVersion', 'uid', 'namespace', 'deletionGracePeriodSeconds'];
/** What the registry takes from the old pod if that has it. */
const takenIfThere = ['creationTimestamp', 'deletionTimestamp'];

function essence(pod: Json, oldPod: Json): unknown {
  if (!isObject(pod)) return pod;
  const metadata: Record<string, Json | undefined> = {...metadataOf(pod)};
  const old = metadataOf(oldPod);
  for (const key of neverCounts) delete metadata[key];
  for (const key of takenIfAbsent) {
    if (metadata[key] === '') delete metadata[key];
    metadata[key] ??= old[key] ?? null;
  }
  for (const key of takenIfThere) metadata[key] = old[key] ?? metadata[key] ?? null;
  const {status: _status, apiVersion: _version, kind: _kind, ...rest} = pod;
  return withoutUnset({...rest, metadata});
}

function metadataOf(pod: Json): JsonObject {
  return isObject(pod) && isObject(pod.metadata) ? pod.metadata : {};
}

/** Fields whose empty value is the same as none: maps, and structs that are always there. */
const maps = new Set([
  'labels',
  'annotations',
  'nodeSelector',
  'matchLabels',
  'overhead',
  'limits',
  'requests',
  'resources',
  'options',
  'volumeAttributes',
]);

/** Null and unset are the same to the API server, and so are empty and absent lists and maps. */
function withoutUnset(value: Json | undefined): unknown {
  if (Array.isArray(value)) return value.map(withoutUnset);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null)
      .map(([key, item]): [string, unknown] => [key, withoutUnset(item)])
      .filter(([key, item]) => !isEmpty(item, maps.has(key))),
  );
}

function isEmpty(value: unknown, isMap: boolean): boolean {
  if (Array.isArray(value)) return value.length === 0;
  const isObjectLike = typeof value === 'object' && value !== null;
  return isMap && isObjectLike && Object.keys(value).length === 0;
}
