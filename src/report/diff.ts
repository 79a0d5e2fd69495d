import type {Control} from '../controls/control.ts';
import type {Policy} from '../kube/objects.ts';
import {type ControlComparison, isEqual, type PolicyComparison} from '../policy/comparePolicies.ts';
import {whyUnusable} from '../policy/evaluate.ts';
import {policyLevel} from '../policy/level.ts';
import {escapeText} from './escape.ts';
import {table} from './table.ts';
import {wrap, wrappedTable} from './wrapped.ts';

/** A policy and what the user called it by: its name, or the file that it is in. */
export interface NamedPolicy {
  readonly label: string;
  readonly policy: Policy;
}

interface DiffOptions {
  /** One line a control, however long. */
  readonly wide: boolean;
  /** Equal controls too. */
  readonly all: boolean;
  readonly headers: boolean;
}

/** In what two policies differ: a row a control, and a line that sums it up. */
export function diffText(
  a: NamedPolicy,
  b: NamedPolicy,
  comparison: PolicyComparison,
  {wide, all, headers}: DiffOptions,
): string {
  const shown = comparison.controls.filter(one => all || !isEqual(one));
  const rows = shown.map(one => [
    one.control.title,
    valueText(one.control, comparison.from),
    valueText(one.control, comparison.to),
    directionText(one),
  ]);
  const header = headers ? ['CONTROL', `A: ${a.label}`, `B: ${b.label}`, 'B IS'] : undefined;
  const safeHeader = header?.map(escapeText);
  const text = wide ? table(safeHeader, rows) : wrappedTable(safeHeader, rows);
  const lines = [
    sentence(a, b, comparison),
    ...(comparison.controls.some(one => one.fillsOtherwise)
      ? ['* They fill in different things where a pod leaves something unset.']
      : []),
    ...unusableNotes(a, b),
  ];
  return `${rows.length > 0 ? `${text}\n` : ''}${lines.map(paragraph).join('')}`;
}

/** The value of a control for people, and whether it makes no difference. */
export function valueText(control: Control, policy: Policy): string {
  const value = control.describeForPeople(policy);
  return control.isMoot(policy) ? `${value} (no such volumes)` : value;
}

function directionText({direction, fillsOtherwise}: ControlComparison): string {
  return fillsOtherwise ? `${direction} *` : direction;
}

function sentence(a: NamedPolicy, b: NamedPolicy, comparison: PolicyComparison): string {
  const count = comparison.controls.filter(isEqual).length;
  const equals = `${count} of ${comparison.controls.length} controls are equal`;
  return `${verdict(a, b, comparison)}; ${equals}.`;
}

function verdict(a: NamedPolicy, b: NamedPolicy, {order, isEqual}: PolicyComparison): string {
  switch (order) {
    case 'equal':
      return isEqual
        ? `B (${b.label}) equals A (${a.label})`
        : `B (${b.label}) admits the same pods as A (${a.label}), but fills in different values`;
    case 'incomparable':
      return `B (${b.label}) is neither tighter nor looser than A (${a.label})`;
    default:
      return `B (${b.label}) is ${order} than A (${a.label})`;
  }
}

function unusableNotes(...policies: readonly NamedPolicy[]): readonly string[] {
  return policies.flatMap(({label, policy}) => {
    const unusable = whyUnusable(policy);
    return unusable === undefined
      ? []
      : [`note: admission leaves ${label} out, it admits no pod: ${unusable}`];
  });
}

function paragraph(text: string): string {
  return wrap(escapeText(text), 80)
    .map(line => `${line}\n`)
    .join('');
}

/** The comparison as machine output has it. All controls are there. */
export function printedDiff(
  a: NamedPolicy,
  b: NamedPolicy,
  {order, isEqual: same, controls}: PolicyComparison,
): object {
  return {
    a: printedSide(a),
    b: printedSide(b),
    order,
    equal: same,
    controls: controls.map(one => ({
      id: one.control.id,
      a: one.control.describe(a.policy),
      b: one.control.describe(b.policy),
      direction: one.direction,
      fillsOtherwise: one.fillsOtherwise,
    })),
  };
}

function printedSide({label, policy}: NamedPolicy): object {
  const unusable = whyUnusable(policy);
  return {from: label, name: policy.metadata.name, level: policyLevel(policy), unusable};
}
