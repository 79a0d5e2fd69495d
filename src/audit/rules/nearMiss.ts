import {dangersOf} from '../../policy/danger.ts';
import type {NearMiss} from '../../rbac/nearMisses.ts';
import type {AuditContext, PolicyFacts} from '../context.ts';
import {kubectl, patch} from '../remedies.ts';
import {defineRule} from '../rule.ts';
import {firstOf, objectText, rbacReference} from '../words.ts';

/** Roles and bindings that were meant to open a policy and open none. */
export const nearMissGrant = defineRule({
  id: 'near-miss-grant',
  severity: 'medium',
  title: 'Grants that look right and do not grant what was meant',
  why: 'RBAC compares names letter by letter and refuses nothing: a role with a wrong API group, resource or verb, or a binding with a wrong name, is stored and has no effect. The pods that it was written for are denied or bind to another policy, and once it is corrected, somewhere else, it opens the policy at once.',
  remedy:
    'Correct what the message names. The roleRef of a binding cannot be changed: delete the binding and create it again.',
  needs: ['rbac'],
  breadth: 'namespace',
  find: ({nearMisses, ...context}) =>
    [...Map.groupBy(nearMisses, ({object}) => objectText(object)).values()].flatMap(misses => {
      const [first] = misses;
      if (first === undefined) return [];
      const policies = [...new Set(misses.flatMap(miss => miss.policies))].sort();
      return [
        {
          object: rbacReference(first.object),
          message: firstOf(
            misses.map(({says}) => says),
            2,
          ).join(', and '),
          evidence: policies.map(name => `meant for policy ${name}`),
          remedy: fixOf(misses, context) ?? kubectl('edit', rbacReference(first.object)),
        },
      ];
    }),
});

/**
 * The one patch that corrects all that is wrong with an object; undefined if a person has to choose, which they
 * have where it would open a policy that gives pods a hold on their node, or that nobody waits for.
 */
function fixOf(
  misses: readonly NearMiss[],
  {policies, wanted}: Pick<AuditContext, 'policies' | 'wanted'>,
): string | undefined {
  const [first] = misses;
  const meant = misses.flatMap(miss => miss.policies);
  const isMild = ({policy}: PolicyFacts) => dangersOf(policy).length === 0;
  const known = policies.map(({prepared}) => prepared.name);
  const isKnown = meant.length > 0 && meant.every(name => known.includes(name));
  const isSafe = policies
    .filter(({prepared}) => meant.includes(prepared.name))
    .every(facts => isMild(facts) && wanted.has(facts.prepared.name));
  if (first === undefined || !isKnown || !isSafe) return undefined;
  if (misses.some(({fix}) => fix === undefined)) return undefined;
  return patch(
    rbacReference(first.object),
    misses.flatMap(({fix = []}) => fix),
  );
}
