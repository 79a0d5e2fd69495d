import type {DanglingGrant} from '../../rbac/dangling.ts';
import type {AuditContext} from '../context.ts';
import {kubectl} from '../remedies.ts';
import {roleAt, withoutPolicies} from '../roleEdits.ts';
import {defineRule} from '../rule.ts';
import {objectText, rbacReference} from '../words.ts';

const common = {needs: ['rbac'], breadth: 'namespace'} as const;

/** Bindings of roles that do not exist. */
export const missingRole = defineRule({
  ...common,
  id: 'missing-role',
  severity: 'low',
  title: 'Bindings of a role that does not exist',
  why: 'The binding grants nothing now. Whoever creates a role of that name gives its rights to the subjects at once.',
  remedy: 'Delete the binding, or create the role that was meant.',
  find: context =>
    ofProblem(context, 'missing-role')
      .filter(({object}) => !isMissed(object, context))
      .map(({object, names}) => ({
        object: rbacReference(object),
        message: `refers to ${names.join(', ')}, which does not exist`,
        evidence: [],
        remedy: kubectl('delete', rbacReference(object)),
      })),
});

/** Roles that grant policies that do not exist. */
export const missingPolicy = defineRule({
  ...common,
  id: 'missing-policy',
  severity: 'low',
  title: 'Roles that name a policy that does not exist',
  why: 'Often a policy was renamed and its role was not: the accounts that rely on it are denied. Whoever creates a policy of that name opens it to them at once.',
  remedy: 'Name the policy that is meant, or remove the name.',
  find: context =>
    ofProblem(context, 'missing-policy').map(({object, names}) => ({
      object: rbacReference(object),
      message: `grants ${names.join(', ')}, which ${names.length === 1 ? 'does' : 'do'} not exist`,
      evidence: names.map(name => `resourceNames has ${JSON.stringify(name)}`),
      remedy: withoutNames(object, names, context),
    })),
});

/** Roles with `*` among the names of policies. */
export const wildcardName = defineRule({
  ...common,
  id: 'wildcard-name',
  severity: 'medium',
  title: 'Roles with "*" among resourceNames',
  why: 'RBAC takes it as the name of one object, not as a wildcard, so it grants nothing. Whoever wrote it meant all policies and believes that they are granted.',
  remedy: 'Name the policies. Without resourceNames, all of them are granted.',
  find: context =>
    ofProblem(context, 'wildcard-name').map(({object}) => ({
      object: rbacReference(object),
      message: 'has the resource name "*", which is not a wildcard and grants nothing',
      evidence: ['resourceNames has "*"'],
      remedy: withoutNames(object, ['*'], context),
    })),
});

/** Bindings that grant a policy to nobody. */
export const noSubjects = defineRule({
  ...common,
  id: 'no-subjects',
  severity: 'info',
  title: 'Bindings that grant a policy to nobody',
  why: 'The binding has no subjects: it is a leftover, or unfinished.',
  remedy: 'Delete it, or name its subjects.',
  find: context =>
    ofProblem(context, 'no-subjects').map(({object}) => ({
      object: rbacReference(object),
      message: 'has no subjects',
      evidence: [],
      remedy: kubectl('delete', rbacReference(object)),
    })),
});

/** Whether another rule knows what the binding was meant to refer to. */
function isMissed(object: DanglingGrant['object'], {nearMisses}: AuditContext): boolean {
  return nearMisses.some(miss => objectText(miss.object) === objectText(object));
}

function withoutNames(
  object: DanglingGrant['object'],
  names: readonly string[],
  {inventory}: AuditContext,
): string {
  const role = roleAt(object, inventory.rbac);
  if (role === undefined) return kubectl('edit', rbacReference(object));
  return withoutPolicies(object, role, name => names.includes(name));
}

function ofProblem(
  {dangling}: AuditContext,
  problem: DanglingGrant['problem'],
): readonly DanglingGrant[] {
  return dangling.filter(grant => grant.problem === problem);
}
