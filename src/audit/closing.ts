import type {Policy, PolicySpec} from '../kube/objects.ts';
import {evaluate, preparePolicy} from '../policy/evaluate.ts';
import {boundViews, type PolicyFacts} from './context.ts';
import {commandLine, patch} from './remedies.ts';
import {policyReference} from './words.ts';

/** Closes a policy by a patch if all that binds to it gets in still; else tells who needs what. */
export function closingCommand(
  facts: PolicyFacts,
  change: object,
  fields: Partial<PolicySpec>,
): string {
  const {name} = facts.prepared;
  const changed: Policy = {...facts.policy, spec: {...facts.policy.spec, ...fields}};
  if (admitsAllBound(facts, changed)) return patch(policyReference(name), change);
  return compareCommand(name);
}

/** Whether a policy in place of the one of the facts lets in all that binds to it, or is to, as it did. */
export function admitsAllBound(facts: PolicyFacts, changed: Policy): boolean {
  if (facts.isWanted) return false;
  const prepared = preparePolicy(changed, facts.prepared.release);
  return boundViews(facts).every(view => {
    const {errors, mutates} = evaluate(prepared, view);
    return errors.length === 0 && (!mutates || evaluate(facts.prepared, view).mutates);
  });
}

/** Tells what a policy allows beyond need, and who needs the rest. */
export function compareCommand(policy: string): string {
  return commandLine('kubectl', 'psp', 'advise', '--compare', policy, '-A');
}
