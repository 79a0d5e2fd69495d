import {escapeText} from './escape.ts';

const gap = '  ';

/** How narrow a column gets before the table gets too wide. */
const narrowest = 12;

/**
 * A table for people that is no wider than `total` columns if its words allow: long cells go on in the
 * next line, broken at spaces. Cells are data: they are escaped. No header line if `header` is
 * undefined. Ends with a line break, or is empty.
 */
export function wrappedTable(
  header: readonly string[] | undefined,
  rows: readonly (readonly string[])[],
  total = 80,
): string {
  const all = [...(header === undefined ? [] : [header]), ...rows.map(row => row.map(escapeText))];
  const widths = widthsOf(all, total);
  return all
    .flatMap(row => {
      const cells = row.map((cell, column) => wrap(cell, widths[column] ?? 0));
      const height = Math.max(1, ...cells.map(lines => lines.length));
      return Array.from({length: height}, (_, line) =>
        cells
          .map((lines, column) => (lines[line] ?? '').padEnd(widths[column] ?? 0))
          .join(gap)
          .trimEnd(),
      );
    })
    .map(line => `${line}\n`)
    .join('');
}

/** What each column needs, the widest ones cut first until all fit. */
function widthsOf(rows: readonly (readonly string[])[], total: number): readonly number[] {
  const columns = Math.max(0, ...rows.map(row => row.length));
  const widths = Array.from({length: columns}, (_, column) =>
    Math.max(...rows.map(row => (row[column] ?? '').length)),
  );
  let over = widths.reduce((sum, width) => sum + width, 0) + gap.length * (columns - 1) - total;
  while (over > 0) {
    const widest = Math.max(...widths);
    if (widest <= narrowest) break;
    widths[widths.lastIndexOf(widest)] = widest - 1;
    over -= 1;
  }
  return widths;
}

/** The lines of a text, broken at spaces; a word that is longer than a line is cut. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    let rest = word;
    if (line !== '' && line.length + 1 + rest.length <= width) {
      line += ` ${rest}`;
      continue;
    }
    if (line !== '') lines.push(line);
    while (rest.length > width) {
      const head = headOf(rest, width);
      lines.push(head);
      rest = rest.slice(head.length);
    }
    line = rest;
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line];
}

/** The first characters of a word, as many as fit, and at least one: none of them is cut in half. */
function headOf(word: string, width: number): string {
  const isWhole = word.slice(0, width).isWellFormed();
  return word.slice(0, isWhole ? width : width > 1 ? width - 1 : width + 1);
}
