import {isBreak} from './characters.ts';
import {Problem} from './problem.ts';

/** A place in the text of one document. It ends in a NUL, which a document can't hold. */
export interface Cursor {
  readonly text: string;
  position: number;
  /** In the file, from 1. */
  line: number;
  lineStart: number;
}

/** The UTF-16 code unit here or so many further on; 0 at the end. */
export function codeAt(cursor: Cursor, ahead = 0): number {
  return cursor.text.charCodeAt(cursor.position + ahead);
}

/** From 0. */
export function columnOf(cursor: Cursor): number {
  return cursor.position - cursor.lineStart;
}

/** Goes past a line break and returns what it stands for in a scalar: LS and PS stay themselves. */
export function takeBreak(cursor: Cursor): string {
  const code = codeAt(cursor);
  cursor.position += code === 0x0d && codeAt(cursor, 1) === 0x0a ? 2 : 1;
  cursor.line += 1;
  cursor.lineStart = cursor.position;
  return code === 0x2028 || code === 0x2029 ? String.fromCharCode(code) : '\n';
}

/** Goes to the end of the line: past a comment. */
export function skipLine(cursor: Cursor): void {
  let code = codeAt(cursor);
  while (code !== 0 && !isBreak(code)) {
    cursor.position += 1;
    code = codeAt(cursor);
  }
}

/** Whether a line starts here that is `---` or `...` alone or with text after a blank. */
export function isDocumentMark(cursor: Cursor): boolean {
  if (cursor.position !== cursor.lineStart) return false;
  const mark = cursor.text.slice(cursor.position, cursor.position + 3);
  if (mark !== '---' && mark !== '...') return false;
  const next = codeAt(cursor, 3);
  return next === 0 || next === 0x20 || next === 0x09 || isBreak(next);
}

/** The problem that something is wrong in this line. */
export function problemAt(cursor: Cursor, reason: string): Problem {
  return new Problem(reason, cursor.line);
}
