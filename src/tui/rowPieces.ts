import {barSpans} from './bars.ts';
import type {Column} from './columns.ts';
import type {Piece, Theme} from './paint.ts';
import {type Cell, cellValue, type Row, toneOfCell} from './table.ts';
import {fitWords, safeWidthOf} from './text.ts';

/** How the rows of a table are drawn. */
export interface RowLook {
  readonly columns: readonly Column[];
  /** How bars are drawn behind the first cell; undefined for none. */
  readonly bars?: Theme | undefined;
}

/** What parts a column from the one before it. */
export const gap = '  ';
export const barWidth = 14;

/** The titles above the rows; that of the column that they are sorted by stands out. */
export function titleSpans(
  titles: readonly string[],
  {columns, bars}: RowLook,
  sort?: number,
): readonly Piece[] {
  return titles.flatMap((title, index): readonly Piece[] => {
    if (columns[index]?.isLeftOut) return [];
    const look = index === sort ? ({bold: true} as const) : ({tone: 'dim'} as const);
    const cell = {text: gap + fitCell(title, columns[index]), ...look};
    return bars !== undefined && index === 0
      ? [cell, {text: ' '.repeat(barWidth + gap.length)}]
      : [cell];
  });
}

/** A row; the chosen one has a mark, too. */
export function rowSpans(
  {cells, bar}: Row,
  {columns, bars}: RowLook,
  isChosen = false,
): readonly Piece[] {
  return cells.flatMap((cell, index): readonly Piece[] => {
    if (columns[index]?.isLeftOut) return [];
    const start = index === 0 && isChosen ? '> ' : gap;
    const spans = [{text: start}, ...cellPieces(cell, columns[index])];
    if (bars === undefined || index > 0) return spans;
    return [...spans, {text: gap}, ...barSpans(bar ?? [], barWidth, bars)];
  });
}

function cellPieces(cell: Cell, column: Column | undefined): readonly Piece[] {
  const text = fitCell(shownValue(cell, column), column);
  const tone = toneOfCell(cell);
  const only = typeof cell === 'object' ? cell.only : undefined;
  if (only === undefined) return [{text, tone}];
  const at = text.search(new RegExp(`(?<![^ ,])${only}(?![^ ,])`));
  if (at < 0) return [{text}];
  const end = at + only.length;
  return [{text: text.slice(0, at)}, {text: only, tone}, {text: text.slice(end)}];
}

/** What a cell says in its column: less where it has less to say it in. */
function shownValue(cell: Cell, column: Column | undefined): string {
  const text = String(cellValue(cell));
  const short = typeof cell === 'object' ? cell.short : undefined;
  return short === undefined || safeWidthOf(text) <= (column?.width ?? 0) ? text : short;
}

function fitCell(
  text: string,
  {width, isNumeric}: Pick<Column, 'width' | 'isNumeric'> = {width: 0, isNumeric: false},
): string {
  return fitWords(
    isNumeric ? ' '.repeat(Math.max(0, width - safeWidthOf(text))) + text : text,
    width,
  );
}
