import {escapeText} from './escape.ts';

/** What separates columns, as in kubectl's tables. */
const gap = '   ';

/**
 * Rows under a header, in columns as wide as their widest cell. Cells are data: they are escaped. An
 * empty one is `<none>`, but in the last column nothing. No header line if `header` is undefined. Ends
 * with a line break, or is empty.
 */
export function table(
  header: readonly string[] | undefined,
  rows: readonly (readonly string[])[],
): string {
  const cells = rows.map(row =>
    row.map((cell, column) => escapeText(cell) || (column < row.length - 1 ? '<none>' : '')),
  );
  const all = header === undefined ? cells : [header, ...cells];
  const widths: number[] = [];
  for (const row of all) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    }
  }
  return all
    .map(row => {
      const padded = row.map((cell, column) =>
        column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0),
      );
      return `${padded.join(gap).trimEnd()}\n`;
    })
    .join('');
}
