import {byText} from '../text.ts';
import type {View} from './session.ts';

export type RowTone = 'plain' | 'good' | 'warn' | 'bad' | 'dim';

export interface Row {
  /** Identifies it among the others, also after the inventory has changed. */
  readonly key: string;
  readonly cells: readonly string[];
  readonly tone: RowTone;
  /** What Enter opens. */
  readonly enter: View | undefined;
}

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  /** What the rows are, and what else there is, above them. */
  readonly caption?: string | undefined;
  /** What to say if there are no rows. */
  readonly empty: string;
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
      : rows.filter(({cells}) => {
          const text = cells.join(' ').toLowerCase();
          return words.every(word => text.includes(word));
        });
  if (sort === undefined) return kept;
  const sorted = [...kept].sort((a, b) => compareCells(a.cells[sort] ?? '', b.cells[sort] ?? ''));
  return descending ? sorted.reverse() : sorted;
}

function compareCells(a: string, b: string): number {
  const [one, other] = [a, b].map(cell => Number(cell.replace(/\+$/, ''))) as [number, number];
  if (a !== '' && b !== '' && !Number.isNaN(one) && !Number.isNaN(other)) return one - other;
  return byText(a, b);
}
