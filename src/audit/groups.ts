import type {Verdict} from '../admission/judgement.ts';
import type {Inventory, ListedPod} from '../inventory/inventory.ts';
import {controllerReference, type Workload} from '../inventory/kinds/workloads.ts';
import type {Item} from '../inventory/submissions/items.ts';
import {ownerIndex} from '../inventory/submissions/owners.ts';
import {isMirrorPod} from '../inventory/submissions/serviceAccount.ts';
import {groupOf} from '../kube/apiGroups.ts';
import {kindText} from '../kube/workloadKinds.ts';
import {byText} from '../text.ts';
import type {FindingObject} from './finding.ts';

/**
 * What findings about pods are about: a workload that no other one owns with all its pods, or a pod
 * that nothing owns. Thousands of equal pods are one group.
 */
export interface VerdictGroup {
  readonly object: FindingObject;
  /** undefined for pods of nothing, or of something that is not in the inventory. */
  readonly workload: Workload | undefined;
  /** Of its pods; of the workload itself where it has none. */
  readonly verdicts: readonly Verdict[];
  /** Whether the verdicts are those of pods that exist. */
  readonly runs: boolean;
}

/** The verdicts by what they are about, sorted by namespace, kind and name. */
export function verdictGroupsOf(
  inventory: Pick<Inventory, 'pods' | 'workloads'>,
  verdicts: readonly Verdict[],
): readonly VerdictGroup[] {
  const topOf = topIndex(inventory);
  const found = new Map<string, VerdictGroup & {readonly verdicts: Verdict[]}>();
  for (const verdict of verdicts) {
    const {namespace, kind} = verdict.item;
    const runs = kind === 'Pod';
    const {object, workload} = topOf(verdict.item);
    const key = `${namespace}\0${object.kind}\0${object.name}`;
    const group = found.get(key);
    if (group === undefined) found.set(key, {object, workload, verdicts: [verdict], runs});
    else group.verdicts.push(verdict);
  }
  return [...found].sort(([a], [b]) => byText(a, b)).map(([, group]) => group);
}

interface Top {
  readonly object: FindingObject;
  readonly workload: Workload | undefined;
}

/** Finds what owns a pod in the end; a workload's own place otherwise. */
function topIndex(inventory: Pick<Inventory, 'pods' | 'workloads'>) {
  const byOwner = ownerIndex(inventory.workloads);
  const pods = new Map(inventory.pods.map(pod => [placeOf(pod), pod]));
  return (item: Item): Top => {
    const {namespace, name, workload: itself} = item;
    const pod = itself === undefined ? pods.get(`${namespace}/${name}`) : undefined;
    let top: Top = {object: {kind: kindText(item), namespace, name}, workload: itself};
    // The node that owns a mirror pod is not a workload.
    if (pod === undefined || isMirrorPod(pod)) return top;
    let owner = controllerReference(pod.metadata.ownerReferences);
    const seen = new Set<Workload>();
    while (owner !== undefined) {
      const workload = byOwner(owner, namespace);
      const {apiVersion = '', kind = '', name = ''} = owner;
      const object = {kind: kindText({group: groupOf(apiVersion), kind}), namespace, name};
      top = {object, workload};
      if (workload === undefined || seen.has(workload)) break;
      seen.add(workload);
      owner = controllerReference(workload.metadata.ownerReferences);
    }
    return top;
  };
}

function placeOf({metadata}: ListedPod): string {
  return `${metadata.namespace ?? ''}/${metadata.name || metadata.generateName || ''}`;
}
