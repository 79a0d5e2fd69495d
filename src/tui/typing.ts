import {escapeText} from '../report/escape.ts';
import {graphemesOf, widthOf} from './text.ts';

/** How many columns a text may take: not every terminal joins the parts of an emoji to one. */
export function mostColumns(text: string): number {
  return Math.max(
    widthOf(text),
    Array.from(text).reduce((sum, part) => sum + widthOf(part), 0),
  );
}

/** A line that is typed, and where its cursor is: so many characters (as people see them) before its end. */
export interface Typed {
  readonly text: string;
  readonly fromEnd: number;
}

/** The line with this put in at the cursor. Control characters, as of line ends, become one space. */
export function inserted({text, fromEnd}: Typed, more: string): string {
  const [before, after] = halves({text, fromEnd});
  return before.join('') + more.replaceAll(/[\p{Control}\p{Surrogate}]+/gu, ' ') + after.join('');
}

/** The line without the character before the cursor. */
export function erased(typed: Typed): string {
  const [before, after] = halves(typed);
  return [...before.slice(0, -1), ...after].join('');
}

/** The cursor, moved so many characters to the right, or to the left if negative. */
export function movedCursor({text, fromEnd}: Typed, by: number): number {
  return Math.max(0, Math.min(graphemesOf(text).length, fromEnd - by));
}

/** What of the line is in sight: before the cursor, under it, and after it. */
export interface Sight {
  readonly before: string;
  readonly at: string;
  readonly after: string;
}

/** The part of the line around the cursor that fits into so many columns; `…` stands for what it hides before. */
export function sightOf(typed: Typed, width: number): Sight {
  const [left, right] = halves(typed);
  const [at = ' ', ...rest] = right.map(escapeText);
  if (mostColumns(at) > width) return {before: '', at: '', after: ''};
  const shown = left.map(escapeText);
  const whole = shown.join('');
  if (mostColumns(whole + at) <= width) {
    return {before: whole, at, after: heads(rest, width - mostColumns(whole + at)).join('')};
  }
  const room = width - mostColumns(at) - 1;
  const seen = heads(shown.toReversed(), Math.max(0, room)).toReversed();
  return {before: room < 0 ? '' : `…${seen.join('')}`, at, after: ''};
}

function halves({text, fromEnd}: Typed): readonly [readonly string[], readonly string[]] {
  const all = graphemesOf(text);
  const place = Math.max(0, all.length - fromEnd);
  return [all.slice(0, place), all.slice(place)];
}

/** The first texts that fit into so many columns together. */
function heads(texts: readonly string[], width: number): readonly string[] {
  let used = 0;
  const end = texts.findIndex(text => {
    used += mostColumns(text);
    return used > width;
  });
  return end < 0 ? texts : texts.slice(0, end);
}
