import {isBlank, isBlankOrEnd, isBreak, isBreakOrEnd, isFlowIndicator} from './characters.ts';
import {
  type Cursor,
  codeAt,
  columnOf,
  isDocumentMark,
  problemAt,
  skipLine,
  takeBreak,
} from './cursor.ts';
import {Problem} from './problem.ts';

/* Reads scalars as gopkg.in/yaml.v2 v2.4.0 does (scannerc.go). */

/** The line breaks and blanks between two words of a scalar, which fold to less. */
interface Gap {
  readonly blanks: string;
  /** '' where no line ended. */
  readonly first: string;
  readonly more: string;
}

/** A single line break becomes a space; of several, all but the first stay. */
function folded(gap: Gap, broken: boolean): string {
  if (!broken) return gap.blanks;
  if (gap.first !== '\n') return gap.first + gap.more;
  return gap.more === '' ? ' ' : gap.more;
}

/** Goes past blanks and line breaks. `broken` if the line has ended already, by an escape. */
function takeGap(cursor: Cursor, broken: boolean, onTab?: () => void): Gap {
  let blanks = '';
  let first = '';
  let more = '';
  let inLine = !broken;
  for (;;) {
    const code = codeAt(cursor);
    if (isBlank(code)) {
      if (code === 0x09 && !inLine) onTab?.();
      if (inLine) blanks += code === 0x09 ? '\t' : ' ';
      cursor.position += 1;
    } else if (isBreak(code)) {
      const line = takeBreak(cursor);
      if (inLine) first = line;
      else more += line;
      inLine = false;
    } else {
      return {blanks, first, more};
    }
  }
}

/** An unquoted scalar, and whether a line ended after it: then a key may follow. */
export interface PlainScalar {
  readonly text: string;
  readonly lineEnded: boolean;
}

/** Reads an unquoted scalar in a block whose indentation is `indent`, or within brackets. */
export function takePlain(cursor: Cursor, indent: number, inFlow: boolean): PlainScalar {
  let text = '';
  let gap: Gap = {blanks: '', first: '', more: ''};
  const onTab = (): void => {
    if (columnOf(cursor) > indent) return;
    throw problemAt(cursor, 'a tab indents a line; use spaces');
  };
  for (;;) {
    if (isDocumentMark(cursor) || codeAt(cursor) === 0x23) break;
    const start = cursor.position;
    skipWord(cursor, inFlow);
    if (cursor.position > start) {
      text += folded(gap, gap.first !== '') + cursor.text.slice(start, cursor.position);
      gap = {blanks: '', first: '', more: ''};
    }
    const code = codeAt(cursor);
    if (!isBlank(code) && !isBreak(code)) break;
    gap = takeGap(cursor, false, onTab);
    if (!inFlow && columnOf(cursor) <= indent) break;
  }
  return {text, lineEnded: gap.first !== ''};
}

function skipWord(cursor: Cursor, inFlow: boolean): void {
  for (;;) {
    const code = codeAt(cursor);
    if (isBlankOrEnd(code)) return;
    if (code === 0x3a && isBlankOrEnd(codeAt(cursor, 1))) return;
    // kubectl's reader ends a word at `?` too, unlike YAML's specification.
    if (inFlow && (isFlowIndicator(code) || code === 0x3f)) return;
    cursor.position += 1;
  }
}

/** Reads a quoted scalar; the cursor is on its opening quote. */
export function takeQuoted(cursor: Cursor): string {
  const quote = codeAt(cursor);
  const startLine = cursor.line;
  cursor.position += 1;
  let text = '';
  for (;;) {
    if (isDocumentMark(cursor) || codeAt(cursor) === 0) {
      throw new Problem('a quoted string has no closing quote', startLine);
    }
    const [words, broken] = takeQuotedWords(cursor, quote);
    text += words;
    if (codeAt(cursor) === quote) {
      cursor.position += 1;
      return text;
    }
    const gap = takeGap(cursor, broken);
    text += folded(gap, broken || gap.first !== '');
  }
}

/** Reads up to a blank, the end of the line or the quote; whether an escape has ended the line. */
function takeQuotedWords(cursor: Cursor, quote: number): [text: string, broken: boolean] {
  let text = '';
  let start = cursor.position;
  for (;;) {
    const code = codeAt(cursor);
    if (code === quote && quote === 0x27 && codeAt(cursor, 1) === quote) {
      text += cursor.text.slice(start, cursor.position + 1);
      cursor.position += 2;
      start = cursor.position;
    } else if (code === quote || isBlankOrEnd(code)) {
      return [text + cursor.text.slice(start, cursor.position), false];
    } else if (code === 0x5c && quote === 0x22) {
      text += cursor.text.slice(start, cursor.position);
      cursor.position += 1;
      if (isBreak(codeAt(cursor))) {
        takeBreak(cursor);
        return [text, true];
      }
      text += takeEscape(cursor);
      start = cursor.position;
    } else {
      cursor.position += 1;
    }
  }
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['a', '\x07'],
  ['b', '\b'],
  ['t', '\t'],
  ['\t', '\t'],
  ['n', '\n'],
  ['v', '\v'],
  ['f', '\f'],
  ['r', '\r'],
  ['e', '\x1b'],
  [' ', ' '],
  ['"', '"'],
  ["'", "'"],
  ['\\', '\\'],
  ['N', '\x85'],
  ['_', '\xa0'],
  ['L', '\u2028'],
  ['P', '\u2029'],
]);

