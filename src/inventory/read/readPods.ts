import type {JsonObject} from '../../kube/json.ts';
import {headOf, type ListItemOrHead} from '../../kube/listItem.ts';
import type {Pod} from '../../kube/pod.ts';
import type {ListedPod, SpokenPod} from '../inventory.ts';
import {resources} from '../kinds/resources.ts';
import type {Workload} from '../kinds/workloads.ts';
import {speakerIn} from '../submissions/owners.ts';
import {type Listing, type Reading, readResource} from './readResource.ts';

/** With pods to look at in more namespaces than this, one list of all of them costs less. */
const mostNamespaces = 50;

/**
 * Reads pods; in a long list, only as far as answers depend on them: for a pod that a workload speaks
 * for, that is its metadata.
 * A list of metadata alone takes the server a third of the time; where most pods have no owner, it
 * would be a third more.
 */
export async function readPodsSpokenFor(
  reading: Reading,
  workloads: () => Promise<readonly Workload[]>,
): Promise<Listing<ListedPod>> {
  const found = await readResource(reading, resources.pods, areMostlyOwned);
  if (found.heads.length === 0) return found;
  const speakerOf = speakerIn(await workloads());
  const namespaces = new Set(
    found.heads.filter(head => speakerOf(head) === undefined).map(namespaceOf),
  );
  const isElsewhere = (pod: Pick<Pod, 'metadata'>) => !namespaces.has(namespaceOf(pod));
  const others = [
    ...found.items.filter(isElsewhere),
    ...found.heads.filter(isElsewhere).flatMap(({metadata}): readonly SpokenPod[] => {
      const speaker = speakerOf({metadata});
      return speaker === undefined ? [] : [{metadata, speaker}];
    }),
  ];
  const all = found.items.length + found.heads.length;
  if (namespaces.size > mostNamespaces || others.length < all / 2) {
    return readResource(reading, resources.pods);
  }
  const read = await Promise.all(
    [...namespaces].map(namespace => readResource({...reading, namespace}, resources.pods)),
  );
  return {...found, items: [...others, ...read.flatMap(({items}) => items)]};
}

/** Whether most of the first pods in a list have an owner. */
function areMostlyOwned(items: readonly ListItemOrHead[]): boolean {
  const owned = items.filter(item => {
    const {metadata} = headOf(item);
    const owners = (metadata as JsonObject | undefined)?.ownerReferences;
    return Array.isArray(owners) && owners.length > 0;
  });
  return owned.length > items.length / 2;
}

function namespaceOf({metadata}: Pick<Pod, 'metadata'>): string {
  return metadata.namespace ?? '';
}
