import type {Inventory} from '../inventory/inventory.ts';
import {isObject, type Json} from '../kube/json.ts';
import type {Finding} from '../policy/audit/finding.ts';
import {objectText} from '../policy/audit/words.ts';
import type {FilePlace} from '../report/audit/sarif.ts';
import type {World} from './world.ts';

/**
 * Where the objects of manifests stand, as their files have them. Files are read once more for it, so
 * those of a cluster, a snapshot or standard input have no place.
 */
export async function placesIn(
  world: World,
  {origin, defaultNamespace}: Inventory,
  paths: readonly string[],
): Promise<(finding: Finding) => FilePlace | undefined> {
  const places = new Map<string, FilePlace>();
  if (origin === 'manifests' && paths.length > 0 && !paths.includes('-')) {
    for (const {file, line, value} of await world.readDocuments(paths)) {
      for (const key of keysOf(value, defaultNamespace)) places.set(key, {file, line});
    }
  }
  return ({object}) => places.get(objectText(object));
}

/** What findings may call the objects of a document; those of a list stand where the list does. */
function keysOf(value: Json, defaultNamespace: string): readonly string[] {
  if (!isObject(value)) return [];
  if (Array.isArray(value.items))
    return value.items.flatMap(item => keysOf(item, defaultNamespace));
  const {kind, metadata} = value;
  if (typeof kind !== 'string' || !isObject(metadata)) return [];
  const {name, namespace} = metadata;
  if (typeof name !== 'string') return [];
  if (typeof namespace === 'string' && namespace !== '') return [`${kind}/${namespace}/${name}`];
  return [`${kind}/${name}`, `${kind}/${defaultNamespace}/${name}`];
}