const escapeLengths: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

function takeEscape(cursor: Cursor): string {
  const letter = String.fromCodePoint(cursor.text.codePointAt(cursor.position) ?? 0);
  cursor.position += letter.length;
  const simple = escapes.get(letter);
  if (simple !== undefined) return simple;
  const length = escapeLengths.get(letter);
  if (length === undefined) {
    throw problemAt(cursor, `\\${letter} is no escape of YAML; write \\\\ for a backslash`);
  }
  const digits = cursor.text.slice(cursor.position, cursor.position + length);
  if (digits.length < length || !/^[\da-f]+$/i.test(digits)) {
    throw problemAt(cursor, `\\${letter} needs ${length} hexadecimal digits`);
  }
  const code = Number.parseInt(digits, 16);
  // kubectl refuses even a pair of surrogates, which JSON allows.
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
    throw problemAt(cursor, `\\${letter}${digits} is no character; write the character itself`);
  }
  cursor.position += length;
  return String.fromCodePoint(code);
}

/** Reads a scalar after `|` or `>`, on which the cursor is, in a block indented by `parent`. */
export function takeBlockScalar(cursor: Cursor, parent: number): string {
  const literal = codeAt(cursor) === 0x7c;
  cursor.position += 1;
  const {chomping, width} = takeHeader(cursor);
  const lead = takeIndent(cursor, width === 0 ? 0 : Math.max(parent, 0) + width);
  const indent = width === 0 ? Math.max(lead.widest, parent + 1, 1) : Math.max(parent, 0) + width;
  let breaks = lead.breaks;
  let lastBreak = '';
  let text = '';
  let wasBlank = false;
  while (columnOf(cursor) === indent && codeAt(cursor) !== 0) {
    const blank = isBlank(codeAt(cursor));
    const folds = !literal && !wasBlank && !blank && lastBreak === '\n';
    text += (folds ? (breaks === '' ? ' ' : '') : lastBreak) + breaks;
    wasBlank = blank;
    const start = cursor.position;
    skipLine(cursor);
    text += cursor.text.slice(start, cursor.position);
    lastBreak = codeAt(cursor) === 0 ? '' : takeBreak(cursor);
    breaks = takeIndent(cursor, indent).breaks;
  }
  if (chomping === '-') return text;
  return chomping === '+' ? text + lastBreak + breaks : text + lastBreak;
}

interface Header {
  readonly chomping: string;
  /** 0 if the first line says it. */
  readonly width: number;
}

/** What follows `|` or `>` on its line. */
function takeHeader(cursor: Cursor): Header {
  const header = /(?:([+-])(\d)?|(\d)([+-])?)?/y;
  header.lastIndex = cursor.position;
  const [all = '', before = '', after, first, last = ''] = header.exec(cursor.text) ?? [];
  const digit = after ?? first;
  if (digit === '0') throw problemAt(cursor, 'a block scalar is indented by at least 1');
  cursor.position += all.length;
  while (isBlank(codeAt(cursor))) cursor.position += 1;
  if (codeAt(cursor) === 0x23) skipLine(cursor);
  if (!isBreakOrEnd(codeAt(cursor))) {
    throw problemAt(cursor, 'text follows | or > on its line; it goes on the next line');
  }
  if (isBreak(codeAt(cursor))) takeBreak(cursor);
  return {chomping: before + last, width: Number(digit ?? 0)};
}

/** Goes past empty lines and indentation: up to `indent` columns, or all if that is 0. */
function takeIndent(cursor: Cursor, indent: number): {breaks: string; widest: number} {
  let breaks = '';
  let widest = 0;
  for (;;) {
    while ((indent === 0 || columnOf(cursor) < indent) && codeAt(cursor) === 0x20) {
      cursor.position += 1;
    }
    widest = Math.max(widest, columnOf(cursor));
    if ((indent === 0 || columnOf(cursor) < indent) && codeAt(cursor) === 0x09) {
      throw problemAt(cursor, 'a tab indents a line of a block scalar; use spaces');
    }
    if (!isBreak(codeAt(cursor))) return {breaks, widest};
    breaks += takeBreak(cursor);
  }
}
