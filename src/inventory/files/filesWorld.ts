import type {Binding} from '../../kube/objects.ts';
import {placeOf} from '../../kube/reference.ts';
import {isBootstrapRole, withBootstrapRoles} from '../../rbac/bootstrapRoles.ts';
import {notAmongFiles} from '../../rbac/unreadRbac.ts';
import {bindingKinds, isAbsence, roleKinds, runningKinds} from '../gaps.ts';
import type {Inventory} from '../inventory.ts';

/** Whether an inventory is made of files alone: no cluster lies below them. */
export function isFilesAlone({
  origin,
  takenAt,
}: Pick<Inventory, 'origin'> & Partial<Pick<Inventory, 'takenAt'>>): boolean {
  return origin === 'manifests' && takenAt === undefined;
}

/**
 * The inventory of files that no cluster lies below. Every cluster has the bootstrap roles, so bindings
 * of them refer to something. Kinds of which the files hold nothing are gaps: roles if a binding refers to
 * one, bindings, pods and workloads if there are neither, policies.
 */
export function asFilesWorld(inventory: Inventory): Inventory {
  const {rbac, gaps} = inventory;
  const bindings = [...rbac.clusterRoleBindings, ...rbac.roleBindings];
  const whole = {...rbac, ...withBootstrapRoles(rbac, bindings)};
  return {
    ...inventory,
    rbac: whole,
    gaps: [
      ...gaps.filter(gap => !isAbsence(gap)),
      ...absentKinds({...inventory, rbac: whole}).map(({plural}) => ({
        resource: plural,
        namespace: undefined,
        reason: notAmongFiles,
      })),
    ],
  };
}

function absentKinds({rbac, workloads, pods}: Inventory): readonly {readonly plural: string}[] {
  const {clusterRoles, roles, clusterRoleBindings, roleBindings} = rbac;
  const own = [...clusterRoles, ...roles].filter(role => !isBootstrapRole(role));
  const bindings = [...clusterRoleBindings, ...roleBindings];
  const known = new Set([...clusterRoles, ...roles].map(({metadata}) => placeOf(metadata)));
  const isOfNone = ({metadata, roleRef}: Binding) =>
    !known.has(
      placeOf({
        namespace: roleRef?.kind === 'Role' ? metadata?.namespace : '',
        name: roleRef?.name,
      }),
    );
  const lacksRoles = own.length === 0 && (bindings.length === 0 || bindings.some(isOfNone));
  return [
    ...(lacksRoles ? roleKinds : []),
    ...(bindings.length === 0 ? bindingKinds : []),
    ...(workloads.length + pods.length > 0 ? [] : runningKinds),
  ];
}
