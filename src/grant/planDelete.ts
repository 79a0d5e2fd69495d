import type {Inventory} from '../inventory/inventory.ts';
import type {Binding, Policy, Role} from '../kube/objects.ts';
import {kubectlName, labelOf} from '../kube/reference.ts';
import {type ObjectReference, policiesOf} from '../rbac/authorize.ts';
import {
  afterSteps,
  type BindingPlan,
  type BindingStep,
  grantsJust,
  roleOf,
} from './bindingSteps.ts';

/** A change of rights, and of policies as far as one goes away. */
export interface RightsChange {
  /** The policy to delete; undefined if all stay. */
  readonly deleted: Policy | undefined;
  readonly steps: readonly BindingStep[];
}

/**
 * What deleting a policy comes to. The roles that grant its use and nothing else would be left behind, and
 * open it again to the same subjects once somebody makes a policy of its name: they and their bindings go
 * with it, unless `keepGrants`. Roles that grant more stay, and are named.
 */
export function planDeletion(
  {rbac}: Pick<Inventory, 'rbac'>,
  policy: string,
  {keepGrants}: {readonly keepGrants: boolean},
): BindingPlan {
  const roles = [...rbac.clusterRoles, ...rbac.roles];
  const just = roles.filter(role => grantsJust(role, policy));
  const bindings = [...rbac.clusterRoleBindings, ...rbac.roleBindings].filter(binding => {
    const role = roleOf(rbac, binding);
    return role !== undefined && just.includes(role);
  });
  const orphans = [
    ...bindings.map(body => deletionStep(body, 'Binding')),
    ...just.map(body => deletionStep(body, '')),
  ];
  const also = roles
    .filter(role => role.aggregationRule === undefined && !just.includes(role))
    .filter(role => namesPolicy(role, policy))
    .map(role => stayNote(referenceTo(role, ''), policy));
  if (!keepGrants) return {steps: orphans, notes: also, kept: []};
  return {
    steps: [],
    notes: [...orphans.map(({object}) => leftNote(object.reference)), ...also],
    kept: [],
  };
}

/** The inventory as it is once the change is made. */
export function afterChange(inventory: Inventory, {deleted, steps}: RightsChange): Inventory {
  const name = deleted?.metadata.name;
  return {
    ...inventory,
    policies:
      name === undefined
        ? inventory.policies
        : inventory.policies.filter(({metadata}) => metadata.name !== name),
    rbac: afterSteps(inventory.rbac, steps),
  };
}

/** The step that deletes a role, or with the suffix a binding. */
export function deletionStep(body: Role | Binding, suffix: '' | 'Binding'): BindingStep {
  return {action: 'delete', object: {reference: referenceTo(body, suffix), body}};
}

/** The place of a role, or with the suffix of a binding. */
export function referenceTo({metadata}: Role | Binding, suffix: '' | 'Binding'): ObjectReference {
  const namespace = metadata?.namespace || undefined;
  const kind = `${namespace === undefined ? 'Cluster' : ''}Role${suffix}` as const;
  return {kind, namespace, name: metadata?.name ?? ''};
}

function namesPolicy({rules = []}: Role, policy: string): boolean {
  return rules.some(rule => {
    const named = policiesOf(rule);
    return named !== undefined && named !== 'all' && named.includes(policy);
  });
}

function stayNote(reference: ObjectReference, policy: string): string {
  return `${labelOf(reference)} names ${policy} and grants more, so it stays: kubectl edit ${kubectlName(reference)} takes the name out`;
}

function leftNote(reference: ObjectReference): string {
  return `${labelOf(reference)} is left behind: kubectl delete ${kubectlName(reference)} removes it`;
}
