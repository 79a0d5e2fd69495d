import type {JsonObject} from '../../kube/json.ts';
import type {Inventory} from '../inventory.ts';
import {decodeLive, type Resource, resources} from '../kinds/resources.ts';
import {type Reading, readResource} from './readResource.ts';

/** All of RBAC; what may not be read of it is a gap. */
export async function readRbac(reading: Reading): Promise<Inventory['rbac']> {
  const [clusterRoles, clusterRoleBindings, roles, roleBindings] = await Promise.all([
    readResource(reading, resources.clusterRoles),
    readResource(reading, resources.clusterRoleBindings),
    readResource(reading, resources.roles),
    readResource(reading, resources.roleBindings),
  ]);
  return {
    clusterRoles: clusterRoles.items,
    clusterRoleBindings: clusterRoleBindings.items,
    roles: roles.items,
    roleBindings: roleBindings.items,
  };
}

/** The same, with roles and bindings that are going to be made. */
export function withGranted(
  rbac: Inventory['rbac'],
  objects: readonly JsonObject[],
): Inventory['rbac'] {
  const made = <T>(resource: Resource<T>): readonly T[] =>
    objects
      .filter(({kind}) => kind === resource.kind)
      .map(object => decodeLive(resource, String(object.apiVersion), object));
  return {
    clusterRoles: [...rbac.clusterRoles, ...made(resources.clusterRoles)],
    clusterRoleBindings: [...rbac.clusterRoleBindings, ...made(resources.clusterRoleBindings)],
    roles: [...rbac.roles, ...made(resources.roles)],
    roleBindings: [...rbac.roleBindings, ...made(resources.roleBindings)],
  };
}
