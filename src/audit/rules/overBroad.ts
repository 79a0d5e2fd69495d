import {isPlatformName} from '../../check/managedPolicies.ts';
import {isNonEmpty} from '../../nonEmpty.ts';
import {controlNames} from '../../policy/danger.ts';
import {leastPolicy} from '../../policy/least.ts';
import {count} from '../../text.ts';
import {compareCommand} from '../closing.ts';
import {boundViews, type PolicyFacts} from '../context.ts';
import {isSevere, looseControls} from '../excess.ts';
import {defineRule, type RuleFinding} from '../rule.ts';
import {policyReference} from '../words.ts';

/** Policies that leave more open than their pods need. */
export const overBroadPolicy = defineRule({
  id: 'over-broad-policy',
  severity: 'medium',
  milder:
    'low where nothing that is left open beyond need gives pods a hold on their node. Seccomp does not count: containers that ask for no profile get none anyway.',
  title: 'Policies that allow more than any pod that binds to them needs',
  why: 'Whoever takes over one of the accounts may use all that the policy allows. What no pod needs can be closed without affecting anyone else.',
  remedy: 'Tighten the controls named (kubectl psp advise --compare tells who needs what).',
  needs: ['rbac', 'workloads', 'pods'],
  breadth: 'cluster',
  find: ({policies}) => policies.flatMap(tooBroad),
});

function tooBroad(facts: PolicyFacts): readonly RuleFinding[] {
  const {policy, prepared} = facts;
  const views = boundViews(facts);
  if (facts.bound.size === 0 || !isNonEmpty(views) || isPlatformName(prepared.name)) return [];
  const least = leastPolicy(prepared.name, views, false);
  const excess = looseControls(policy, least, prepared.release);
  if (excess.length === 0) return [];
  return [
    {
      object: policyReference(prepared.name),
      message: `allows more than its pods need: ${controlNames(excess)}`,
      evidence: [
        ...excess.map(
          ({title, describeForPeople: say}) => `${title}: ${say(policy)} -> ${say(least)} would do`,
        ),
        `needed by ${count(views.length, 'template or pod', 'templates and pods')}`,
      ],
      controls: excess,
      remedy: compareCommand(prepared.name),
      severity: isSevere(excess, policy) ? undefined : 'low',
    },
  ];
}
