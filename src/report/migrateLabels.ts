import {labelOf} from '../kube/reference.ts';
import type {LabelChange, LabelStep} from '../migrate/labelChanges.ts';
import type {LabelCheck} from '../migrate/labelCheck.ts';
import type {LabelImpact} from '../migrate/labelImpact.ts';
import type {NamespaceLabels} from '../migrate/labels.ts';
import {refusalDetail} from '../podSecurity/judge.ts';
import {type PinnedLevel, type PodSecurityMode, podSecurityPrefix} from '../podSecurity/labels.ts';
import {standardVersionText} from '../podSecurity/version.ts';
import {printYaml} from '../yaml/documents.ts';
import {comment} from './advice.ts';
import {escapeText} from './escape.ts';
import {placeOfItem, shellLine} from './migrate.ts';
import {table} from './table.ts';

/** How labels are printed. */
export interface LabelsOptions {
  /** All problems, and not the first few of each namespace. */
  readonly wide: boolean;
  readonly headers: boolean;
}

/** The lines that set labels, for kubectl. */
export interface LabelLines {
  readonly steps: readonly LabelStep[];
  /** The flags that lead kubectl to the same cluster. */
  readonly again: readonly string[];
}

/** A line a namespace, why it is not fine, and the lines that set the labels if they are asked for. */
export function labelsText(
  labels: readonly NamespaceLabels[],
  lines: LabelLines | undefined,
  {wide, headers}: LabelsOptions,
): string {
  if (labels.length === 0) return '';
  const header = ['NAMESPACE', 'LEVEL', 'WORKLOADS', 'WITH PSP', 'WITHOUT', 'VERDICT'];
  const rows = labels.map(({namespace, level, workloads, now, after, verdict}) => [
    namespace,
    level,
    String(workloads.length),
    now ?? '',
    after ?? '',
    verdictWord(verdict),
  ]);
  const problems = labels.map(one => problemLines(one, wide).join('')).join('');
  const commands = (lines?.steps ?? []).map(step => `${stepLine(step, lines?.again ?? [])}\n`);
  return [table(headers ? header : undefined, rows), problems, commands.join('')]
    .filter(part => part !== '')
    .join('\n');
}

function verdictWord(verdict: NamespaceLabels['verdict']): string {
  return verdict === 'unknown' ? "can't tell" : verdict;
}

const shown = 3;

function problemLines({problems}: NamespaceLabels, wide: boolean): readonly string[] {
  const lines = problems.map(
    ({item, verdict, says}) =>
      `${escapeText(`${labelOf(item)}: ${verdictWord(verdict)}: ${says}`)}\n`,
  );
  if (wide || lines.length <= shown + 1) return lines;
  const place = escapeText(problems[0]?.item.namespace ?? '');
  return [...lines.slice(0, shown), `${place}: ${lines.length - shown} more: see -o wide\n`];
}

function stepLine(step: LabelStep, again: readonly string[]): string {
  switch (step.kind) {
    case 'change':
      return labelLine(step.change.namespace, step.change.set, again);
    case 'same':
      return `# ${escapeText(step.namespace)}: nothing to change`;
    case 'held':
      return `# ${escapeText(step.namespace)}: not yet, ${escapeText(step.reason)}`;
  }
}

/** The line of kubectl that gives a namespace these labels; those without a value it takes away. */
function labelLine(namespace: string, set: LabelChange['set'], again: readonly string[]): string {
  const words = Object.entries(set).map(([key, value]) =>
    value === undefined ? `${key}-` : `${key}=${value}`,
  );
  return shellLine(['kubectl', 'label', '--overwrite', 'namespace', namespace, ...words, ...again]);
}

/** What a change does, a line a label: `shop: warn baseline -> restricted`. */
export function labelChangeLines({namespace, set, was}: LabelChange): readonly string[] {
  return Object.entries(set)
    .filter(([key, value]) => was[key] !== value)
    .map(
      ([key, value]) =>
        `${namespace}: ${key.replace(podSecurityPrefix, '')}: ${was[key] ?? '(not set)'} -> ${value ?? '(not set)'}`,
    )
    .map(escapeText);
}

