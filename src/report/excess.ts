import type {ControlExcess, ExcessState} from '../advice/excess.ts';
import type {Control} from '../controls/control.ts';
import type {Item} from '../inventory/submissions/items.ts';
import type {Policy} from '../kube/objects.ts';
import {count} from '../text.ts';
import {valueText} from './diff.ts';
import {escapeText} from './escape.ts';
import {nameOf, printedPlace} from './place.ts';
import {table} from './table.ts';
import {wrap, wrappedTable} from './wrapped.ts';

/** How many names of workloads a line holds before it says how many more there are. */
const namesInLine = 5;

const words: Readonly<Record<ExcessState, string>> = {
  excess: 'too loose',
  tight: 'tight',
  stricter: 'stricter',
  other: 'neither',
};

/** The value of a control of a least policy: what its pods need. */
function neededText(control: Control, least: Policy): string {
  return control.isMoot(least) ? noVolumes : control.describe(least);
}

/** The same for people. */
function neededWords(control: Control, least: Policy): string {
  return control.isMoot(least) ? noVolumes : control.describeForPeople(least);
}

const noVolumes = 'no such volumes';

interface ExcessOptions {
  /** All controls and all names, one line each, however long. */
  readonly wide: boolean;
  readonly headers: boolean;
}

/** How far a policy is above what its pods need: by control, then who needs what of it. */
export function excessText(
  policy: Policy,
  items: readonly Item[],
  found: readonly ControlExcess[],
  {wide, headers}: ExcessOptions,
): string {
  const shown = found.filter(({state}) => wide || state === 'excess' || state === 'other');
  const rows = shown.map(({control, state, least}) => [
    control.title,
    valueText(control, policy),
    neededWords(control, least),
    words[state],
  ]);
  const header = headers ? ['CONTROL', 'POLICY', 'LEAST', 'STATE'] : undefined;
  const text = wide ? table(header, rows) : wrappedTable(header, rows);
  const needs = shown.flatMap(one => needLines(one, wide));
  return [
    ...(rows.length > 0 ? [text] : []),
    ...(needs.length > 0 ? [`Who needs what of these:\n${needs.join('')}`] : []),
    paragraph(summary(policy, items, found)),
  ].join('\n');
}

function needLines({control, needs}: ControlExcess, wide: boolean): readonly string[] {
  if (needs.length === 0) return [];
  return [
    `  ${control.title}\n`,
    ...needs.flatMap(({need, items}) => {
      const line = escapeText(`${need}: ${namesText(items, wide)}`);
      const lines = wide ? [line] : wrap(line, 76);
      return lines.map((one, index) => `${index === 0 ? '    ' : '      '}${one}\n`);
    }),
  ];
}

function namesText(items: readonly Item[], all: boolean): string {
  const names = items.map(item => `${item.namespace}/${nameOf(item)}`);
  const more = names.length - namesInLine;
  if (all || more <= 0) return names.join(', ');
  return `${names.slice(0, namesInLine).join(', ')} and ${more} more`;
}

function summary(
  {metadata}: Policy,
  items: readonly Item[],
  found: readonly ControlExcess[],
): string {
  const among = (state: ExcessState) => found.filter(one => one.state === state).length;
  const parts = [
    `${among('excess')} looser than needed`,
    `${among('tight')} tight`,
    ...(among('stricter') > 0
      ? [`${among('stricter')} stricter than the pods say (it fills in, or denies)`]
      : []),
    ...(among('other') > 0 ? [`${among('other')} neither`] : []),
  ];
  return escapeText(
    `${metadata.name} for ${count(items.length, 'workload')}: of ${found.length} controls ${parts.join(', ')}.`,
  );
}

function paragraph(text: string): string {
  return wrap(text, 80)
    .map(line => `${line}\n`)
    .join('');
}

/** The answer as machine output has it. All controls are there. */
export function printedExcess(
  policy: Policy,
  items: readonly Item[],
  found: readonly ControlExcess[],
): object {
  return {
    policy: policy.metadata.name,
    workloads: items.map(printedPlace),
    controls: found.map(({control, state, least, needs}) => ({
      id: control.id,
      value: control.describe(policy),
      least: neededText(control, least),
      state,
      needs: needs.map(({need, items: having}) => ({need, workloads: having.map(printedPlace)})),
    })),
  };
}
