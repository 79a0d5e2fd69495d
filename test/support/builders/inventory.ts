import {collect} from '../../../src/inventory/files/collect.ts';
import {emptyInventory, type Inventory} from '../../../src/inventory/inventory.ts';
import type {JsonObject} from '../../../src/kube/json.ts';

/** The inventory of a cluster that holds these objects. */
export function clusterWith(
  objects: readonly JsonObject[],
  changes: Partial<Inventory> = {},
): Inventory {
  const sources = objects.map(value => ({where: '', value}));
  const {remarks: _, ...found} = collect(sources, 'shop');
  const {clusterRoles, roles, clusterRoleBindings, roleBindings, ...rest} = found;
  const rbac = {clusterRoles, roles, clusterRoleBindings, roleBindings};
  return {...emptyInventory, ...rest, rbac, origin: 'cluster', source: 'the test', ...changes};
}
