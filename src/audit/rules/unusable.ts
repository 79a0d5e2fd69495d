import {kubectl} from '../remedies.ts';
import {defineRule} from '../rule.ts';
import {firstOf, policyReference, wayText} from '../words.ts';

/** Policies that admission leaves out. */
export const ignoredPolicy = defineRule({
  id: 'ignored-policy',
  severity: 'medium',
  title: 'Policies that admission silently ignores',
  why: 'A rule of the policy needs ranges or options and has none. Admission leaves the whole policy out, tells nobody, and its pods get another policy or are denied.',
  remedy: 'Give the rule what it lacks, or delete the policy.',
  needs: [],
  breadth: 'cluster',
  find: ({policies}) =>
    policies.flatMap(({prepared, grants}) => {
      if (prepared.unusable === undefined) return [];
      const object = policyReference(prepared.name);
      return [
        {
          object,
          message: `admission ignores it: ${prepared.unusable}`,
          evidence: firstOf(grants.map(grant => `granted by ${wayText(grant)}`)),
          remedy: kubectl('edit', object),
        },
      ];
    }),
});
