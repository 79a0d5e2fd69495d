import type {JsonObject} from '../../kube/json.ts';
import {headOf, type ListItem} from '../../kube/listItem.ts';
import type {Pod} from '../../kube/pod.ts';
import {resources} from '../kinds/resources.ts';
import type {Workload} from '../kinds/workloads.ts';
import {speakerIn} from '../submissions/owners.ts';
import {type Listing, type Reading, readResource} from './readResource.ts';

/** With pods to look at in more namespaces, one list of all of them costs less. */
const mostNamespaces = 50;

/**
 * Reads pods, those of a long list only as far as answers depend on them: of a pod that a workload
 * speaks for, that is its metadata. To read the spec of one is then a mistake, and throws.
 * A list of metadata alone takes the server a third of the time; where most pods have no owner, that
 * would be so much more.
 */
export async function readPodsSpokenFor(
  reading: Reading,
  workloads: () => Promise<readonly Workload[]>,
): Promise<Listing<Pod>> {
  const found = await readResource(reading, resources.pods, areMostlyOwned);
  if (!found.headsOnly) return found;
  const speakerOf = speakerIn(await workloads());
  const namespaces = new Set(
    found.items.filter(pod => speakerOf(pod) === undefined).map(namespaceOf),
  );
  if (namespaces.size === 0) return found;
  const others = found.items.filter(pod => !namespaces.has(namespaceOf(pod)));
  if (namespaces.size > mostNamespaces || others.length < found.items.length / 2) {
    return readResource(reading, resources.pods);
  }
  const read = await Promise.all(
    [...namespaces].map(namespace => readResource({...reading, namespace}, resources.pods)),
  );
  return {...found, items: [...others, ...read.flatMap(({items}) => items)]};
}

/** Whether most of the first pods of a list have an owner. */
function areMostlyOwned(items: readonly ListItem[]): boolean {
  const owned = items.filter(item => {
    const {metadata} = headOf(item);
    const owners = (metadata as JsonObject | undefined)?.ownerReferences;
    return Array.isArray(owners) && owners.length > 0;
  });
  return owned.length > items.length / 2;
}

function namespaceOf({metadata}: Pod): string {
  return metadata.namespace ?? '';
}
