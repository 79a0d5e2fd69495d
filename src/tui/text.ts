import stringWidth from 'string-width';
import {escapeText} from '../report/escape.ts';

const plain = /^[ -~]*$/;

/** How many columns of a terminal a text takes; wide characters take two, combining ones none. */
export function widthOf(text: string): number {
  return plain.test(text) ? text.length : stringWidth(text);
}

/** The same of a text from a cluster, once it is made safe. */
export function safeWidthOf(raw: string): number {
  return plain.test(raw) ? raw.length : widthOf(escapeText(raw));
}

/** Text from a cluster, made safe, cut or padded to just this many columns. */
export function fitTo(raw: string, width: number): string {
  if (width <= 0) return '';
  const text = escapeText(raw);
  const actual = widthOf(text);
  if (actual <= width) return text + ' '.repeat(width - actual);
  const cut = beginningOf(text, width - 1);
  return `${cut}…${' '.repeat(Math.max(0, width - 1 - widthOf(cut)))}`;
}

/**
 * The same, but cut between words, so that nothing is taken for a word that it is not: of a list the first entries
 * stay, of a name its beginning and its last part, which tells it from its neighbours.
 */
export function fitWords(raw: string, width: number): string {
  const text = escapeText(raw);
  if (width < 4 || widthOf(text) <= width) return fitTo(raw, width);
  if (!/, | .* /.test(text)) return fitName(text, width);
  const head = beginningOf(text, width - 2);
  const end = Math.max(
    head.lastIndexOf(', ') + 1,
    text.startsWith(', ', head.length - 1) ? head.length : 0,
  );
  // Where little would be left, it is a sentence rather than a list.
  if (end > width / 2) return fitTo(`${text.slice(0, end)} …`, width);
  const space = text[head.length] === ' ' ? head.length : head.lastIndexOf(' ');
  return space >= leastWord ? fitTo(`${text.slice(0, space)} …`, width) : fitName(text, width);
}

/** A shorter word says nothing of what follows it. */
const leastWord = 6;

function fitName(text: string, width: number): string {
  const space = text.indexOf(' ');
  const firstWord = space >= leastWord && space < width - 1 ? text.slice(0, space) : undefined;
  const isRange = / .*\d-\d+$/.test(text);
  const last = isRange ? '' : (/[-.:/]([^-.:/ ]{2,})$/.exec(text)?.[1] ?? '');
  if (last === '' || widthOf(last) + 4 > width) {
    return fitTo(firstWord === undefined ? text : `${firstWord} …`, width);
  }
  const room = width - 1 - widthOf(last);
  const head = beginningOf(text, room);
  const end = /^.*[-.:/ ]/.exec(head)?.[0].length;
  if (end === undefined && firstWord !== undefined) return fitTo(`${firstWord} …`, width);
  // Few letters of a word are none.
  const shown = end ?? (head.length < leastWord ? 0 : head.length);
  return fitTo(`${head.slice(0, shown)}…${last}`, width);
}

/** The same, but cut at its beginning: for texts whose end matters. */
export function fitEnd(raw: string, width: number): string {
  if (width <= 0) return '';
  const text = escapeText(raw);
  if (widthOf(text) <= width) return fitTo(text, width);
  let rest = text;
  while (rest !== '' && widthOf(rest) > width - 1)
    rest = rest.slice(beginningOf(rest, 1, 1).length);
  return fitTo(`…${rest}`, width);
}

/** The longest beginning of a safe text that fits; at least so many characters as people see them. */
export function beginningOf(text: string, width: number, least = 0): string {
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
        const head = beginningOf(line, width, indent.length + 3);
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
