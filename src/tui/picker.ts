import {isProblem, type ValueField} from '../controls/control.ts';
import {controlById} from '../controls/index.ts';
import type {Policy} from '../kube/objects.ts';
import type {Picking, View} from './session.ts';
import type {Table} from './table.ts';

/** The view in which the exact values of a control are set. */
export type ValuesView = Extract<View, {name: 'values'}>;

/** How far the picking is; it begins with the policy as it is now. */
export function pickingOf({picking}: ValuesView, now: Policy): Picking {
  return picking ?? {opened: now, pending: now, part: 0};
}

/** The part of the control that is in sight. */
export function fieldOf(view: ValuesView, now: Policy): ValueField<Policy> | undefined {
  return controlById[view.control].fields[pickingOf(view, now).part];
}

/** A row for each entry, in an order that stays: those set at first, the other choices, those added. */
export function valuesTable(view: ValuesView, now: Policy): Table {
  const {opened, pending, part} = pickingOf(view, now);
  const {fields} = controlById[view.control];
  const field = fields[part];
  const before = field?.get(opened) ?? [];
  const after = field?.get(pending) ?? [];
  const entries = [...new Set([...before, ...(field?.choices ?? []), ...after])];
  return {
    caption: fields
      .map(({label}, index) => (index === part ? `[${label}]` : ` ${label} `))
      .join(' '),
    columns: ['', 'ENTRY', 'CHANGE'],
    empty: 'Nothing is set: + adds an entry.',
    rows: entries.map(entry => {
      const [was, is] = [before.includes(entry), after.includes(entry)];
      const change = was === is ? '' : is ? 'added' : 'removed';
      return {
        key: entry,
        cells: [markOf(field, is), entry, {value: change, tone: 'moved'}],
        enter: undefined,
      };
    }),
  };
}

function markOf(field: ValueField<Policy> | undefined, isSet: boolean): string {
  if (field?.kind === 'choice') return isSet ? '(x)' : '( )';
  return isSet ? '[x]' : '[ ]';
}

/** The entry of a choice that is set: where the cursor begins. */
export function chosenEntry(view: ValuesView, now: Policy): string | undefined {
  const field = fieldOf(view, now);
  return field?.kind === 'choice' ? field.get(pickingOf(view, now).pending)[0] : undefined;
}

/** The view with another part in sight. */
export function turned(view: ValuesView, now: Policy, by: number): ValuesView {
  const picking = pickingOf(view, now);
  const parts = controlById[view.control].fields.length;
  if (parts === 0) return view;
  return {...view, picking: {...picking, part: (picking.part + by + parts) % parts}};
}

/** The view with an entry set or taken out, or what is wrong with that. */
export function toggled(view: ValuesView, now: Policy, entry: string): ValuesView | string {
  const field = fieldOf(view, now);
  const entries = field?.get(pickingOf(view, now).pending) ?? [];
  if (field?.kind === 'choice') return withEntries(view, now, [entry]);
  return withEntries(
    view,
    now,
    entries.includes(entry) ? entries.filter(other => other !== entry) : [...entries, entry],
  );
}

/** The view with a typed entry set, or what is wrong with it. */
export function added(view: ValuesView, now: Policy, entry: string): ValuesView | string {
  const entries = fieldOf(view, now)?.get(pickingOf(view, now).pending) ?? [];
  return withEntries(view, now, [...entries, entry]);
}

function withEntries(
  view: ValuesView,
  now: Policy,
  entries: readonly string[],
): ValuesView | string {
  const picking = pickingOf(view, now);
  const result = fieldOf(view, now)?.set(picking.pending, entries);
  if (result === undefined) return view;
  return isProblem(result) ? result.problem : {...view, picking: {...picking, pending: result}};
}
