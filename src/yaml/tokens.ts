import {isBlankOrEnd, isBreak} from './characters.ts';
import {
  type Cursor,
  codeAt,
  columnOf,
  isDocumentMark,
  problemAt,
  skipLine,
  takeBreak,
} from './cursor.ts';
import {takeAnchor, takeTag} from './properties.ts';
import {takeBlockScalar, takePlain, takeQuoted} from './scalars.ts';
import {
  add,
  dedentTo,
  drop,
  indentTo,
  inFlow,
  innermost,
  insert,
  isLive,
  nextNumber,
  noCandidate,
  noteCandidate,
  type Scanner,
  type Token,
  type TokenKind,
  token,
} from './scanner.ts';

/* Splits a document into tokens as gopkg.in/yaml.v2 v2.4.0 does (scannerc.go). */

/** The next token, which stays. After the last it is 'end', always. */
export function peek(scanner: Scanner): Token {
  while (!scanner.ended && needsMore(scanner)) fetch(scanner);
  return scanner.queue[scanner.head] ?? token(scanner, 'end');
}

/** Goes past the next token, which `peek` has returned. */
export function skip(scanner: Scanner): void {
  scanner.head += 1;
  scanner.taken += 1;
  if (scanner.head === scanner.queue.length) {
    scanner.queue = [];
    scanner.head = 0;
  }
}

function needsMore(scanner: Scanner): boolean {
  if (scanner.head === scanner.queue.length) return true;
  for (const candidate of scanner.candidates) {
    if (candidate.held && candidate.token === scanner.taken) return isLive(scanner, candidate);
  }
  return false;
}

/** Goes past blanks, comments and line breaks. A tab may not indent a block. */
function skipSpace(scanner: Scanner): void {
  for (;;) {
    let code = codeAt(scanner);
    while (code === 0x20 || (code === 0x09 && (inFlow(scanner) || !scanner.keyAllowed))) {
      scanner.position += 1;
      code = codeAt(scanner);
    }
    if (code === 0x23) skipLine(scanner);
    if (!isBreak(codeAt(scanner))) return;
    takeBreak(scanner);
    if (!inFlow(scanner)) scanner.keyAllowed = true;
  }
}

/** Reads one token (and those it implies) into the queue. */
function fetch(scanner: Scanner): void {
  skipSpace(scanner);
  dedentTo(scanner, columnOf(scanner));
  fetcherAt(scanner)(scanner);
}

type Fetcher = (scanner: Scanner) => void;

function fetcherAt(scanner: Scanner): Fetcher {
  const code = codeAt(scanner);
  if (code === 0) return fetchEnd;
  if (code === 0x25 && columnOf(scanner) === 0) {
    throw problemAt(scanner, 'kubectl reads no directives (%); remove the line');
  }
  if (isDocumentMark(scanner)) return fetchMark;
  const alone = isBlankOrEnd(codeAt(scanner, 1));
  switch (code) {
    case 0x2d:
      return alone ? fetchDash : fetchPlain;
    case 0x3f:
      return alone || inFlow(scanner) ? fetchKey : fetchPlain;
    case 0x3a:
      return alone || inFlow(scanner) ? fetchColon : fetchPlain;
    case 0x7c:
    case 0x3e:
      if (!inFlow(scanner)) return fetchBlockScalar;
      break;
    case 0x09:
      throw problemAt(scanner, 'a tab indents a line; use spaces');
  }
  const character = String.fromCharCode(code);
  const fetcher = fetchers.get(character);
  if (fetcher !== undefined) return fetcher;
  if (!'%@`|>'.includes(character)) return fetchPlain;
  throw problemAt(scanner, `a value can't begin with ${character} here; put it in quotes`);
}

const fetchers: ReadonlyMap<string, Fetcher> = new Map([
  ['[', scanner => fetchOpening(scanner, '[')],
  ['{', scanner => fetchOpening(scanner, '{')],
  [']', scanner => fetchClosing(scanner, ']')],
  ['}', scanner => fetchClosing(scanner, '}')],
  [',', fetchComma],
  ['*', scanner => fetchProperty(scanner, 'alias', takeAnchor)],
  ['&', scanner => fetchProperty(scanner, 'anchor', takeAnchor)],
  ['!', scanner => fetchProperty(scanner, 'tag', takeTag)],
  ["'", scanner => fetchProperty(scanner, 'scalar', takeQuoted)],
  ['"', scanner => fetchProperty(scanner, 'scalar', takeQuoted)],
]);

