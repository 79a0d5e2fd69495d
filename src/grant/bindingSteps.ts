import type {Inventory} from '../inventory/inventory.ts';
import {policyGroups} from '../kube/apiGroups.ts';
import type {Binding, Role, Rule} from '../kube/objects.ts';
import {type ObjectReference, serviceAccountUser} from '../rbac/authorize.ts';
import type {Grantee} from '../rbac/grantee.ts';

/** A subject, and where it gets or has a right; without a namespace, in the whole cluster. */
export interface GrantTarget {
  readonly subject: Grantee;
  readonly namespace: string | undefined;
}

/** One object of RBAC to create, to give other subjects, or to delete. */
export type BindingStep =
  | {readonly action: 'create'; readonly object: RbacObject}
  | {
      readonly action: 'update';
      readonly object: RbacObject;
      readonly before: Binding;
      readonly added: readonly Grantee[];
      readonly removed: readonly Grantee[];
    }
  | {readonly action: 'delete'; readonly object: RbacObject};

/** A role or binding, with its kind. */
export interface RbacObject {
  readonly reference: ObjectReference;
  /** As the API has it. */
  readonly body: Role | Binding;
}

/** The result of planning to bind or unbind. */
export interface BindingPlan {
  /** In the order in which they are carried out. */
  readonly steps: readonly BindingStep[];
  /** What an admin should know: what already exists, who else has the right. */
  readonly notes: readonly string[];
  /** Grants that can't be removed without removing more, and what to do about them. */
  readonly kept: readonly string[];
}

/** The label of objects that the program creates, and may delete once they are no longer needed. */
export const ownLabel = 'app.kubernetes.io/managed-by';
/** Its value. */
export const ownName = 'kubectl-psp';

/** Whether the program made the object. */
export function isOwn({metadata}: Role | Binding): boolean {
  return metadata?.labels?.[ownLabel] === ownName;
}

/** Whether a role grants the use of this policy and nothing else. */
export function grantsJust({rules = [], aggregationRule}: Role, policy: string): boolean {
  const isAll = (list: readonly string[] | undefined, ...allowed: readonly string[]) =>
    list !== undefined && list.length > 0 && list.every(word => allowed.includes(word));
  const isJust = ({verbs, apiGroups, resources, resourceNames}: Rule) =>
    isAll(verbs, 'use') &&
    isAll(apiGroups, ...policyGroups) &&
    isAll(resources, 'podsecuritypolicies') &&
    isAll(resourceNames, policy);
  return aggregationRule === undefined && rules.length > 0 && rules.every(isJust);
}

/** Whether two subjects are the same; a service account is also the user of its full name. */
export function isSameGrantee(one: Grantee, other: Grantee): boolean {
  const key = ({kind, namespace, name}: Grantee) =>
    kind === 'ServiceAccount'
      ? `User ${serviceAccountUser(namespace ?? '', name)}`
      : `${kind} ${name}`;
  return key(one) === key(other);
}

/** The role that a binding refers to; undefined if it does not exist. */
export function roleOf(
  {clusterRoles, roles}: Inventory['rbac'],
  {metadata, roleRef}: Binding,
): Role | undefined {
  return roleRef?.kind === 'ClusterRole'
    ? clusterRoles.find(role => role.metadata?.name === roleRef.name)
    : roles.find(
        role =>
          role.metadata?.name === roleRef?.name && role.metadata?.namespace === metadata?.namespace,
      );
}

/** The binding in a place; undefined if there is none. */
export function bindingAt(
  {clusterRoleBindings, roleBindings}: Inventory['rbac'],
  reference: ObjectReference,
): Binding | undefined {
  const all = reference.kind === 'RoleBinding' ? roleBindings : clusterRoleBindings;
  return all.find(binding => isAt(reference, binding));
}

/** The objects of RBAC after the steps. */
export function afterSteps(
  rbac: Inventory['rbac'],
  steps: readonly BindingStep[],
): Inventory['rbac'] {
  const replaced = <T extends Role | Binding>(
    kind: ObjectReference['kind'],
    objects: readonly T[],
  ): readonly T[] => {
    const due = steps.filter(({object}) => object.reference.kind === kind);
    if (due.length === 0) return objects;
    const kept = objects.filter(object => !due.some(step => isAt(step.object.reference, object)));
    const made = due.filter(({action}) => action !== 'delete').map(({object}) => object.body as T);
    return [...kept, ...made];
  };
  return {
    clusterRoles: replaced('ClusterRole', rbac.clusterRoles),
    roles: replaced('Role', rbac.roles),
    clusterRoleBindings: replaced('ClusterRoleBinding', rbac.clusterRoleBindings),
    roleBindings: replaced('RoleBinding', rbac.roleBindings),
  };
}

function isAt({namespace, name}: ObjectReference, {metadata}: Role | Binding): boolean {
  return metadata?.name === name && (metadata.namespace || undefined) === namespace;
}
