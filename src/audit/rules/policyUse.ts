import {isPlatformName} from '../../check/managedPolicies.ts';
import {count} from '../../text.ts';
import {type AuditContext, isMeant, type PolicyFacts} from '../context.ts';
import {commandLine} from '../remedies.ts';
import {deleteCommand} from '../roleEdits.ts';
import {defineRule} from '../rule.ts';
import {firstOf, objectText, policyReference, wayText} from '../words.ts';
import {meaningOf} from './equalPolicies.ts';

const common = {
  severity: 'low',
  needs: ['rbac', 'workloads', 'pods'],
  breadth: 'cluster',
} as const;

type Use = 'ignored' | 'orphan' | 'bound' | 'shadowed' | 'unused';

/** Policies that nobody is granted. */
export const orphanPolicy = defineRule({
  ...common,
  id: 'orphan-policy',
  title: 'Policies that are granted to nobody',
  why: 'No role that is bound names the policy, and nothing that is denied would get in by it: only those who may use every policy, such as cluster admins, may use it. It does nothing, and may be granted by mistake.',
  remedy: 'Delete it, or grant it to those it was made for (kubectl psp bind).',
  find: context =>
    used(context, 'orphan')
      .filter(({prepared: {name}}) => !isMeant(name, context))
      .map(({prepared, sweeping}) => ({
        object: policyReference(prepared.name),
        message: 'no bound role names it',
        evidence: firstOf(sweeping.map(grant => `open to all policies: ${wayText(grant)}`)),
        remedy: deleteCommand(prepared.name, context.inventory.rbac),
      })),
});

/** Policies that somebody may use and nothing binds to. */
export const unusedPolicy = defineRule({
  ...common,
  id: 'unused-policy',
  title: 'Policies that no pod binds to',
  why: 'It is granted, but nothing that runs or would run binds to it: nobody needs that right.',
  remedy: 'Check what runs only now and then, then delete it and its grants.',
  find: context =>
    used(context, 'unused')
      .filter(({prepared: {name}}) => !isMeant(name, context))
      .map(({prepared, grants}) => ({
        object: policyReference(prepared.name),
        message: 'no pod and no workload binds to it',
        evidence: firstOf(grants.map(grant => `granted by ${wayText(grant)}`)),
        remedy: deleteCommand(prepared.name, context.inventory.rbac),
      })),
});

/** Policies that would be chosen if another one did not come first. */
export const shadowedPolicy = defineRule({
  ...common,
  id: 'shadowed-policy',
  title: 'Policies that are never chosen, because others sort first',
  why: 'Admission tries policies by name. Every pod that this one would admit unchanged is admitted by an earlier one, which is often looser than what was meant for it.',
  remedy: 'Take the earlier policy from these accounts, or rename this one so that it sorts first.',
  find: context =>
    used(context, 'shadowed')
      .filter(facts => !isEqualToOther(facts, context))
      .map(({prepared, passedOver}) => {
        const by = Map.groupBy(passedOver.values(), ({to}) => to);
        const names = [...by.keys()].sort();
        return {
          object: policyReference(prepared.name),
          message: `every pod it would admit uses ${names.join(', ')}, which ${names.length === 1 ? 'sorts' : 'sort'} first`,
          evidence: names.flatMap(name => {
            const shadowed = by.get(name) ?? [];
            const groups = [...new Set(shadowed.map(({group}) => objectText(group.object)))];
            return [
              `${count(groups.length, 'workload or pod', 'workloads and pods')} bound to ${name}: ${firstOf(groups, 3).join(', ')}`,
            ];
          }),
          remedy: commandLine('kubectl', 'psp', 'who-can', 'use', names[0] ?? '', '-A'),
        };
      }),
});

/** Whether another policy says the same: the matter of another rule. */
function isEqualToOther({policy}: PolicyFacts, {policies}: AuditContext): boolean {
  const meaning = meaningOf(policy);
  return policies.some(other => other.policy !== policy && meaningOf(other.policy) === meaning);
}

function used({policies}: AuditContext, use: Use): readonly PolicyFacts[] {
  // What a platform ships is there for pods that it may bring, and comes back.
  return policies.filter(facts => useOf(facts) === use && !isPlatformName(facts.prepared.name));
}

/** One word for a policy, so that it is found by one rule of this family. */
function useOf({prepared, bound, perhapsBound, grants, passedOver}: PolicyFacts): Use {
  if (prepared.unusable !== undefined) return 'ignored';
  if (bound.size > 0) return 'bound';
  if (grants.every(({subjects}) => subjects.length === 0)) return 'orphan';
  if (perhapsBound.size > 0) return 'bound';
  return passedOver.size > 0 ? 'shadowed' : 'unused';
}
