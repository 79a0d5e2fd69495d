import {absenceText, isAbsence} from '../../inventory/gaps.ts';
import type {Gap} from '../../inventory/inventory.ts';
import {commandLine} from '../remedies.ts';
import {defineRule} from '../rule.ts';

/** That there is nothing to audit. */
export const noPolicy = defineRule({
  id: 'no-policy',
  severity: 'info',
  title: 'There is no PodSecurityPolicy',
  why: 'Without any policy nothing else is checked: if the admission plugin is on, every pod is denied; if it is off, policies do nothing.',
  remedy: 'Check whether the admission plugin is on before writing policies.',
  needs: [],
  breadth: 'cluster',
  find: ({inventory, policies}) =>
    policies.length > 0
      ? []
      : [
          {
            object: {kind: 'Audit', namespace: undefined, name: 'policies'},
            message: `${inventory.source} has no PodSecurityPolicy${(inventory.refused ?? []).length > 0 ? ' that the API server would take' : ''}, so nothing else was checked`,
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
  why: 'Something that the rule looks at could not be read, or other namespaces were not checked. No finding does not mean that there is no problem.',
  remedy:
    'Let the auditor read it (the README has the role), or audit a snapshot that an admin took.',
  needs: [],
  breadth: 'cluster',
  find: ({unanswered}) =>
    unanswered.map(({rule, namespaces, gaps}) => {
      const where = namespaces === undefined ? '' : ` in ${namespaces.join(', ')}`;
      const absence = absenceText(gaps);
      const unread = [
        ...new Set(gaps.filter(gap => !isAbsence(gap)).map(({resource}) => resource)),
      ];
      const [first] = unread;
      const reasons = [
        ...(absence === undefined ? [] : [`${absence} among the files`]),
        ...(first === undefined ? [] : [`could not read ${unread.join(', ')}`]),
      ];
      return {
        object: {kind: 'Rule', namespace: undefined, name: rule},
        message:
          reasons.length === 0
            ? 'was not checked: it takes all namespaces'
            : `was not checked${where}: ${reasons.join('; ')}`,
        evidence: evidenceOf(gaps),
        remedy:
          absence !== undefined
            ? 'Name the files that hold them too (--from), or audit the cluster.'
            : first === undefined
              ? 'kubectl psp audit -A'
              : commandLine('kubectl', 'auth', 'can-i', 'list', first, '-A'),
      };
    }),
});

/** A line for each gap; files that hold none of many kinds are said once. */
function evidenceOf(gaps: readonly Gap[]): readonly string[] {
  const absence = absenceText(gaps);
  return [
    ...gaps
      .filter(gap => !isAbsence(gap))
      .map(({resource, namespace, reason}) =>
        namespace === undefined
          ? `${resource}: ${reason}`
          : `${resource} in ${namespace}: ${reason}`,
      ),
    ...(absence === undefined ? [] : [`${absence} among the files`]),
  ];
}
