import type {Control} from '../controls/control.ts';
import type {ControlTrend, WorkloadChange, WorkloadComparison} from '../effect/compareWorkloads.ts';
import type {Policy} from '../kube/objects.ts';
import {kindText} from '../kube/workloadKinds.ts';
import {count} from '../text.ts';
import {escapeText} from './escape.ts';
import {printedPlace} from './place.ts';
import {table} from './table.ts';
import {wrap} from './wrapped.ts';

/** The columns that a line of text may take. */
const width = 80;

const noVolumes = 'no such volumes';

interface CompareOptions {
  /** A table with one line for each control, however long, and no summary. */
  readonly wide: boolean;
  readonly headers: boolean;
}

/** What rises and falls, by workload, and a line that sums it up. */
export function compareText(
  comparison: WorkloadComparison,
  {wide, headers}: CompareOptions,
): string {
  if (wide) return wideTable(comparison, headers);
  const titles = comparison.changes.flatMap(({trends}) => trends.map(({control}) => control.title));
  const titleWidth = Math.max(0, ...titles.map(title => title.length));
  const parts = comparison.changes.map(change => changeText(change, titleWidth));
  return [...parts, `${summary(comparison)}\n`].join(parts.length > 0 ? '\n' : '');
}

function changeText(change: WorkloadChange, titleWidth: number): string {
  const {kind, trends} = change;
  const mark = kind === 'changed' ? '' : ` (${kind})`;
  const none = kind === 'added' && trends.length === 0 ? ': nothing above restricted' : '';
  const heading = `${escapeText(placeOf(change))}${mark}${none}\n`;
  return heading + trends.map(trend => trendLines(trend, change, titleWidth)).join('');
}

function trendLines(
  {control, trend}: ControlTrend,
  change: WorkloadChange,
  titleWidth: number,
): string {
  const head = `  ${trend}   ${control.title.padEnd(titleWidth)}   `;
  const lines = wrap(escapeText(valuesText(control, change)), Math.max(20, width - head.length));
  return lines
    .map((line, index) => `${index === 0 ? head : ' '.repeat(head.length)}${line}\n`)
    .join('');
}

function valuesText(control: Control, {before, after}: WorkloadChange): string {
  return [before, after]
    .flatMap(policy => (policy === undefined ? [] : neededWords(control, policy)))
    .join(' -> ');
}

/** The value of a control of a least policy, what its pods need, as machine output has it. */
export function neededText(control: Control, least: Policy): string {
  return control.isMoot(least) ? noVolumes : control.describe(least);
}

/** The same for people. */
export function neededWords(control: Control, least: Policy): string {
  return control.isMoot(least) ? noVolumes : control.describeForPeople(least);
}

function summary({changes, unchanged, rises, falls}: WorkloadComparison): string {
  const among = (kind: WorkloadChange['kind']) => changes.filter(one => one.kind === kind).length;
  const trends = `${count(rises, 'rise')} and ${count(falls, 'fall')}`;
  const kinds = (['changed', 'added', 'removed'] as const).map(kind => `${among(kind)} ${kind}`);
  return `${trends}. Workloads: ${[...kinds, `${unchanged} unchanged`].join(', ')}.`;
}

const header = ['NAMESPACE', 'KIND', 'NAME', 'CHANGE', 'CONTROL', 'BEFORE', 'AFTER', 'TREND'];

function wideTable({changes}: WorkloadComparison, headers: boolean): string {
  const rows = changes.flatMap(change => {
    const {namespace, name} = change.item;
    const place = [namespace, kindText(change.item), name, change.kind];
    if (change.trends.length === 0) return [[...place, '', '', '', '']];
    return change.trends.map(({control, trend}) => [
      ...place,
      control.title,
      change.before === undefined ? '' : neededWords(control, change.before),
      change.after === undefined ? '' : neededWords(control, change.after),
      trend,
    ]);
  });
  return rows.length === 0 ? '' : table(headers ? header : undefined, rows);
}

function placeOf({item}: WorkloadChange): string {
  return `${item.namespace}/${kindText(item)}/${item.name}`;
}

/** The comparison as machine output has it. */
export function printedComparison({changes, unchanged, rises, falls}: WorkloadComparison): {
  readonly items: readonly object[];
  readonly summary: object;
} {
  const items = changes.map(({kind, item, before, after, trends}) => ({
    ...printedPlace(item),
    change: kind,
    controls: trends.map(({control, trend}) => ({
      id: control.id,
      before: before === undefined ? null : neededText(control, before),
      after: after === undefined ? null : neededText(control, after),
      trend,
    })),
  }));
  return {items, summary: {rises, falls, unchanged}};
}
