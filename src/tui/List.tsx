import {Box, Spacer} from 'ink';
import {memo, useContext, useMemo} from 'react';
import {type Column, layoutOf} from './columns.ts';
import {ThemeContext} from './marks.ts';
import {barWidth, gap, type RowLook, rowSpans, titleSpans} from './rowPieces.ts';
import {useRowsInSight} from './rowsInSight.ts';
import {RichTextLine, StyledLine, TextLine} from './StyledLine.tsx';
import {cellValue, type Row, type Table} from './table.ts';
import {safeWidthOf, wrapLine} from './text.ts';

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

/** So many lines have one to spare for what is cut. */
const leastForDetail = 8;
/** And so many a second one. */
const leastForTwo = 14;
/** Bars are shown from so many columns on. */
const wide = 100;

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
  const bars = width >= wide && hasAny ? theme : undefined;
  const room = width - gap.length - (bars === undefined ? 0 : barWidth + gap.length);
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
  const look = useMemo(() => ({columns, bars, width}), [columns, bars, width]);
  return (
    <Box flexDirection="column" height={height}>
      {caption === undefined ? null : <RichTextLine line={caption} width={width} />}
      <StyledLine spans={titleSpans(titles, look, sort)} width={width} />
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

interface ListLook extends RowLook {
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
    spans={rowSpans(row, look, isChosen)}
    width={look.width}
    on={isChosen ? 'chosen' : undefined}
  />
));

/** The first row to show so that the chosen one is in sight, in the middle where that can be. */
function firstVisible(cursor: number, count: number, visible: number): number {
  const middle = cursor - Math.floor(visible / 2);
  return Math.max(0, Math.min(middle, count - visible));
}
