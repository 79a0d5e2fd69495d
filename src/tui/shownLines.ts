import {keyed, weaklyKeyed} from '../once.ts';
import {type Layout, layoutOf} from './columns.ts';
import {plainWordsOf, type RichLine, wrapRich} from './rich.ts';
import {gap, rowSpans, titleSpans} from './rowPieces.ts';
import type {Row, Table} from './table.ts';

/** A row of a table that stands in a text, or its titles: laid out once the width is known, as a list is. */
interface RowLine {
  readonly table: Table;
  readonly row: Row | 'titles';
}

/** A line of a view that is a text. Not yet safe to show. */
export type ShownLine = RichLine | RowLine;

/** A table in a text, with what is said above it. */
export function tableLines(table: Table): readonly ShownLine[] {
  const {caption, rows, empty} = table;
  const all = rows.length === 0 ? [] : (['titles', ...rows] as const);
  return [
    ...(caption === undefined ? [] : [caption]),
    ...(rows.length === 0 ? [`  ${empty}`] : all.map(row => ({table, row}))),
  ];
}

/** The words of a line, without looks; of a row of a table, all of them. */
export function allWordsOf(line: ShownLine): string {
  return plainWordsOf(isRow(line) ? rowIn(line, Infinity) : line).trimEnd();
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What a bar beside a text takes, with what parts it from that. */
export const barColumns = 2;

/** The lines of a text as they are drawn: narrower where a bar beside them tells that there are more than fit. */
export function drawnLines(
  lines: readonly ShownLine[],
  {width, height}: Size,
): readonly RichLine[] {
  const whole = wrapped(lines)(width);
  return whole.length <= height ? whole : wrapped(lines)(width - barColumns);
}

const wrapped = weaklyKeyed((lines: readonly ShownLine[]) =>
  keyed((width: number) => lines.flatMap(line => drawn(line, width))),
);

function drawn(line: ShownLine, width: number): readonly RichLine[] {
  return isRow(line) ? [rowIn(line, width)] : wrapRich(line, width);
}

function isRow(line: ShownLine): line is RowLine {
  return typeof line === 'object' && 'table' in line;
}

function rowIn({table, row}: RowLine, width: number): RichLine {
  const look = layoutIn(table)(width);
  return row === 'titles' ? titleSpans(table.columns, look) : rowSpans(row, look);
}

const layoutIn = weaklyKeyed((table: Table) =>
  keyed((width: number): Layout => {
    const {columns: titles, rows, spare, wordRoom} = table;
    const places = spare?.map(name => titles.indexOf(name));
    const room = width - gap.length;
    return layoutOf({titles, parts: [rows], room, gap: gap.length, spare: places, wordRoom});
  }),
);

/** Which lines are in sight, `Lines 1-18 of 40`; '' if all are. */
export function partInSight(lines: readonly ShownLine[], scroll: number, size: Size): string {
  const last = lastScroll(lines, size);
  if (last === 0) return '';
  const first = Math.min(scroll, last);
  return `Lines ${first + 1}-${first + size.height} of ${last + size.height}`;
}

/** How far a text can be scrolled. */
export function lastScroll(lines: readonly ShownLine[], size: Size): number {
  return Math.max(0, drawnLines(lines, size).length - size.height);
}
