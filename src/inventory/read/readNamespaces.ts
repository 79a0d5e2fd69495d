import {messageOf} from '../../errors.ts';
import {isObject} from '../../kube/json.ts';
import type {Inventory} from '../inventory.ts';
import {decodeLive, listPath, resources} from '../kinds/resources.ts';
import {listDecoded, type Reading} from './readResource.ts';

type NamespaceReading = Pick<Reading, 'client' | 'exact' | 'run' | 'namespace' | 'gaps'>;
type Namespaces = Inventory['namespaces'];

/** All namespaces; none if they may not be listed, which is a gap if all are meant. */
export async function readNamespaces(reading: NamespaceReading): Promise<Namespaces> {
  const {client, namespace, gaps} = reading;
  try {
    const place = {apiVersion: 'v1', namespace: undefined};
    return (await listDecoded(reading, resources.namespaces, place)).items;
  } catch (error) {
    if (!client.isForbidden(error)) throw error;
    if (namespace === undefined) {
      gaps.push({resource: 'namespaces', namespace: undefined, reason: messageOf(error)});
    }
    return [];
  }
}

/**
 * The namespaces that an inventory needs: all that `readAll` gives, if they are wanted; where their labels
 * decide, at least the one that is meant, which may be readable where the list is not.
 */
export async function namespacesFor(
  reading: NamespaceReading,
  readAll: () => Promise<Namespaces>,
  isWanted: boolean,
  areLabelsNeeded: boolean,
): Promise<Namespaces> {
  const {namespace} = reading;
  const all = isWanted || (areLabelsNeeded && namespace === undefined) ? await readAll() : [];
  const isMissing = areLabelsNeeded && namespace !== undefined && all.length === 0;
  return isMissing ? readOne(reading, namespace) : all;
}

async function readOne({client, run, gaps}: NamespaceReading, name: string): Promise<Namespaces> {
  const {namespaces} = resources;
  try {
    const path = `${listPath(namespaces, 'v1', undefined)}/${encodeURIComponent(name)}`;
    const found = await run(() => client.get(path));
    return isObject(found) ? [decodeLive(namespaces, 'v1', found)] : [];
  } catch (error) {
    if (client.isNotFound(error)) return [];
    if (!client.isForbidden(error)) throw error;
    gaps.push({resource: 'namespaces', namespace: undefined, reason: messageOf(error)});
    return [];
  }
}
