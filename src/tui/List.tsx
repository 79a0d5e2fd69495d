import {Box, Text} from 'ink';
import {useMemo} from 'react';
import {useToneColor} from './marks.ts';
import type {Row, Table} from './table.ts';
import {columnWidths, fitTo} from './text.ts';

interface Props {
  readonly table: Table;
  readonly rows: readonly Row[];
  /** The place of the chosen row. */
  readonly cursor: number;
  readonly width: number;
  readonly height: number;
  readonly sort: number | undefined;
  readonly descending: boolean;
}

const gap = '  ';

/** A table of which only the rows in sight are drawn; one line a row. */
export function List({table, rows, cursor, width, height, sort, descending}: Props) {
  const header = table.columns.map((name, column) =>
    column === sort ? `${name}${descending ? '↓' : '↑'}` : name,
  );
  const sorted = header.join();
  const widths = useMemo(
    () => columnWidths([sorted.split(','), ...rows.map(({cells}) => cells)], width - 2, gap.length),
    [rows, sorted, width],
  );
  const {caption} = table;
  const colorOf = useToneColor();
  const visible = Math.max(1, height - (caption === undefined ? 1 : 2));
  const first = firstVisible(cursor, rows.length, visible);
  const line = (cells: readonly string[]) =>
    cells.map((cell, column) => fitTo(cell, widths[column] ?? 0)).join(gap);
  return (
    <Box flexDirection="column" height={height}>
      {caption === undefined ? null : <Text wrap="truncate">{fitTo(caption, width)}</Text>}
      <Text bold wrap="truncate">{`  ${line(header)}`}</Text>
      {rows.length === 0 ? <Text wrap="truncate">{fitTo(`  ${table.empty}`, width)}</Text> : null}
      {rows.slice(first, first + visible).map((row, index) => {
        const chosen = first + index === cursor;
        return (
          <Text key={row.key} wrap="truncate" inverse={chosen} {...colorOf(row.tone)}>
            {`${chosen ? '> ' : '  '}${line(row.cells)}`}
          </Text>
        );
      })}
    </Box>
  );
}

/** The first row to show so that the chosen one is in sight, in the middle where that can be. */
export function firstVisible(cursor: number, count: number, visible: number): number {
  const middle = cursor - Math.floor(visible / 2);
  return Math.max(0, Math.min(middle, count - visible));
}
