import {weaklyKeyed} from '../once.ts';
import {atLeast, byText} from '../text.ts';
import type {Part} from './bars.ts';
import type {Tone} from './paint.ts';
import type {RichLine} from './rich.ts';
import type {View} from './session.ts';

/** What a cell shows; numbers stand at the right of their column, and zeros are quiet. */
export type Cell = string | number | TonedCell;

/** A cell with what it means; of a number, only if it is not zero. */
export interface TonedCell {
  readonly value: string | number;
  readonly tone: Tone;
  /** The one word of it, made of letters, that has this meaning, if it is not all of it. */
  readonly only?: string;
  /** What to show where there is no room for it. */
  readonly short?: string;
}

export interface Row {
  /** Identifies it among the others, also after the inventory has changed. */
  readonly key: string;
  readonly cells: readonly Cell[];
  /** How its pods are judged; shown after the first cell where there is room. */
  readonly bar?: readonly Part[];
  /** What Enter opens. */
  readonly enter: View | undefined;
}

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  /** The same rows in parts, of which most are the same lists each time that a long table is made. */
  readonly parts?: readonly (readonly Row[])[];
  /** Of the columns, those that are left out where there is little room, the first one first. */
  readonly spare?: readonly string[];
  /** How many columns the words of a cell want before spare columns are shown, if not the usual. */
  readonly wordRoom?: number;
  /** What the rows are, and what else there is, above them. */
  readonly caption?: RichLine | undefined;
  /** What to say if there are no rows. */
  readonly empty: string;
  /** The key of the row that the cursor begins at, if not the first one. */
  readonly start?: string | undefined;
}

/** The text or number in a cell. */
export function cellValue(cell: Cell): string | number {
  return typeof cell === 'object' ? cell.value : cell;
}

/** How many there are, or the least: `3+` where not all was read. */
export function countCell(count: number, isPartial: boolean): string | number {
  return isPartial ? atLeast(count, true) : count;
}

/** What a cell means: nothing but what it says, if nobody said more. */
export function toneOfCell(cell: Cell): Tone {
  const value = cellValue(cell);
  if (value === 0 || value === '-') return 'dim';
  return typeof cell === 'object' ? cell.tone : 'plain';
}

/** Rows that have the filter's words in some cell, sorted as asked. */
export function arrange(
  {rows}: Table,
  filter: string,
  sort: number | undefined,
  descending: boolean,
): readonly Row[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const kept =
    words.length === 0
      ? rows
      : rows.filter(({cells}) => words.every(word => searchedText(cells).includes(word)));
  if (sort === undefined) return kept;
  const sorted = [...kept].sort((a, b) => compareCells(a.cells[sort] ?? '', b.cells[sort] ?? ''));
  return descending ? sorted.reverse() : sorted;
}

/** What the filter looks at; a letter more of it is typed, and thousands of rows are the same. */
const searchedText = weaklyKeyed((cells: readonly Cell[]) =>
  cells.map(cellValue).join(' ').toLowerCase(),
);

function compareCells(a: Cell, b: Cell): number {
  const [one, other] = [sortValue(a), sortValue(b)];
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return byText(String(one), String(other));
}

/** `3+` sorts as three. */
function sortValue(cell: Cell): string | number {
  const value = cellValue(cell);
  return typeof value === 'string' && /^\d+\+$/.test(value) ? Number.parseInt(value, 10) : value;
}
