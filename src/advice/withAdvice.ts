import {layOver} from '../inventory/files/overlay.ts';
import {emptyInventory, type Inventory} from '../inventory/inventory.ts';
import {isObject, type Json} from '../kube/json.ts';
import {binding, role} from '../kube/objects.ts';
import {type Advice, grantObjects} from './advice.ts';

/** The inventory with an advised policy and the rights to use it. */
export function withAdvice(inventory: Inventory, advice: Advice): Inventory {
  const decoded = <T>(kind: string, decode: (value: Json) => T): readonly T[] =>
    grantObjects(advice)
      .filter(object => object.kind === kind)
      .map(object => JSON.parse(JSON.stringify(object)))
      .filter(isObject)
      .map(decode);
  return layOver(inventory, {
    ...emptyInventory,
    policies: [advice.policy],
    rbac: {
      clusterRoles: decoded('ClusterRole', role),
      roles: decoded('Role', role),
      clusterRoleBindings: decoded('ClusterRoleBinding', binding),
      roleBindings: decoded('RoleBinding', binding),
    },
  });
}
