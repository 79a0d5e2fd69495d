/** Inventories that stay the same while only such things change as an answer is not about. */
import {isDeepStrictEqual} from 'node:util';
import {sharing} from '../inventory/follow/liveStore.ts';
import {type Inventory, isSpokenFor, type ListedPod} from '../inventory/inventory.ts';
import {speakerIn} from '../inventory/submissions/owners.ts';
import {hasSameSpec} from '../kube/pod.ts';
import {weaklyKeyed} from '../once.ts';
import type {NamespacePart} from './parts.ts';

type Pods = Inventory['pods'];
/** The inventory with other pods; the same value as the last time where it is the same but for its time. */
type Calmed = (inventory: Inventory, parts: readonly NamespacePart[]) => Inventory;

/** Without the pods that a workload speaks for: what is about templates does not look at them. */
export function stillInTurn(): Calmed {
  return inTurn(
    weaklyKeyed(({pods, workloads}: NamespacePart) => {
      const speakerOf = speakerIn(workloads);
      return pods.filter(pod => speakerOf(pod) === undefined);
    }),
  );
}

/**
 * As an audit sees it: no rule looks at the labels of pods, nor at which of two equal pods of one name is there. To audit
 * 20,000 pods takes a second.
 */
export function auditedInTurn(): Calmed {
  const before = new Map<string, Pods>();
  return inTurn(
    weaklyKeyed(({namespace, pods}: NamespacePart) => {
      const known = before.get(namespace);
      const isSame =
        known?.length === pods.length && pods.every((pod, at) => areAlike(pod, known[at]));
      const audited = known !== undefined && isSame ? known : pods;
      before.set(namespace, audited);
      return audited;
    }),
  );
}

function inTurn(podsOf: (part: NamespacePart) => Pods): Calmed {
  let last: Inventory | undefined;
  return (inventory, parts) => {
    const takenAt = last?.takenAt ?? inventory.takenAt;
    const pods = sharing<Pods>(last?.pods ?? [], parts.flatMap(podsOf));
    const next = {...inventory, pods};
    if (last === undefined || sharing(last, {...next, takenAt}) !== last) last = next;
    return last;
  };
}

function areAlike(one: ListedPod, other: ListedPod | undefined): boolean {
  if (one === other || other === undefined) return one === other;
  const {labels: _, uid: __, resourceVersion: ___, ...metadata} = one.metadata;
  const {labels, uid, resourceVersion} = other.metadata;
  if (!isDeepStrictEqual({...metadata, labels, uid, resourceVersion}, {...other.metadata})) {
    return false;
  }
  if (isSpokenFor(one) || isSpokenFor(other)) {
    return isSpokenFor(one) && isSpokenFor(other) && one.speaker === other.speaker;
  }
  return hasSameSpec(one, other);
}
