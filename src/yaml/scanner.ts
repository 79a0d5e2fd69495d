import {type Cursor, columnOf} from './cursor.ts';
import {Problem} from './problem.ts';

/*
 * What tokens.ts knows while it splits a document, as gopkg.in/yaml.v2 v2.4.0 does (scannerc.go):
 * the blocks that are open, and where keys may have begun. What is a key is known only at its `:`,
 * so the tokens from where one may begin are held back until it is decided.
 */

/** The brackets, `,`, `-`, `?` and `:` are themselves; `?` stands before every key. */
export type TokenKind =
  | '['
  | ']'
  | '{'
  | '}'
  | ','
  | '-'
  | '?'
  | ':'
  | 'list'
  | 'mapping'
  | 'dedent'
  | 'alias'
  | 'anchor'
  | 'tag'
  | 'scalar'
  | 'start'
  | 'stop'
  | 'end';

/** A piece of a document's syntax. */
export interface Token {
  readonly kind: TokenKind;
  /** In the file, from 1. */
  readonly line: number;
  /** The name of an alias, anchor or tag; a scalar's text. */
  readonly text: string;
  /** Of a scalar: that it is neither quoted nor in a block. */
  readonly plain: boolean;
}

/** Where a key may have begun, one for each open bracket and one outside of all. */
interface Candidate {
  possible: boolean;
  /** That nothing but a key can stand there. */
  required: boolean;
  /** That its first token waits until it is decided. */
  held: boolean;
  /** The number of its first token, counted from the document's start. */
  token: number;
  position: number;
  line: number;
  column: number;
}

/** How far a document is split, and what that has shown so far. */
export interface Scanner extends Cursor {
  /** Tokens read and not yet taken, from `head` on. */
  queue: Token[];
  head: number;
  taken: number;
  /** The column of the innermost block; -1 outside of all. */
  indent: number;
  readonly outerIndents: number[];
  readonly candidates: Candidate[];
  keyAllowed: boolean;
  ended: boolean;
}

/** No key; `token` is the number of the bracket that opens, -1 outside of all. */
export function noCandidate(token: number): Candidate {
  return {
    possible: false,
    required: false,
    held: false,
    token,
    position: 0,
    line: 0,
    column: 0,
  };
}

/** A scanner at the start of a document. `text` is the document, whose first line is `line` in its file. */
export function scannerOf(text: string, line: number): Scanner {
  return {
    text: `${text.startsWith('\ufeff') ? text.slice(1) : text}\0`,
    position: 0,
    line,
    lineStart: 0,
    queue: [],
    head: 0,
    taken: 0,
    indent: -1,
    outerIndents: [],
    candidates: [noCandidate(-1)],
    keyAllowed: true,
    ended: false,
  };
}

/** A token that is no unquoted scalar. */
export function token(scanner: Scanner, kind: TokenKind, text = '', line = scanner.line): Token {
  return {kind, line, text, plain: false};
}

/** Adds a token at the end. */
export function add(scanner: Scanner, added: Token): void {
  scanner.queue.push(added);
}

/** How far the `:` may be from the start of its key, in characters. */
const longestKey = 1024;

/** Whether a key that began there may still end here: on its line and not too far. */
export function isLive(scanner: Scanner, candidate: Candidate): boolean {
  if (!candidate.possible) return false;
  const key = scanner.text.slice(candidate.position, scanner.position);
  const far = key.length > longestKey && [...key].length > longestKey;
  if (candidate.line === scanner.line && !far) return true;
  drop(candidate);
  return false;
}

/** Gives up that a key begins there. Throws a Problem if nothing else can. */
export function drop(candidate: Candidate): void {
  if (candidate.possible && candidate.required) {
    throw new Problem('a key has no ":" after it on its line', candidate.line);
  }
  candidate.possible = false;
}

/** The candidate of the innermost bracket. */
export function innermost(scanner: Scanner): Candidate {
  const last = scanner.candidates.at(-1);
  if (last === undefined) throw new Error('a scanner has no candidate');
  return last;
}

/** Whether a bracket is open. */
export function inFlow(scanner: Scanner): boolean {
  return scanner.candidates.length > 1;
}

/** The number of the token that will be read next. */
export function nextNumber(scanner: Scanner): number {
  return scanner.taken + scanner.queue.length - scanner.head;
}

/** Adds a token before the one of that number; if that one is taken already, at the end. */
export function insert(scanner: Scanner, number: number, inserted: Token): void {
  const at = scanner.head + number - scanner.taken;
  scanner.queue.splice(at < scanner.head ? scanner.queue.length : at, 0, inserted);
}

/** Notes that the coming token may begin a key. */
export function noteCandidate(scanner: Scanner): void {
  if (!scanner.keyAllowed) return;
  const candidate = innermost(scanner);
  drop(candidate);
  candidate.possible = true;
  candidate.required = !inFlow(scanner) && scanner.indent === columnOf(scanner);
  candidate.held = true;
  candidate.token = nextNumber(scanner);
  candidate.position = scanner.position;
  candidate.line = scanner.line;
  candidate.column = columnOf(scanner);
}

/** Begins a block at `column` if that is deeper than the one around; at token `number` if given. */
export function indentTo(
  scanner: Scanner,
  column: number,
  kind: 'list' | 'mapping',
  number?: number,
): void {
  if (inFlow(scanner) || scanner.indent >= column) return;
  scanner.outerIndents.push(scanner.indent);
  scanner.indent = column;
  insert(scanner, number ?? nextNumber(scanner), token(scanner, kind));
}

/** Ends the blocks that are deeper than `column`. */
export function dedentTo(scanner: Scanner, column: number): void {
  if (inFlow(scanner)) return;
  while (scanner.indent > column) {
    add(scanner, token(scanner, 'dedent'));
    scanner.indent = scanner.outerIndents.pop() ?? -1;
  }
}
