import {commandLine} from '../remedies.ts';
import {defineRule} from '../rule.ts';

/** That there is nothing to audit. */
export const noPolicy = defineRule({
  id: 'no-policy',
  severity: 'info',
  title: 'There is no PodSecurityPolicy',
  why: 'Without any policy nothing else is looked at: if the admission plugin is on, every pod is denied; if it is off, policies do nothing.',
  remedy: 'See whether the admission plugin is on, before policies are written.',
  needs: [],
  breadth: 'cluster',
  find: ({inventory, policies}) =>
    policies.length > 0
      ? []
      : [
          {
            object: {kind: 'Audit', namespace: undefined, name: 'policies'},
            message: `${inventory.source} has no PodSecurityPolicy, so nothing else was looked at`,
            evidence: [],
            remedy: 'kubectl psp check',
          },
        ],
});

/** What could not be looked at. */
export const notAnswered = defineRule({
  id: 'not-answered',
  severity: 'info',
  title: 'Rules that could not be answered',
  why: 'Something that the rule looks at could not be read, or other namespaces were not looked at. That it found nothing does not mean that there is nothing.',
  remedy:
    'Let the auditor read it (the README has the role), or audit a snapshot that an admin took.',
  needs: [],
  breadth: 'cluster',
  find: ({unanswered}) =>
    unanswered.map(({rule, namespaces, gaps}) => {
      const where = namespaces === undefined ? '' : ` in ${namespaces.join(', ')}`;
      const unread = [...new Set(gaps.map(({resource}) => resource))];
      const [first] = unread;
      return {
        object: {kind: 'Rule', namespace: undefined, name: rule},
        message:
          first === undefined
            ? 'was not looked at: it takes all namespaces'
            : `was not looked at${where}: could not read ${unread.join(', ')}`,
        evidence: gaps.map(({resource, namespace, reason}) =>
          [resource, ...(namespace === undefined ? [] : [`in ${namespace}`]), `: ${reason}`]
            .join(' ')
            .replace(' :', ':'),
        ),
        remedy:
          first === undefined
            ? 'kubectl psp audit -A'
            : commandLine('kubectl', 'auth', 'can-i', 'list', first, '-A'),
      };
    }),
});
