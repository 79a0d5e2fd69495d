import type {Inventory} from '../inventory/inventory.ts';
import type {Binding} from '../kube/objects.ts';
import {labelOf} from '../kube/reference.ts';
import type {ObjectReference} from '../rbac/authorize.ts';
import {granteesOf} from '../rbac/grantee.ts';
import {type GrantTarget, isSameGrantee, roleOf} from './bindingSteps.ts';

/**
 * Bindings that name one of the targets and refer to a role that is not known: whether they grant anything, nobody can
 * tell who may not read that role. In words: `RoleBinding shop/psp, which refers to ClusterRole psp`.
 */
export function perhapsGrants(
  {rbac}: Pick<Inventory, 'rbac'>,
  targets: readonly GrantTarget[],
): readonly string[] {
  const all = [
    ...rbac.clusterRoleBindings.map(binding => ({binding, kind: 'ClusterRoleBinding' as const})),
    ...rbac.roleBindings.map(binding => ({binding, kind: 'RoleBinding' as const})),
  ];
  return all.flatMap(({binding, kind}) => {
    const reference = referenceOf(binding, kind);
    const isMeant = ({subject, namespace}: GrantTarget) =>
      (namespace === undefined || namespace === reference.namespace) &&
      granteesOf({subjects: binding.subjects ?? [], binding: reference}).some(grantee =>
        isSameGrantee(subject, grantee),
      );
    if (roleOf(rbac, binding) !== undefined || !targets.some(isMeant)) return [];
    const {kind: roleKind = '', name = ''} = binding.roleRef ?? {};
    return [`${labelOf(reference)}, which refers to ${roleKind} ${name}`];
  });
}

function referenceOf(
  {metadata}: Binding,
  kind: 'ClusterRoleBinding' | 'RoleBinding',
): ObjectReference {
  return {kind, namespace: metadata?.namespace, name: metadata?.name ?? ''};
}
