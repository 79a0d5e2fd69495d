import type {Inventory} from '../inventory/inventory.ts';
import {policyGroups} from '../kube/apiGroups.ts';
import type {Policy, Role, Rule} from '../kube/objects.ts';
import {kubectlName, labelOf} from '../kube/reference.ts';
import {policiesOf} from '../rbac/authorize.ts';
import {type BindingStep, roleOf} from './bindingSteps.ts';
import {deletionStep, referenceTo} from './planDelete.ts';

/** What is left of PodSecurityPolicies and can go once nothing is judged by them. */
export interface CleanupPlan {
  readonly policies: readonly Policy[];
  /** The bindings and then the roles that grant the use of policies and nothing else. */
  readonly steps: readonly BindingStep[];
  /** Roles that grant more and stay. */
  readonly notes: readonly string[];
}

/** All policies, and all roles with their bindings that only served them. */
export function planCleanup({policies, rbac}: Pick<Inventory, 'policies' | 'rbac'>): CleanupPlan {
  const roles = [...rbac.clusterRoles, ...rbac.roles];
  const just = new Set(roles.filter(grantsOnlyUse));
  const bindings = [...rbac.clusterRoleBindings, ...rbac.roleBindings].filter(binding => {
    const role = roleOf(rbac, binding);
    return role !== undefined && just.has(role);
  });
  const others = roles.filter(
    role => !just.has(role) && role.aggregationRule === undefined && namesPolicies(role),
  );
  return {
    policies,
    steps: [
      ...bindings.map(body => deletionStep(body, 'Binding')),
      ...[...just].map(body => deletionStep(body, '')),
    ],
    notes: others.map(role => {
      const reference = referenceTo(role, '');
      return `${labelOf(reference)} names podsecuritypolicies and grants more, so it stays: kubectl edit ${kubectlName(reference)} takes them out`;
    }),
  };
}

/** Whether a role grants the use of policies, whichever, and nothing else. */
function grantsOnlyUse({rules = [], aggregationRule}: Role): boolean {
  const isAll = (list: readonly string[] | undefined, allowed: readonly string[]) =>
    list !== undefined && list.length > 0 && list.every(word => allowed.includes(word));
  const isUse = ({verbs, apiGroups, resources}: Rule) =>
    isAll(verbs, ['use']) &&
    isAll(apiGroups, policyGroups) &&
    isAll(resources, ['podsecuritypolicies']);
  return aggregationRule === undefined && rules.length > 0 && rules.every(isUse);
}

/** Whether a role names them: one that grants everything does not. */
function namesPolicies({rules = []}: Role): boolean {
  return rules.some(
    rule => policiesOf(rule) !== undefined && rule.resources?.includes('podsecuritypolicies'),
  );
}
