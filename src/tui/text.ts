import stringWidth from 'string-width';
import {weaklyKeyed} from '../once.ts';
import {escapeText} from '../report/escape.ts';

const plain = /^[ -~]*$/;

/** How many columns of a terminal a text takes; wide characters take two, combining ones none. */
export function widthOf(text: string): number {
  return plain.test(text) ? text.length : stringWidth(text);
}

/** Text from a cluster, made safe, cut or padded to just this many columns. */
export function fitTo(raw: string, width: number): string {
  if (width <= 0) return '';
  const text = escapeText(raw);
  const actual = widthOf(text);
  if (actual <= width) return text + ' '.repeat(width - actual);
  const cut = headOf(text, width - 1);
  return `${cut}…${' '.repeat(Math.max(0, width - 1 - widthOf(cut)))}`;
}

/** The same, but cut at its beginning: for texts whose end matters. */
export function fitEnd(raw: string, width: number): string {
  if (width <= 0) return '';
  const text = escapeText(raw);
  if (widthOf(text) <= width) return fitTo(text, width);
  let rest = text;
  while (rest !== '' && widthOf(rest) > width - 1) rest = rest.slice(headOf(rest, 1, 1).length);
  return fitTo(`…${rest}`, width);
}

/** The longest beginning of a safe text that fits; at least so many characters as people see them. */
function headOf(text: string, width: number, least = 0): string {
  let head = '';
  let used = 0;
  let count = 0;
  for (const {segment} of segmenter().segment(text)) {
    used += widthOf(segment);
    if (used > width && count >= least) break;
    head += segment;
    count += 1;
  }
  return head;
}

/** The characters of a text as people see them. */
export function graphemesOf(text: string): readonly string[] {
  if (plain.test(text)) return text.split('');
  return Array.from(segmenter().segment(text), ({segment}) => segment);
}

let made: Intl.Segmenter | undefined;

/** Made when first needed: it loads tables that take a while. */
function segmenter(): Intl.Segmenter {
  made ??= new Intl.Segmenter();
  return made;
}

/** Breaks a line at spaces so that no part is wider than `width`; the rest is indented by two. */
export function wrapLine(raw: string, width: number): readonly string[] {
  const text = escapeText(raw);
  if (widthOf(text) <= width || width < 4) return [fitLine(text, width)];
  const leading = /^ */.exec(text)?.[0] ?? '';
  const indent = leading.slice(0, Math.floor(width / 2) - 2);
  const lines: string[] = [];
  let line = '';
  for (const word of text.slice(leading.length).split(' ')) {
    const start = lines.length === 0 ? indent : `${indent}  `;
    const longer = line === '' ? start + word : `${line} ${word}`;
    if (widthOf(longer) <= width) line = longer;
    else {
      if (line !== '') lines.push(line);
      line = `${indent}  ${word}`;
      while (widthOf(line) > width) {
        // One character wider than all there is can't be helped.
        const head = headOf(line, width, indent.length + 3);
        lines.push(head);
        line = `${indent}  ${line.slice(head.length)}`;
      }
    }
  }
  return line.trim() === '' ? lines : [...lines, line];
}

function fitLine(text: string, width: number): string {
  return widthOf(text) <= width ? text : fitTo(text, width).trimEnd();
}

/** What each cell of a row needs; a long table is drawn again and again with mostly the same rows. */
const cellWidths = weaklyKeyed((cells: readonly string[]) =>
  cells.map(cell => (plain.test(cell) ? cell.length : widthOf(escapeText(cell)))),
);

/** The widths of columns that share `total` columns: what each needs, the widest ones cut first. */
export function columnWidths(
  rows: readonly (readonly string[])[],
  total: number,
  gap: number,
): readonly number[] {
  const needs: number[] = [];
  for (const row of rows) {
    const widths = cellWidths(row);
    for (let column = 0; column < widths.length; column++) {
      needs[column] = Math.max(needs[column] ?? 0, widths[column] ?? 0);
    }
  }
  let over = needs.reduce((sum, need) => sum + need, 0) + gap * (needs.length - 1) - total;
  while (over > 0) {
    const widest = Math.max(...needs);
    if (widest <= 4) break;
    const column = needs.lastIndexOf(widest);
    const next = Math.max(
      4,
      ...needs.filter((_, other) => other !== column && needs[other] !== widest),
    );
    const cut = Math.min(over, Math.max(1, widest - next));
    needs[column] = widest - cut;
    over -= cut;
  }
  return needs;
}
