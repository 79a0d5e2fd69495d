import {type CheckAnswer, type CheckFinding, podSecurityOf} from '../check/answerCheck.ts';
import type {OwnRight, Reach} from '../check/checkRights.ts';
import type {Upgrade} from '../effect/upgrade.ts';
import type {Gap} from '../inventory/inventory.ts';
import {type Release, releaseName} from '../kube/release.ts';
import {effectTable, effectText, printedShift, printedSummary} from './effect.ts';
import {escapeText} from './escape.ts';
import {document} from './machine.ts';
import {table} from './table.ts';

const titles: Readonly<Record<CheckFinding['about'], string>> = {
  version: 'Server',
  api: 'API',
  admission: 'Admission',
  podSecurity: 'By labels',
};

const conclusions = {
  yes: 'PodSecurityPolicies are in force.',
  no: 'PodSecurityPolicies are not in force.',
  unknown: 'It is not known whether PodSecurityPolicies are in force.',
} as const;

/** What is known about the rules of a later release. */
export type Outlook =
  | ({readonly kind: 'upgrade'} & Upgrade)
  /** The policies could not be read. */
  | {readonly kind: 'unread'; readonly to: Release}
  /** The next release has no policies. */
  | {readonly kind: 'end'}
  | {readonly kind: 'none'};

/** What is said instead where the labels of namespaces decide, by whether the plugin that does so is on. */
const byLabels = {
  yes: 'Pods are judged by Pod Security Admission, not by PodSecurityPolicies.',
  no: 'Nothing judges pods: neither Pod Security Admission nor PodSecurityPolicies.',
  unknown: 'Pods are judged by Pod Security Admission, if it is on; not by PodSecurityPolicies.',
} as const;

/** The answer for people: findings, what is known of the policies, notes, and own rights. */
export function checkText(
  answer: CheckAnswer,
  {rights, namespace}: {readonly rights: readonly OwnRight[]; readonly namespace: string},
  outlook: Outlook,
): string {
  const {inForce, findings, rules, managed, differences, notes} = answer;
  const plugin = podSecurityOf(answer);
  const lines = [
    plugin === undefined ? conclusions[inForce] : byLabels[plugin],
    '',
    ...findings.flatMap(({about, says}) => titled(titles[about], says)),
    ...(plugin === undefined ? titled('Rules', rules.says) : []),
    ...outlookText(outlook).flatMap(says => titled('Upgrade', says)),
    ...managed.flatMap(({policy, platform, says}) =>
      titled('Managed', `${policy} (${platform}): ${says}`),
    ),
    ...differences.flatMap(says => titled('Since 1.24', says)),
    ...notes.flatMap(note => titled('Note', note)),
  ];
  const text = lines.map(line => `${escapeText(line)}\n`).join('');
  const shifts = outlook.kind === 'upgrade' ? outlook.effect.shifts : [];
  return [
    text,
    ...(rights.length === 0 ? [] : [rightsText(rights, namespace)]),
    ...(shifts.length === 0 ? [] : [effectTable(shifts)]),
  ].join('\n');
}

function outlookText(outlook: Outlook): readonly string[] {
  switch (outlook.kind) {
    case 'upgrade': {
      const {to, effect} = outlook;
      return [`to ${releaseName(to)}, ${lowerFirst(effectText(effect))}`];
    }
    case 'unread':
      return [`what ${releaseName(outlook.to)} would change is not known: no policy can be read`];
    case 'end':
      return ['the next release has no PodSecurityPolicies: see kubectl psp migrate'];
    case 'none':
      return [];
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '');
}

const titleWidth = 12;
const textWidth = 80 - titleWidth;

/** A text beside its title, broken between words so that it fits 80 columns. */
function titled(title: string, text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > textWidth) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.map((line, index) => `${index === 0 ? `${title}:` : ''}`.padEnd(titleWidth) + line);
}

/** What each column asks for: all of the verbs. */
const columns: readonly (readonly [title: string, ...verbs: readonly string[]])[] = [
  ['READ', 'list'],
  ['FOLLOW', 'list', 'watch'],
  ['CREATE', 'create'],
  ['UPDATE', 'get', 'update'],
  ['DELETE', 'delete'],
];

const cells: Readonly<Record<Reach, string>> = {
  everywhere: 'yes',
  namespace: 'here',
  nowhere: 'no',
};
const reaches: readonly Reach[] = ['nowhere', 'namespace', 'everywhere'];

function rightsText(rights: readonly OwnRight[], namespace: string): string {
  const byResource = Map.groupBy(rights, ({resource}) => resource);
  const rows = [...byResource].map(([resource, own]) => [
    resource,
    ...columns.map(([, ...verbs]) => cellOf(own, verbs)),
  ]);
  const isPartial = rights.some(({reach}) => reach === 'namespace');
  const hint = isPartial ? `here: in namespace ${escapeText(namespace)} only\n` : '';
  return table(['YOU MAY', ...columns.map(([title]) => title)], rows) + hint;
}

/** The least reach of the verbs; `-` where the program never does all of that. */
function cellOf(own: readonly OwnRight[], verbs: readonly string[]): string {
  const found = verbs.flatMap(verb => own.find(right => right.verb === verb) ?? []);
  if (found.length < verbs.length) return '-';
  const least = reaches.find(reach => found.some(right => right.reach === reach));
  return cells[least ?? 'nowhere'];
}

/** The answer as machine output has it. */
export function checkDocument(
  {inForce, judgedBy, findings, rules, managed, differences, notes}: CheckAnswer,
  {rights, gaps}: {readonly rights: readonly OwnRight[]; readonly gaps: readonly Gap[]},
  outlook: Outlook,
): object {
  return {
    ...document('Check', findings, gaps),
    inForce,
    judgedBy,
    rules: releaseName(rules.release),
    upgrade: printedOutlook(outlook),
    managed,
    differences,
    notes,
    rights,
  };
}

/** null where it is not known; undefined where there is nothing to know. */
function printedOutlook(outlook: Outlook): object | null | undefined {
  if (outlook.kind === 'unread') return null;
  if (outlook.kind !== 'upgrade') return undefined;
  const {to, effect} = outlook;
  return {
    to: releaseName(to),
    items: effect.shifts.map(printedShift),
    summary: printedSummary(effect),
  };
}
