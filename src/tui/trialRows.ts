import {judgeOf} from '../admission/judge.ts';
import type {Verdict} from '../admission/judgement.ts';
import {verdictOf} from '../admission/verdict.ts';
import {type Effect, effectOf, type ShiftKind} from '../effect/effect.ts';
import {layOver} from '../inventory/files/overlay.ts';
import type {Inventory} from '../inventory/inventory.ts';
import {itemKey} from '../inventory/submissions/items.ts';
import {storedIn} from '../policy/refused.ts';
import {effectText, shiftCells} from '../report/effect.ts';
import type {Model} from './model.ts';
import type {Tone} from './paint.ts';
import type {View} from './session.ts';
import {remember} from './store.ts';
import type {Table} from './table.ts';

type Trial = Extract<View, {name: 'trial'}>;

/** What the files of a change do to an inventory; computed again only for another one. */
const effectWith = remember(
  (inventory: Inventory, files: Inventory): Effect =>
    effectOf(inventory, layOver(inventory, storedIn(inventory.release, files), [])),
);

const tones: Partial<Readonly<Record<ShiftKind, Tone>>> = {
  denied: 'bad',
  unknown: 'unknown',
  mutated: 'warn',
  move: 'moved',
  admitted: 'good',
  warned: 'warn',
};

/** The column that says what the change does. */
const changeColumn = 5;

/** A row for each pod or workload that the files of a change make a difference to. */
export function trialTable({inventory}: Model, {path, files}: Trial): Table {
  const effect = effectWith(inventory, files);
  return {
    caption: `With ${path}: ${effectText(effect)}`,
    columns: ['NAMESPACE', 'KIND', 'NAME', 'BEFORE', 'AFTER', 'CHANGE', 'REASON'],
    spare: ['KIND'],
    empty: 'Nothing that runs would be treated differently.',
    rows: effect.shifts.map(shift => ({
      key: itemKey(shift.item),
      cells: shiftCells(shift).map((value, column) =>
        column === changeColumn ? {value, tone: tones[shift.kind] ?? 'plain'} : value,
      ),
      enter: {name: 'why', item: itemKey(shift.item), trial: files},
    })),
  };
}

/** The verdict on an item once the files of a change are laid over; undefined if it is gone then. */
export function verdictAfterTrial(
  {inventory}: Model,
  files: Inventory,
  item: string,
): Verdict | undefined {
  const shift = effectWith(inventory, files).shifts.find(each => itemKey(each.item) === item);
  if (shift?.after !== undefined) return verdictOf(shift.item, shift.after);
  return shift && judgeOf(inventory).verdict(shift.item);
}
