import type {OwnerReference} from '../kube/objects.ts';
import type {Pod} from '../kube/pod.ts';
import type {Inventory} from './inventory.ts';
import {isMirrorPod} from './serviceAccount.ts';
import {controllerReference, type Workload} from './workloads.ts';

type OwnerIndex = (owner: OwnerReference, namespace: string | undefined) => Workload | undefined;
const ownerIndexes = new WeakMap<readonly Workload[], OwnerIndex>();

/** Finds a workload by a reference to it: by uid where there is one, else by its place. */
export function ownerIndex(workloads: readonly Workload[]): OwnerIndex {
  const known = ownerIndexes.get(workloads) ?? makeOwnerIndex(workloads);
  ownerIndexes.set(workloads, known);
  return known;
}

function makeOwnerIndex(workloads: readonly Workload[]): OwnerIndex {
  const byUid = new Map<string, Workload>();
  const byPlace = new Map<string, Workload>();
  for (const workload of workloads) {
    const {uid, namespace, name} = workload.metadata;
    if (uid) byUid.set(uid, workload);
    byPlace.set(`${workload.kind}/${namespace}/${name}`, workload);
  }
  return ({uid, kind, name}, namespace) =>
    (uid ? byUid.get(uid) : undefined) ?? byPlace.get(`${kind}/${namespace}/${name}`);
}

/**
 * Finds the workload whose template speaks for a pod, so that nothing depends on the pod's own spec;
 * undefined for mirror pods, and for those that no known workload owns.
 */
export function speakerIn(
  workloads: readonly Workload[],
): (pod: Pick<Pod, 'metadata'>) => Workload | undefined {
  const byOwner = ownerIndex(workloads);
  // The pods of a workload often have the same value of these; a session meets others all the time.
  const known = new WeakMap<object, Spoken>();
  return pod => {
    const {ownerReferences, namespace} = pod.metadata;
    if (ownerReferences === undefined || isMirrorPod(pod)) return undefined;
    const found = known.get(ownerReferences);
    if (found !== undefined && found.namespace === namespace) return found.of;
    const owner = controllerReference(ownerReferences);
    const of = owner && byOwner(owner, namespace);
    known.set(ownerReferences, {namespace, of});
    return of;
  };
}

interface Spoken {
  readonly namespace: string | undefined;
  readonly of: Workload | undefined;
}

/** Workloads that no other workload of the inventory owns. */
export function topWorkloads(inventory: Inventory): readonly Workload[] {
  const byOwner = ownerIndex(inventory.workloads);
  return inventory.workloads.filter(({metadata}) => {
    const owner = controllerReference(metadata.ownerReferences);
    return owner === undefined || byOwner(owner, metadata.namespace) === undefined;
  });
}

/** The workloads that own a pod, directly or through workloads of theirs. */
export function workloadsWithPods(inventory: Inventory): ReadonlySet<Workload> {
  const speakerOf = speakerIn(inventory.workloads);
  const byOwner = ownerIndex(inventory.workloads);
  const found = new Set<Workload>();
  for (const pod of inventory.pods) {
    let workload = speakerOf(pod);
    while (workload !== undefined && !found.has(workload)) {
      found.add(workload);
      const {ownerReferences, namespace} = workload.metadata;
      const owner = controllerReference(ownerReferences);
      workload = owner && byOwner(owner, namespace);
    }
  }
  return found;
}
