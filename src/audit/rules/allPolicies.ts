import type {Verdict} from '../../admission/judgement.ts';
import {labelOf} from '../../kube/reference.ts';
import {dangersOf} from '../../policy/danger.ts';
import {type Grant, policiesOf} from '../../rbac/authorize.ts';
import {controllerAccounts} from '../../rbac/bootstrapRoles.ts';
import {type Grantee, granteesOf} from '../../rbac/grantee.ts';
import {leakNote} from '../../rbac/leaks.ts';
import {count} from '../../text.ts';
import {type AuditContext, lacksPods} from '../context.ts';
import {passedByName} from '../passedByName.ts';
import {kubectl, patch} from '../remedies.ts';
import {roleAt} from '../roleEdits.ts';
import {defineRule, type RuleFinding} from '../rule.ts';
import {firstOf, objectText, rbacReference, viaLines} from '../words.ts';

/** Grants of whatever policies there are. */
export const allPolicies = defineRule({
  id: 'all-policies',
  severity: 'medium',
  milder:
    'info where only users and groups have it, through a role for everything: such are admins.',
  title: 'Roles that grant the use of all policies, bound to somebody',
  why: 'Without resourceNames, or with "*" for verbs and resources, a role opens every policy that there is or will be. Its accounts bind to whatever policy sorts first, which is often the most open one. Left out are system:masters and the controllers of Kubernetes.',
  remedy: 'Name the policies that are needed in the role.',
  needs: ['rbac'],
  breadth: 'namespace',
  find: context =>
    context.authorizer.grants
      .filter(({policies}) => policies === undefined)
      .flatMap(grant => sweepOf(grant, context)),
});

function sweepOf(grant: Grant, context: AuditContext): readonly RuleFinding[] {
  const {binding, role} = grant;
  const subjects = granteesOf(grant).filter(
    subject => !isSystem(subject) && leakNote(subject, binding.namespace) === undefined,
  );
  if (subjects.length === 0) return [];
  const named = namingPatch(grant, context);
  const isAdmin = named === undefined && subjects.every(({kind}) => kind !== 'ServiceAccount');
  return [
    {
      object: rbacReference(binding),
      message: `lets ${firstOf(subjects.map(labelOf), 3).join(', ')} use every policy`,
      evidence: [`${objectText(binding)} -> ${objectText(role)}`],
      remedy: named ?? kubectl('edit', rbacReference(role)),
      severity: isAdmin ? 'info' : undefined,
    },
  ];
}

function isSystem({kind, namespace, name}: Grantee): boolean {
  if (kind !== 'ServiceAccount') return name.startsWith('system:');
  return namespace === 'kube-system' && controllerAccounts.includes(name);
}

/**
 * Names, in the rules of the role that are about policies alone, those that pods bind to through it; a rule
 * that no pod needs goes. undefined where a rule is about more.
 */
function namingPatch({role, binding}: Grant, {inventory, authorizer, groups}: AuditContext) {
  const rules = roleAt(role, inventory.rbac)?.rules ?? [];
  const open = rules.flatMap((rule, index) => (policiesOf(rule) === 'all' ? [{rule, index}] : []));
  const isJust = open.every(
    ({rule: {resources = []}}) => resources.length === 1 && resources[0] === 'podsecuritypolicies',
  );
  if (open.length === 0 || !isJust || lacksPods(inventory)) return undefined;
  const ofRole = new Set(
    authorizer.grants
      .filter(grant => objectText(grant.role) === objectText(role))
      .map(grant => objectText(grant.binding)),
  );
  const verdicts = groups.flatMap(group => group.verdicts);
  if (
    verdicts.some(
      ({state, item}) => state === 'unknown' && counts(binding.namespace, item.namespace),
    )
  )
    return undefined;
  const needed = verdicts
    .filter(({via}) => via.some(way => way.binding && ofRole.has(objectText(way.binding))))
    .flatMap(({chosen}) => chosen?.policy.name ?? []);
  const names = [...new Set(needed)].sort();
  const edits = open.map(({index}) =>
    names.length === 0
      ? {op: 'remove', path: `/rules/${index}`}
      : {op: 'add', path: `/rules/${index}/resourceNames`, value: names},
  );
  return patch(rbacReference(role), edits.toReversed());
}

function counts(scope: string | undefined, namespace: string): boolean {
  return scope === undefined || scope === namespace;
}

/** Workloads whose own policy is passed over for one that a grant of everything opens. */
export const passedOverByWildcard = defineRule({
  id: 'wildcard-chosen',
  severity: 'medium',
  title: 'Workloads that bind to a policy through a right to everything, past one granted by name',
  why: 'Somebody granted their account a policy by name, and meant that one. But a role for everything opens all others too, and admission takes one that changes nothing, or sorts first. The policy that was meant seems to be unused.',
  remedy: 'Take the use of policies out of the role for everything: name what it is to give.',
  needs: ['rbac', 'workloads', 'pods'],
  breadth: 'namespace',
  isAboutAdmission: true,
  find: ({groups, authorizer}) =>
    groups.flatMap(group => {
      const passing = group.verdicts.filter(
        verdict => passedByName(verdict, authorizer).length > 0,
      );
      const [first] = passing;
      const [way] = first?.via ?? [];
      if (first?.chosen === undefined) return [];
      const meant = passedByName(first, authorizer).join(', ');
      return [
        {
          object: group.object,
          message: `binds to ${first.chosen.policy.name}, which nothing names, while ${meant} is granted by name`,
          controls: dangersOf(first.chosen.policy.policy),
          evidence: [...amount(group.runs, passing), ...viaLines(first)],
          remedy:
            way?.role === undefined
              ? 'Take the use of policies out of the role for everything.'
              : kubectl('edit', rbacReference(way.role)),
        },
      ];
    }),
});

function amount(runs: boolean, {length}: readonly Verdict[]): readonly string[] {
  return runs ? [count(length, 'pod')] : [];
}
