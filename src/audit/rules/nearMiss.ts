import {mendingCommand} from '../mending.ts';
import {defineRule} from '../rule.ts';
import {firstOf, objectText, rbacReference} from '../words.ts';

/** Roles and bindings that were meant to open a policy and open none. */
export const nearMissGrant = defineRule({
  id: 'near-miss-grant',
  severity: 'medium',
  title: 'Grants that look right and do not grant what was meant',
  why: 'RBAC compares names letter by letter and refuses nothing: a role with a wrong API group, resource or verb, or a binding with a wrong name, is stored and has no effect. The pods that it was written for are denied or bind to another policy, and once it is corrected, somewhere else, it opens the policy at once.',
  remedy:
    'Correct what the message names; the roleRef of a binding cannot be changed, so the binding is made again. Where nobody waits for the policy, or it gives more than those who wait need, the command first shows what the correction would do (kubectl psp try); without what follows from --dry-run on, it makes it.',
  needs: ['rbac'],
  breadth: 'namespace',
  find: context =>
    [...Map.groupBy(context.nearMisses, ({object}) => objectText(object)).values()].flatMap(
      misses => {
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
            remedy: mendingCommand(misses, context),
          },
        ];
      },
    ),
});