function fetchEnd(scanner: Scanner): void {
  dedentTo(scanner, -1);
  drop(innermost(scanner));
  scanner.keyAllowed = false;
  scanner.ended = true;
  add(scanner, token(scanner, 'end'));
}

function fetchMark(scanner: Scanner): void {
  dedentTo(scanner, -1);
  drop(innermost(scanner));
  scanner.keyAllowed = false;
  add(scanner, token(scanner, codeAt(scanner) === 0x2d ? 'start' : 'stop'));
  scanner.position += 3;
}

function addIndicator(scanner: Scanner, kind: TokenKind): void {
  add(scanner, token(scanner, kind));
  scanner.position += 1;
}

function fetchOpening(scanner: Scanner, kind: '[' | '{'): void {
  noteCandidate(scanner);
  scanner.candidates.push(noCandidate(nextNumber(scanner)));
  scanner.keyAllowed = true;
  addIndicator(scanner, kind);
}

function fetchClosing(scanner: Scanner, kind: ']' | '}'): void {
  drop(innermost(scanner));
  if (inFlow(scanner)) {
    const closed = scanner.candidates.pop();
    const outer = innermost(scanner);
    // yaml.v2 no longer waits for a ":" after empty brackets; it matters where garbage follows.
    if (closed?.token === outer.token) outer.held = false;
  }
  scanner.keyAllowed = false;
  addIndicator(scanner, kind);
}

function fetchComma(scanner: Scanner): void {
  drop(innermost(scanner));
  scanner.keyAllowed = true;
  addIndicator(scanner, ',');
}

function fetchDash(scanner: Scanner): void {
  if (!inFlow(scanner)) {
    if (!scanner.keyAllowed) {
      throw problemAt(scanner, 'a list item ("- ") can\'t begin here; put it on its own line');
    }
    indentTo(scanner, columnOf(scanner), 'list');
  }
  drop(innermost(scanner));
  scanner.keyAllowed = true;
  addIndicator(scanner, '-');
}

function fetchKey(scanner: Scanner): void {
  if (!inFlow(scanner)) {
    if (!scanner.keyAllowed) {
      throw problemAt(scanner, 'a key ("? ") can\'t begin here; put it on its own line');
    }
    indentTo(scanner, columnOf(scanner), 'mapping');
  }
  drop(innermost(scanner));
  scanner.keyAllowed = !inFlow(scanner);
  addIndicator(scanner, '?');
}

function fetchColon(scanner: Scanner): void {
  const candidate = innermost(scanner);
  if (isLive(scanner, candidate)) {
    insert(scanner, candidate.token, token(scanner, '?', '', candidate.line));
    indentTo(scanner, candidate.column, 'mapping', candidate.token);
    candidate.possible = false;
    scanner.keyAllowed = false;
  } else {
    if (!inFlow(scanner)) {
      if (!scanner.keyAllowed) {
        throw problemAt(scanner, 'a ": " can\'t stand here; put the value in quotes or indent it');
      }
      indentTo(scanner, columnOf(scanner), 'mapping');
    }
    scanner.keyAllowed = !inFlow(scanner);
  }
  addIndicator(scanner, ':');
}

function fetchProperty(scanner: Scanner, kind: TokenKind, take: (scanner: Cursor) => string): void {
  noteCandidate(scanner);
  scanner.keyAllowed = false;
  const {line} = scanner;
  add(scanner, token(scanner, kind, take(scanner), line));
}

function fetchBlockScalar(scanner: Scanner): void {
  drop(innermost(scanner));
  scanner.keyAllowed = true;
  const {line} = scanner;
  add(scanner, token(scanner, 'scalar', takeBlockScalar(scanner, scanner.indent), line));
}

function fetchPlain(scanner: Scanner): void {
  noteCandidate(scanner);
  const {line} = scanner;
  const {text, lineEnded} = takePlain(scanner, scanner.indent, inFlow(scanner));
  scanner.keyAllowed = lineEnded;
  add(scanner, {kind: 'scalar', line, text, plain: true});
}
