import {controls} from '../../controls/index.ts';
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
    policies.flatMap(({policy, prepared, grants}) => {
      if (prepared.unusable === undefined) return [];
      const object = policyReference(prepared.name);
      return [
        {
          object,
          message: `admission ignores it: ${prepared.unusable}`,
          controls: controls.filter(control => control.unusable(policy) !== undefined),
          evidence: firstOf(grants.map(grant => `granted by ${wayText(grant)}`)),
          remedy: kubectl('edit', object),
        },
      ];
    }),
});

/** Policies of files that a server would not take. */
export const refusedPolicy = defineRule({
  id: 'refused-policy',
  severity: 'high',
  title: 'Policies in files that the API server refuses',
  why: 'The API server does not store the policy, so it opens and restricts nothing: its pods get another policy or are denied, and an update of it leaves the old one in force.',
  remedy: 'Correct the field that is named.',
  needs: [],
  breadth: 'cluster',
  find: ({inventory}) => {
    const byName = Map.groupBy(inventory.refused ?? [], ({policy}) => policy.metadata.name);
    return [...byName].map(([name, refused]) => ({
      object: policyReference(name),
      message: `can't exist, the API server would refuse it: ${refused[0]?.reason ?? ''}`,
      controls: controls.filter(control =>
        refused.some(({policy}) => control.validate(policy, inventory.release).length > 0),
      ),
      evidence: refused.map(({reason}) => reason),
      remedy: 'Correct the field that is named.',
    }));
  },
});
