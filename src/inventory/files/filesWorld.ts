import {withBootstrapRoles} from '../../rbac/bootstrapRoles.ts';
import {isAbsence, notAmongFiles, rbacKinds, runningKinds} from '../gaps.ts';
import type {Inventory} from '../inventory.ts';

/** Whether an inventory is made of files alone: no cluster lies below them. */
export function isFilesAlone({origin, takenAt}: Pick<Inventory, 'origin' | 'takenAt'>): boolean {
  return origin === 'manifests' && takenAt === undefined;
}

/**
 * The inventory of files that no cluster lies below. Every cluster has the bootstrap roles, so bindings
 * of them refer to something. Kinds of which the files hold nothing are gaps: RBAC if there is no object of
 * it at all, pods and workloads if there are neither.
 */
export function asFilesWorld(inventory: Inventory): Inventory {
  const {rbac, workloads, pods, gaps} = inventory;
  const {clusterRoles, roles, clusterRoleBindings, roleBindings} = rbac;
  const hasRbac = [clusterRoles, roles, clusterRoleBindings, roleBindings].some(
    ({length}) => length > 0,
  );
  const absent = [
    ...(hasRbac ? [] : rbacKinds),
    ...(workloads.length + pods.length > 0 ? [] : runningKinds),
  ];
  const bindings = [...clusterRoleBindings, ...roleBindings];
  return {
    ...inventory,
    rbac: {...rbac, clusterRoles: withBootstrapRoles(clusterRoles, bindings)},
    gaps: [
      ...gaps.filter(gap => !isAbsence(gap)),
      ...absent.map(({plural}) => ({
        resource: plural,
        namespace: undefined,
        reason: notAmongFiles,
      })),
    ],
  };
}
