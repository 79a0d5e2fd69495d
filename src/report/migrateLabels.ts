import {labelOf} from '../kube/reference.ts';
import type {NamespaceLabels} from '../migrate/labels.ts';
import type {PodSecurityMode} from '../migrate/namespaceLevels.ts';
import {printYaml} from '../yaml/documents.ts';
import {comment} from './advice.ts';
import {escapeText} from './escape.ts';
import {placeOfItem, shellLine} from './migrate.ts';
import {table} from './table.ts';

/** How labels are printed. */
export interface LabelsOptions {
  readonly stage: PodSecurityMode;
  /** All problems, and not the first few of each namespace. */
  readonly wide: boolean;
  readonly headers: boolean;
  /** The flags that lead kubectl to the same cluster. */
  readonly again: readonly string[];
}

/** A line a namespace, why it is not fine, and the lines that set the labels. */
export function labelsText(
  labels: readonly NamespaceLabels[],
  {stage, wide, headers, again}: LabelsOptions,
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
  const lines = labels.map(one => `${commandLine(one, stage, again)}\n`).join('');
  return [table(headers ? header : undefined, rows), problems, lines]
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

/** Whether the labels would refuse something, or may: then they are not ready to be set. */
function isHeldBack({verdict}: NamespaceLabels, stage: PodSecurityMode): boolean {
  return stage === 'enforce' && verdict !== 'fine';
}

function commandLine(
  labels: NamespaceLabels,
  stage: PodSecurityMode,
  again: readonly string[],
): string {
  const {namespace, proposed, verdict} = labels;
  if (isHeldBack(labels, stage)) {
    return `# ${escapeText(namespace)}: not yet, ${verdictWord(verdict)}`;
  }
  const words = Object.entries(proposed).map(([key, value]) => `${key}=${value}`);
  return shellLine(['kubectl', 'label', '--overwrite', 'namespace', namespace, ...words, ...again]);
}

/** The labels as patches of namespaces, a YAML stream; comments name those that are held back. */
export function namespacePatches(
  labels: readonly NamespaceLabels[],
  stage: PodSecurityMode,
): string {
  const [held, ready] = [true, false].map(isHeld =>
    labels.filter(one => isHeldBack(one, stage) === isHeld),
  );
  const notes = (held ?? []).map(
    ({namespace, verdict}) => `${namespace}: not yet, ${verdictWord(verdict)}`,
  );
  const documents = (ready ?? []).map(({namespace, proposed}) =>
    printYaml({apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace, labels: proposed}}),
  );
  return (notes.length > 0 ? comment(notes) : '') + documents.join('---\n');
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
