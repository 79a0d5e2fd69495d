import {grantsJust} from '../grant/bindingSteps.ts';
import type {Role, Rule} from '../kube/objects.ts';
import type {ObjectReference, RbacObjects} from '../rbac/authorize.ts';
import {isAboutPolicies} from '../rbac/nearRules.ts';
import {commandLine, inTurn, patch} from './remedies.ts';
import {rbacReference} from './words.ts';

/** Takes names of policies out of a role; a rule that is left without names goes, as it would open all. */
export function withoutPolicies(
  object: ObjectReference,
  {rules = []}: Role,
  isGone: (policy: string) => boolean,
): string {
  const edits = rules.flatMap((rule, index) => {
    if (!names(rule, isGone)) return [];
    const left = (rule.resourceNames ?? []).filter(name => !isGone(name));
    const path = `/rules/${index}`;
    return left.length === 0
      ? [{op: 'remove', path}]
      : [{op: 'replace', path: `${path}/resourceNames`, value: left}];
  });
  // From the last rule on, so that the places of the others stay right.
  return patch(rbacReference(object), edits.toReversed());
}

function names(rule: Rule, isGone: (policy: string) => boolean): boolean {
  return isAboutPolicies(rule) && (rule.resourceNames ?? []).some(isGone);
}

/**
 * Deletes a policy with the grants of it alone, after showing what would be denied; other roles lose its name.
 */
export function deleteCommand(policy: string, {clusterRoles, roles}: RbacObjects): string {
  const isIt = (name: string) => name === policy;
  const staying = [...clusterRoles, ...roles].filter(
    role => !grantsJust(role, policy) && (role.rules ?? []).some(rule => names(rule, isIt)),
  );
  return inTurn(
    commandLine('kubectl', 'psp', 'delete', policy),
    ...staying.map(role => withoutPolicies(roleReference(role), role, isIt)),
  );
}

function roleReference({metadata}: Role): ObjectReference {
  const {namespace, name = ''} = metadata ?? {};
  return namespace
    ? {kind: 'Role', namespace, name}
    : {kind: 'ClusterRole', namespace: undefined, name};
}

/** The role of this place; undefined if it was not read. */
export function roleAt(
  {kind, namespace, name}: ObjectReference,
  {clusterRoles, roles}: RbacObjects,
): Role | undefined {
  if (kind === 'ClusterRole') return clusterRoles.find(({metadata}) => metadata?.name === name);
  return roles.find(({metadata}) => metadata?.name === name && metadata.namespace === namespace);
}
