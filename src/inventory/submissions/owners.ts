import type {ObjectMeta, OwnerReference} from '../../kube/objects.ts';
import type {Pod} from '../../kube/pod.ts';
import {weaklyKeyed} from '../../once.ts';
import type {Inventory} from '../inventory.ts';
import {controllerReference, type Workload, workloadKey} from '../kinds/workloads.ts';
import {isMirrorPod} from './serviceAccount.ts';

type OwnerIndex = (owner: OwnerReference, namespace: string | undefined) => Workload | undefined;

/**
 * Finds a workload by a reference to it: by uid if both have one, as an object that was created again
 * under the name of another owns nothing of it; else by API group, kind, namespace and name.
 */
export const ownerIndex = weaklyKeyed((workloads: readonly Workload[]): OwnerIndex => {
  const byUid = new Map<string, Workload>();
  const byPlace = new Map<string, Workload>();
  for (const workload of workloads) {
    const {uid} = workload.metadata;
    if (uid) byUid.set(uid, workload);
    byPlace.set(workloadKey(workload), workload);
  }
  return ({uid, apiVersion = '', kind = '', name}, namespace) => {
    const known = uid ? byUid.get(uid) : undefined;
    // Kubernetes takes an owner in another namespace for absent (pkg/controller/garbagecollector, v1.24).
    if ((known?.metadata.namespace ?? '') === (namespace ?? '') && known !== undefined)
      return known;
    const found = byPlace.get(workloadKey({apiVersion, kind, metadata: {namespace, name}}));
    return uid && found?.metadata.uid ? undefined : found;
  };
});

interface Owned {
  readonly namespace: string | undefined;
  readonly by: Workload | undefined;
}

/** Finds the workload that controls an object; undefined if none of these does. */
const controllerIn = weaklyKeyed((workloads: readonly Workload[]) => {
  const byOwner = ownerIndex(workloads);
  // The pods of a workload often share the same value of these; a session meets new values all the time.
  const known = new WeakMap<object, Owned>();
  return ({ownerReferences, namespace}: ObjectMeta): Workload | undefined => {
    if (ownerReferences === undefined) return undefined;
    const found = known.get(ownerReferences);
    if (found !== undefined && found.namespace === namespace) return found.by;
    const owner = controllerReference(ownerReferences);
    const by = owner && byOwner(owner, namespace);
    known.set(ownerReferences, {namespace, by});
    return by;
  };
});

/**
 * Finds the workload whose template speaks for a pod, so that nothing depends on the pod's own spec;
 * undefined for mirror pods, and for those that no known workload owns.
 */
export function speakerIn(
  workloads: readonly Workload[],
): (pod: Pick<Pod, 'metadata'>) => Workload | undefined {
  const controllerOf = controllerIn(workloads);
  return pod => {
    const owner = isMirrorPod(pod) ? undefined : controllerOf(pod.metadata);
    // It is not known from which of several templates the pod comes.
    return owner?.part === undefined ? owner : undefined;
  };
}

/** Workloads that no other workload of the inventory owns, without those kept as history. */
export function topWorkloads({workloads}: Pick<Inventory, 'workloads'>): readonly Workload[] {
  const controllerOf = controllerIn(workloads);
  return workloads.filter(
    workload => controllerOf(workload.metadata) === undefined && !isHistory(workload),
  );
}

/**
 * Whether a set without replicas is kept for a rollback by the controller that owns it, as Deployments
 * and Argo Rollouts keep old ReplicaSets.
 */
function isHistory(workload: Workload): boolean {
  if (controllerReference(workload.metadata.ownerReferences) === undefined) return false;
  return workload.replicas === 0;
}

/** The workloads that own a pod, directly or through workloads of theirs. */
export function workloadsWithPods({
  workloads,
  pods,
}: Pick<Inventory, 'workloads' | 'pods'>): ReadonlySet<Workload> {
  const controllerOf = controllerIn(workloads);
  const found = new Set<Workload>();
  for (const pod of pods) {
    let workload = isMirrorPod(pod) ? undefined : controllerOf(pod.metadata);
    while (workload !== undefined && !found.has(workload)) {
      found.add(workload);
      workload = controllerOf(workload.metadata);
    }
  }
  const parts = new Set([...found].filter(({part}) => part !== undefined).map(workloadKey));
  if (parts.size === 0) return found;
  return new Set([...found, ...workloads.filter(workload => parts.has(workloadKey(workload)))]);
}
