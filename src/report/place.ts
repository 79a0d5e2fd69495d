import type {Item} from '../inventory/submissions/items.ts';
import {isOwnKind, kindText} from '../kube/workloadKinds.ts';
import type {ObjectReference} from '../rbac/authorize.ts';

/** Where an item is, as machine output has it: with its API group, unless its kind is one of Kubernetes' own. */
export interface PrintedPlace {
  readonly namespace: string;
  readonly group: string | undefined;
  readonly kind: string;
  readonly name: string;
  /** The keys down to the pod template, of an object that has several. */
  readonly template: string | undefined;
}

/** The place of an item for machine output. */
export function printedPlace(item: Item): PrintedPlace {
  const {namespace, group, kind, workload} = item;
  const isPart = workload?.part !== undefined;
  return {
    namespace,
    group: isOwnKind(item) ? undefined : group,
    kind,
    name: (isPart ? workload.metadata.name : undefined) ?? item.name,
    template: isPart ? workload.templateAt?.join('.') : undefined,
  };
}

/** `web-0` for a pod, `Deployment/web` for a workload. */
export function nameOf(item: Item): string {
  return item.kind === 'Pod' ? item.name : `${kindText(item)}/${item.name}`;
}

/** Kind and name of an object of RBAC: `RoleBinding/psp`. */
export function referenceText({kind, name}: ObjectReference): string {
  return `${kind}/${name}`;
}
