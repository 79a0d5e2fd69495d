import type {ControlTrend} from '../effect/compareContainers.ts';
import type {WorkloadChange, WorkloadComparison} from '../effect/compareWorkloads.ts';
import type {ContainerView} from '../kube/podView.ts';
import {kindText} from '../kube/workloadKinds.ts';
import {count} from '../text.ts';
import {escapeText} from './escape.ts';
import {printedPlace} from './place.ts';
import {table} from './table.ts';
import {wrap} from './wrapped.ts';

/** The columns that a line of text may take. */
const width = 80;

interface CompareOptions {
  /** A table with one line for each control, however long, and no summary. */
  readonly wide: boolean;
  readonly headers: boolean;
}

/** What rises, falls and changes, by workload, and a line that sums it up. */
export function compareText(
  comparison: WorkloadComparison,
  {wide, headers}: CompareOptions,
): string {
  if (wide) return wideTable(comparison, headers);
  const trends = comparison.changes.flatMap(one => one.trends);
  const columns: Columns = {
    trend: Math.max(0, ...trends.map(({trend}) => trend.length)),
    title: Math.max(0, ...trends.map(({control}) => control.title.length)),
  };
  const parts = comparison.changes.map(change => changeText(change, columns));
  return [...parts, `${summary(comparison)}\n`].join(parts.length > 0 ? '\n' : '');
}

/** How wide the columns of a line are. */
interface Columns {
  readonly trend: number;
  readonly title: number;
}

function changeText(change: WorkloadChange, columns: Columns): string {
  const {kind, trends} = change;
  const mark = kind === 'changed' ? '' : ` (${kind})`;
  const none = kind === 'added' && trends.length === 0 ? ': nothing above restricted' : '';
  const heading = `${escapeText(placeOf(change))}${mark}${none}\n`;
  return heading + trends.map(trend => trendLines(trend, change, columns)).join('');
}

function trendLines(one: ControlTrend, {hasSeveral}: WorkloadChange, columns: Columns): string {
  const {trend, control, containers} = one;
  const head = `  ${trend.padEnd(columns.trend)}   ${control.title.padEnd(columns.title)}   `;
  const where = hasSeveral && containers.length > 0 ? `${containersText(containers)}: ` : '';
  const lines = wrap(escapeText(where + valuesText(one)), Math.max(20, width - head.length));
  return lines
    .map((line, index) => `${index === 0 ? head : ' '.repeat(head.length)}${line}\n`)
    .join('');
}

/** A container that was not there has no value before; one that is gone has none after. */
function valuesText({before, after}: ControlTrend): string {
  if (after === undefined) return `${before ?? ''} (removed)`;
  return before === undefined ? after : `${before} -> ${after}`;
}

const listWords: Readonly<Record<ContainerView['list'], string>> = {
  initContainers: 'init container ',
  containers: '',
  ephemeralContainers: 'ephemeral container ',
};

function containersText(containers: readonly ContainerView[]): string {
  return containers.map(({list, name}) => listWords[list] + name).join(', ');
}

function summary({changes, unchanged, counts}: WorkloadComparison): string {
  const among = (kind: WorkloadChange['kind']) => changes.filter(one => one.kind === kind).length;
  const [rises, falls] = [count(counts.rise, 'rise'), count(counts.fall, 'fall')];
  const trends =
    counts.change === 0
      ? `${rises} and ${falls}`
      : `${rises}, ${falls} and ${count(counts.change, 'change')} that ${counts.change === 1 ? 'is' : 'are'} neither`;
  const kinds = (['changed', 'added', 'removed'] as const).map(kind => `${among(kind)} ${kind}`);
  return `${trends}. Workloads: ${[...kinds, `${unchanged} unchanged`].join(', ')}.`;
}

const header = [
  'NAMESPACE',
  'KIND',
  'NAME',
  'CHANGE',
  'CONTROL',
  'BEFORE',
  'AFTER',
  'TREND',
  'CONTAINERS',
];

function wideTable({changes}: WorkloadComparison, headers: boolean): string {
  const rows = changes.flatMap(change => {
    const {namespace, name} = change.item;
    const place = [namespace, kindText(change.item), name, change.kind];
    if (change.trends.length === 0) return [[...place, '', '', '', '', '']];
    return change.trends.map(({control, containers, before = '', after = '', trend}) => [
      ...place,
      control.title,
      before,
      after,
      trend,
      containersText(containers),
    ]);
  });
  return rows.length === 0 ? '' : table(headers ? header : undefined, rows);
}

function placeOf({item}: WorkloadChange): string {
  return `${item.namespace}/${kindText(item)}/${item.name}`;
}

/** The comparison as machine output has it. */
export function printedComparison({changes, unchanged, counts}: WorkloadComparison): {
  readonly items: readonly object[];
  readonly summary: object;
} {
  const items = changes.map(({kind, item, trends}) => ({
    ...printedPlace(item),
    change: kind,
    controls: trends.map(({control, containers, before = null, after = null, trend}) => ({
      id: control.id,
      containers: containers.map(({name}) => name),
      before,
      after,
      trend,
    })),
  }));
  const {rise: rises, fall: falls, change: others} = counts;
  return {items, summary: {rises, falls, changes: others, unchanged}};
}
