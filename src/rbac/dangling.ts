import type {Binding} from '../kube/objects.ts';
import {type Authorizer, policiesOf, type RbacObjects} from './authorize.ts';

/**
 * Grants that lead nowhere: bindings of roles that are missing, names of policies that do not exist,
 * and `*` among resource names, which is a name like any other. Sorted.
 */
export function danglingNotes(
  {clusterRoles, roles, clusterRoleBindings, roleBindings}: RbacObjects,
  {grants}: Authorizer,
  policies: readonly string[],
): readonly string[] {
  const known = new Set([
    ...clusterRoles.map(({metadata}) => `ClusterRole/${metadata?.name}`),
    ...roles.map(({metadata}) => `Role/${metadata?.namespace}/${metadata?.name}`),
  ]);
  const missing = [...clusterRoleBindings, ...roleBindings].flatMap(binding => {
    const role = roleKey(binding);
    return known.has(role) ? [] : [`${placeOf(binding)} refers to ${role}, which does not exist`];
  });
  const exists = new Set(policies);
  const named = [...clusterRoles, ...roles].flatMap(({metadata, rules = []}) => {
    const place = metadata?.namespace
      ? `Role/${metadata.namespace}/${metadata.name}`
      : `ClusterRole/${metadata?.name}`;
    const names = rules.map(policiesOf).filter(names => names !== undefined && names !== 'all');
    return [...new Set(names.flat())]
      .filter(name => !exists.has(name))
      .map(name =>
        name === '*'
          ? `${place} has the resource name "*", which is no wildcard: it grants nothing`
          : `${place} names policy ${JSON.stringify(name)}, which does not exist`,
      );
  });
  const unbound = grants.filter(({subjects}) => subjects.length === 0);
  return [
    ...missing,
    ...named,
    ...unbound.map(({binding}) => `${binding.kind}/${binding.name} has no subjects`),
  ].sort();
}

function roleKey({metadata, roleRef}: Binding): string {
  return roleRef?.kind === 'Role'
    ? `Role/${metadata?.namespace}/${roleRef.name}`
    : `${roleRef?.kind}/${roleRef?.name}`;
}

function placeOf({metadata}: Binding): string {
  return metadata?.namespace
    ? `RoleBinding/${metadata.namespace}/${metadata.name}`
    : `ClusterRoleBinding/${metadata?.name}`;
}
