import {anyOf, type Cel, cel} from '../../cel/cel.ts';
import {type Variable, variable} from './variables.ts';

/**
 * Checks of the authorizer that one mutation, or one validating policy, can pay for: each costs 350,000 of
 * a budget of 10,000,000 (k8s.io/apiserver v0.37.2, pkg/cel/library/authz.go and pkg/apis/cel/config.go), which
 * is room for 28. Some of it is kept for everything else.
 */
const checksInBudget = 26;

/** For how many policies rights can be asked for in one go. */
export function policiesInBudget(extensions: boolean): number {
  return Math.floor(checksInBudget / (extensions ? 4 : 2));
}

/**
 * Whether the pod's service account, or else its requester, may use a policy, or any policy if none is named: an
 * expression can pay for two checks, so the old group of the API is asked by another one. RBAC knows a resource by
 * its name alone: roles for podsecuritypolicies go on to mean what they say where there are none.
 */
export function askRights(
  prefix: string,
  name: Cel | undefined,
  extensions: boolean,
): {readonly mayUse: Cel; readonly variables: readonly Variable[]} {
  const groups = extensions ? ['policy', 'extensions'] : ['policy'];
  const variables = groups.map(group => ({
    name: group === 'policy' ? `${prefix}_mayUse` : `${prefix}_mayUseOld`,
    value: mayUse(name, group),
  }));
  return {mayUse: anyOf(variables.map(one => variable(one.name))), variables};
}

function mayUse(name: Cel | undefined, group: string): Cel {
  const ofPolicies = cel`.group(${group}).resource('podsecuritypolicies').namespace(request.namespace)`;
  const named = name === undefined ? ofPolicies : cel`${ofPolicies}.name(${name})`;
  const use = cel`${named}.check('use').allowed()`;
  const account = cel`object.spec.?serviceAccountName.orValue('')`;
  return anyOf([
    cel`${account} != '' && authorizer.serviceAccount(request.namespace, ${account})${use}`,
    cel`authorizer${use}`,
  ]);
}