/** What other labels do at once, in lines; a level that stays is a line of its own. */
export function labelImpactLines(impact: LabelImpact): readonly string[] {
  const {namespace, before, after, refused, unknown, freed, isUnread} = impact;
  const textOf = ({level, version}: PinnedLevel) => `${level}:${standardVersionText(version)}`;
  const [was, will] = [textOf(before), textOf(after)];
  if (was === will) return [`Enforced in ${namespace}: ${will}, as before`].map(escapeText);
  const listed = (title: string, turns: LabelImpact['refused']) => [
    ...(turns.length === 0 ? [] : [`${title}: ${turns.length}`]),
    ...turns.map(({item, refusals}) => `  ${labelOf(item)}: ${refusalDetail(refusals)}`),
  ];
  const isQuiet = refused.length + unknown.length + freed.length === 0 && !isUnread;
  return [
    `Enforced in ${namespace}: ${was} -> ${will}, on pods that are created from now on`,
    ...listed('Workloads whose pods would be refused', refused),
    ...listed('Workloads of which it is unknown whether their pods would be refused', unknown),
    ...(isUnread ? ['More may run there that could not be read, and may be refused'] : []),
    ...listed('Workloads whose pods would no longer be refused', freed),
    ...(isQuiet ? ['No workload there is treated differently'] : []),
  ].map(escapeText);
}

/** Why labels are not fine for each workload, a line each. */
export function labelProblemLines(labels: NamespaceLabels): readonly string[] {
  return problemLines(labels, true).map(line => line.trimEnd());
}

/** A script for a POSIX shell that gives the labels back what they were. */
export function undoScript(
  changes: readonly LabelChange[],
  {
    time,
    source,
    again,
  }: {readonly time: string; readonly source: string; readonly again: readonly string[]},
): string {
  const lines = changes.map(({namespace, was}) => labelLine(namespace, was, again));
  const head = [
    `Gives namespaces the Pod Security labels back that they had before kubectl psp migrate labels`,
    `changed them (${time}, ${source}). Other labels are not touched.`,
  ];
  return `#!/bin/sh\n${comment(head)}set -e\n${lines.map(line => `${line}\n`).join('')}`;
}

/** The labels as patches of namespaces, a YAML stream; comments name those that are held back. */
export function namespacePatches(
  labels: readonly NamespaceLabels[],
  steps: readonly LabelStep[],
): string {
  const notes = steps.flatMap(step =>
    step.kind === 'held' ? [`${step.namespace}: not yet, ${step.reason}`] : [],
  );
  const held = new Set(steps.flatMap(step => (step.kind === 'held' ? [step.namespace] : [])));
  const removed = new Map(
    steps.flatMap(step =>
      step.kind === 'change' ? [[step.change.namespace, step.change.set] as const] : [],
    ),
  );
  const documents = labels
    .filter(({namespace}) => !held.has(namespace))
    .map(({namespace, proposed}) => {
      const set = Object.entries(removed.get(namespace) ?? proposed);
      // In a merge patch null takes a label away.
      const values = Object.fromEntries(set.map(([key, value]) => [key, value ?? null]));
      const metadata = {name: namespace, labels: values};
      return printYaml({apiVersion: 'v1', kind: 'Namespace', metadata});
    });
  return (notes.length > 0 ? comment(notes) : '') + documents.join('---\n');
}

/** What a server said to the pods of templates, a line each, and how far that was foretold. */
export function labelChecksText(checks: readonly LabelCheck[]): string {
  const lines = checks.map(({workload, says}) => escapeText(`${labelOf(workload.item)}: ${says}`));
  const of = (wanted: LabelCheck['agreement']) =>
    checks.filter(({agreement}) => agreement === wanted).length;
  const counts = [
    `${of('same')} as foretold`,
    ...(of('different') > 0 ? [`${of('different')} otherwise`] : []),
    ...(of('unknown') > 0 ? [`of ${of('unknown')} it can't be told`] : []),
  ];
  return `${lines.map(line => `${line}\n`).join('')}The server on pods of ${checks.length} workloads: ${counts.join(', ')}.\n`;
}

/** One namespace's labels as machine output has them. */
export function printedLabels(labels: NamespaceLabels, stage: PodSecurityMode): object {
  const {namespace, level, proposed, verdict, now, after, problems} = labels;
  return {
    namespace,
    current: labels.labels ?? null,
    level,
    stage,
    labels: proposed,
    verdict,
    now: now ?? null,
    after: after ?? null,
    problems: problems.map(({item, verdict: one, says}) => ({
      ...placeOfItem(item),
      verdict: one,
      message: says,
    })),
  };
}
