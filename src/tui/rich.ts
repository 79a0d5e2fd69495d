import {escapeText} from '../report/escape.ts';
import type {Piece} from './paint.ts';
import {wrapLine} from './text.ts';

/** A line of a text: plain, or of pieces that look different. Not yet safe to show. */
export type RichLine = string | readonly Piece[];

/** The words of a line, without looks. */
export function plainWordsOf(line: RichLine): string {
  return typeof line === 'string' ? line : line.map(({text}) => text).join('');
}

/** The pieces of a line. */
export function spansOfLine(line: RichLine): readonly Piece[] {
  return typeof line === 'string' ? [{text: line}] : line;
}

/** The pieces with what is searched for standing out, whatever its case. */
export function foundIn(pieces: readonly Piece[], text: string): readonly Piece[] {
  if (text === '') return pieces;
  return pieces.flatMap((piece): readonly Piece[] => {
    const at = piece.text.toLowerCase().indexOf(text.toLowerCase());
    if (at < 0) return [piece];
    const end = at + text.length;
    return [
      {...piece, text: piece.text.slice(0, at)},
      {...piece, text: piece.text.slice(at, end), on: 'chosen'},
      ...foundIn([{...piece, text: piece.text.slice(end)}], text),
    ];
  });
}

/** Breaks a line at spaces so that no part is wider than `width`; what comes out is safe to show. */
export function wrapRich(line: RichLine, width: number): readonly RichLine[] {
  const wrapped = wrapLine(plainWordsOf(line), width);
  if (typeof line === 'string') return wrapped;
  const letters = line.flatMap(span =>
    Array.from(escapeText(span.text), text => ({...span, text})),
  );
  let next = 0;
  return wrapped.map(part => {
    const spans: Piece[] = [];
    for (const text of part) {
      // Spaces come and go where a line is broken; all other letters stay in their order.
      if (text !== ' ') while (letters[next]?.text === ' ' && next < letters.length) next += 1;
      const look = letters[next];
      if (look?.text === text) next += 1;
      append(spans, {...look, text});
    }
    return spans;
  });
}

function append(spans: Piece[], span: Piece): void {
  const last = spans.at(-1);
  if (last === undefined || !isAlike(last, span)) spans.push(span);
  else spans[spans.length - 1] = {...last, text: last.text + span.text};
}

function isAlike(a: Piece, b: Piece): boolean {
  return a.tone === b.tone && a.bold === b.bold && a.isArea === b.isArea && a.on === b.on;
}
