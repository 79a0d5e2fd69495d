import type {Inventory} from '../inventory/inventory.ts';
import {isByLabels} from '../inventory/regime.ts';

/** The namespaces in which a change can make a difference to what runs; undefined: in all. */
export function reachOf(before: Inventory, after: Inventory): ReadonlySet<string> | undefined {
  const byLabels = isByLabels(before);
  if (byLabels !== isByLabels(after)) return undefined;
  const isWide =
    before.release !== after.release ||
    changed(before.policies, after.policies).length > 0 ||
    changed(before.runtimeClasses ?? [], after.runtimeClasses ?? []).length > 0 ||
    changed(before.rbac.clusterRoles, after.rbac.clusterRoles).length > 0 ||
    changed(before.rbac.clusterRoleBindings, after.rbac.clusterRoleBindings).length > 0;
  if (isWide) return undefined;
  const places = [
    ...changed(before.rbac.roles, after.rbac.roles),
    ...changed(before.rbac.roleBindings, after.rbac.roleBindings),
    ...changed<Placed>(before.serviceAccounts, after.serviceAccounts),
    ...changed<Placed>(before.workloads, after.workloads),
    ...changed<Placed>(before.pods, after.pods),
  ];
  const labelled = byLabels ? changed(before.namespaces, after.namespaces) : [];
  return new Set([
    ...places.flatMap(({metadata}) => metadata?.namespace ?? []),
    ...labelled.flatMap(({metadata}) => metadata?.name ?? []),
  ]);
}

interface Placed {
  readonly metadata?: {readonly namespace?: string | undefined} | undefined;
}

/** What is in one of the lists only: what a change leaves alone is the same value. */
function changed<T>(before: readonly T[], after: readonly T[]): readonly T[] {
  if (before === after) return [];
  const [old, now] = [new Set(before), new Set(after)];
  return [...before.filter(each => !now.has(each)), ...after.filter(each => !old.has(each))];
}
