import {Box, Spacer} from 'ink';
import {memo, useContext, useMemo} from 'react';
import {barSpans} from './bars.ts';
import {type Column, layoutOf} from './columns.ts';
import {ThemeContext} from './marks.ts';
import type {Piece, Theme} from './paint.ts';
import {useRowsInSight} from './rowsInSight.ts';
import {RichTextLine, StyledLine, TextLine} from './StyledLine.tsx';
import {type Cell, cellValue, type Row, type Table, toneOfCell} from './table.ts';
import {fitWords, safeWidthOf, wrapLine} from './text.ts';

interface Props {
  readonly table: Table;
  readonly rows: readonly Row[];
  /** The place of the chosen row; -1 if none can be chosen. */
  readonly cursor: number;
  readonly width: number;
  readonly height: number;
  /** Whether it is as short as it is because its rows are few: what is cut is told all the same. */
  readonly isWhole?: boolean;
  readonly sort: number | undefined;
  readonly descending: boolean;
}

const gap = '  ';
/** So many lines have one to spare for what is cut. */
const leastForDetail = 8;
/** And so many a second one. */
const leastForTwo = 14;
/** Bars are shown from so many columns on. */
const wide = 100;
const barWidth = 14;

/** A table of which only the rows in sight are drawn; one line a row. */
export function List({
  table,
  rows,
  cursor,
  width,
  height,
  isWhole = false,
  sort,
  descending,
}: Props) {
  const theme = useContext(ThemeContext);
  const titles = table.columns.map((name, column) =>
    column === sort ? `${name}${descending ? '↓' : '↑'}` : name,
  );
  const sorted = titles.join();
  const hasAny = useMemo(() => table.rows.some(({bar}) => bar !== undefined), [table]);
  const hasBars = width >= wide && hasAny;
  const room = width - gap.length - (hasBars ? barWidth + gap.length : 0);
  const {caption, spare, wordRoom} = table;
  const {columns, hidden} = useMemo(() => {
    // What rows are sorted by is in sight.
    const places = spare?.map(name => table.columns.indexOf(name)).filter(place => place !== sort);
    const titles = sorted.split(',');
    const parts = rows.length === table.rows.length ? (table.parts ?? [rows]) : [rows];
    return layoutOf({titles, parts, room, gap: gap.length, spare: places, wordRoom});
  }, [rows, sorted, room, spare, wordRoom, table, sort]);
  const detailLines =
    hidden === 0 || cursor < 0 ? 0 : detailHeight(hidden, width, isWhole ? Infinity : height);
  const chrome = (caption === undefined ? 1 : 2) + detailLines;
  const visible = Math.max(1, height - chrome);
  const first = firstVisible(cursor, rows.length, visible);
  const inSight = rows.slice(first, first + visible);
  const box = useRowsInSight(first, inSight.length);
  const look = useMemo(() => ({columns, hasBars, theme, width}), [columns, hasBars, theme, width]);
  return (
    <Box flexDirection="column" height={height}>
      {caption === undefined ? null : <RichTextLine line={caption} width={width} />}
      <StyledLine spans={titleSpans(titles, sort, look)} width={width} />
      {rows.length === 0 ? <TextLine text={`  ${emptyText(table)}`} width={width} /> : null}
      <Box ref={box} flexDirection="column" flexShrink={0}>
        {inSight.map((row, index) => (
          <RowLine key={row.key} row={row} isChosen={first + index === cursor} look={look} />
        ))}
      </Box>
      {detailLines > 0 ? <Spacer /> : null}
      {detailOf(hiddenText(rows[cursor], table.columns, columns), width, detailLines)}
    </Box>
  );
}

/** What is cut of the chosen row, on just so many lines. */
function detailOf(hidden: string, width: number, count: number) {
  return linesOf(hidden, width, count).map(({place, text}) => (
    <TextLine key={place} text={text} width={width} tone="dim" />
  ));
}

/** What to say where there is no row to show. */
function emptyText({rows, empty}: Table): string {
  return rows.length === 0 ? empty : 'No row has what the filter says.';
}

/** Lines for what is hidden of the chosen row: two where the longest needs them and there is room. */
function detailHeight(hidden: number, width: number, height: number): number {
  if (height < leastForDetail) return 0;
  return hidden > width && height >= leastForTwo ? 2 : 1;
}

/** What is cut of the chosen row or left out, whole: names of pods often differ at their ends alone. */
function hiddenText(
  row: Row | undefined,
  titles: readonly string[],
  columns: readonly Column[],
): string {
  const parts = row?.cells.flatMap((cell, index) => {
    const text = String(cellValue(cell));
    const {isLeftOut = false, width = 0} = columns[index] ?? {};
    if (text === '' || (!isLeftOut && safeWidthOf(text) <= width)) return [];
    return isLeftOut ? `${titles[index]?.toLowerCase()}: ${text}` : text;
  });
  return parts?.join('   ') ?? '';
}

/** A text on just so many lines, the last one cut if need be. */
function linesOf(text: string, width: number, count: number) {
  const [first = '', ...others] = wrapLine(`  ${text}`, width);
  const lines = count === 1 ? [`  ${text}`] : [first, others.map(line => line.trim()).join(' ')];
  return lines
    .slice(0, count)
    .map((line, place) => ({place, text: place === 0 ? line : `  ${line}`}));
}

interface ListLook {
  readonly columns: readonly Column[];
  readonly hasBars: boolean;
  readonly theme: Theme;
  readonly width: number;
}

interface RowLineProps {
  readonly row: Row;
  readonly isChosen: boolean;
  readonly look: ListLook;
}

/** A row; of those in sight, a key changes two. */
const RowLine = memo(({row, isChosen, look}: RowLineProps) => (
  <StyledLine
    spans={rowSpans(row, isChosen, look)}
    width={look.width}
    on={isChosen ? 'chosen' : undefined}
  />
));

function titleSpans(
  titles: readonly string[],
  sort: number | undefined,
  {columns, hasBars}: ListLook,
): readonly Piece[] {
  return titles.flatMap((title, index): readonly Piece[] => {
    if (columns[index]?.isLeftOut) return [];
    const look = index === sort ? ({bold: true} as const) : ({tone: 'dim'} as const);
    const cell = {text: gap + fitCell(title, columns[index]), ...look};
    return hasBars && index === 0 ? [cell, {text: ' '.repeat(barWidth + gap.length)}] : [cell];
  });
}

function rowSpans({cells, bar}: Row, isChosen: boolean, look: ListLook): readonly Piece[] {
  return cells.flatMap((cell, index): readonly Piece[] => {
    if (look.columns[index]?.isLeftOut) return [];
    const start = index === 0 && isChosen ? '> ' : gap;
    const spans = [{text: start}, ...cellPieces(cell, look.columns[index])];
    if (!look.hasBars || index > 0) return spans;
    return [...spans, {text: gap}, ...barSpans(bar ?? [], barWidth, look.theme)];
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

/** The first row to show so that the chosen one is in sight, in the middle where that can be. */
function firstVisible(cursor: number, count: number, visible: number): number {
  const middle = cursor - Math.floor(visible / 2);
  return Math.max(0, Math.min(middle, count - visible));
}
