import {isObject, type Json, parseJson} from '../kube/json.ts';
import {maxDepth, pathText, type RepeatedKey, shown, tooDeep, YamlProblem} from './problem.ts';

/** A JSON value of a stream and the line (from 1) it begins on. */
export interface JsonValue {
  readonly line: number;
  readonly value: Json;
  readonly repeated: readonly RepeatedKey[];
}

interface Lines {
  readonly text: string;
  position: number;
  line: number;
}

/**
 * The JSON values of a text, one after another, as Go's encoding/json Decoder finds them.
 * Of a key that an object has twice, the last counts. Yields before it throws a YamlProblem about a
 * later value.
 */
export function* jsonValues(text: string): Generator<JsonValue> {
  const lines: Lines = {text, position: 0, line: 1};
  let position = skipSpace(text, 0);
  const whole = plainValue(text);
  if (whole !== undefined) {
    yield {line: lineAt(lines, position), value: whole, repeated: []};
    return;
  }
  while (position < text.length) {
    const line = lineAt(lines, position);
    if (text.startsWith('---', position)) throw new YamlProblem(separated, line);
    const repeated: RepeatedKey[] = [];
    const end = endOfValue(lines, position, repeated);
    yield {line, value: parsed(lines, position, end), repeated};
    position = skipSpace(text, end);
  }
}

/**
 * The only value of a text without faults, such as a snapshot of 40 MB: found in a fifth of the time
 * that looking at each of its pieces takes. undefined: they have to be looked at.
 */
function plainValue(text: string): Json | undefined {
  if (/\\u[dD]/.test(text)) return undefined;
  try {
    const value = parseJson(text);
    // A key that an object has twice is in the text twice, but in the value once.
    return keysOf(value, 1) === keysIn(text) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** How many keys all objects of a value have; NaN for a value that is too deep or has too large a number. */
function keysOf(value: Json | undefined, depth: number): number {
  if (typeof value === 'number') return Number.isFinite(value) ? 0 : Number.NaN;
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > maxDepth) return Number.NaN;
  let keys = 0;
  if (Array.isArray(value)) {
    for (const item of value) keys += keysOf(item, depth + 1);
    return keys;
  }
  for (const item of Object.values(value)) keys += 1 + keysOf(item, depth + 1);
  return keys;
}

const colon = /[ \t\r\n]*:/y;

/** How many strings of a valid text are keys: those before a colon. */
function keysIn(text: string): number {
  let keys = 0;
  for (let quote = text.indexOf('"'); quote !== -1; ) {
    const end = afterString(text, quote + 1);
    colon.lastIndex = end;
    if (text.charCodeAt(end) === 0x3a || colon.test(text)) keys += 1;
    quote = text.indexOf('"', end);
  }
  return keys;
}

const separated =
  'a file that begins with { is JSON to kubectl, so no --- may follow; put --- first';

const space = /[ \t\r\n]*/y;

function skipSpace(text: string, from: number): number {
  space.lastIndex = from;
  space.test(text);
  return space.lastIndex;
}

/** The line that a position is on; positions are asked for in ascending order. */
function lineAt(lines: Lines, position: number): number {
  for (;;) {
    const next = lines.text.indexOf('\n', lines.position);
    if (next === -1 || next >= position) return lines.line;
    lines.position = next + 1;
    lines.line += 1;
  }
}

/** What may come next: an 'item' is a value or the end of its list, a 'member' a key or the end. */
type Expected = 'value' | 'item' | 'key' | 'member' | 'colon' | 'more';

const expectedWords: {readonly [expected in Expected]: string} = {
  value: 'a value',
  item: 'a value or "]"',
  key: 'a key in double quotes',
  member: 'a key in double quotes or "}"',
  colon: '":"',
  more: '"," or the end of the list or object',
};

/** A bracket, a string's quote, a comma or colon, or everything up to one of these: a number or a word. */
const piece = /[ \t\r\n]*([[\]{}",:]|[^[\]{}",: \t\r\n]+)/y;
const scalar = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null)$/;

/** A list or an object around a place in a value. */
interface Around {
  /** An object's keys so far; undefined for a list. */
  readonly keys: Set<string> | undefined;
  /** The key or the index of what comes next. */
  step: string | number;
}

/** What is around a place in a value, from the outside in. */
interface Outline {
  readonly open: Around[];
  expected: Expected;
}

/**
 * The end of the value at `start`, which is checked except for the contents of its strings. Duplicate
 * keys are added to `repeated`.
 */
function endOfValue(lines: Lines, start: number, repeated: RepeatedKey[]): number {
  const {text} = lines;
  const outline: Outline = {open: [], expected: 'value'};
  piece.lastIndex = start;
  do {
    const from = piece.lastIndex;
    const found = piece.exec(text)?.[1];
    if (found === undefined) {
      throw new YamlProblem('the JSON ends within a value', lineAt(lines, text.length));
    }
    const at = piece.lastIndex - found.length;
    const next = following(outline, found);
    if (next === undefined) {
      const wanted = text.startsWith('{{', start)
        ? 'a template ({{ }}) must be rendered first'
        : `expected ${expectedWords[outline.expected]}, found ${shown(found)}`;
      throw new YamlProblem(`not valid JSON: ${wanted}`, lineAt(lines, at));
    }
    if (outline.open.length > maxDepth) throw new YamlProblem(tooDeep, lineAt(lines, from));
    if (found === '"') {
      const end = endOfString(lines, piece.lastIndex);
      if (next === 'colon') addKey(lines, outline.open, {start: at, end}, repeated);
      piece.lastIndex = end;
    }
    outline.expected = next;
  } while (outline.open.length > 0);
  return piece.lastIndex;
}

/** What is expected after a piece; undefined if the piece itself is not. */
function following({open, expected}: Outline, found: string): Expected | undefined {
  const around = open.at(-1);
  const inObject = around?.keys !== undefined;
  const isValue = expected === 'value' || expected === 'item';
  switch (found) {
    case '{':
    case '[':
      if (!isValue) return undefined;
      open.push(found === '{' ? {keys: new Set(), step: ''} : {keys: undefined, step: 0});
      return found === '{' ? 'member' : 'item';
    case '}':
    case ']':
      if (inObject !== (found === '}')) return undefined;
      if (!['item', 'member', 'more'].includes(expected)) return undefined;
      return open.length === 0 ? undefined : closed(open);
    case ',':
      if (expected !== 'more') return undefined;
      if (typeof around?.step === 'number') around.step += 1;
      return inObject ? 'key' : 'value';
    case ':':
      return expected === 'colon' ? 'value' : undefined;
    case '"':
      if (expected === 'key' || expected === 'member') return 'colon';
      return isValue ? 'more' : undefined;
    default:
      return isValue && scalar.test(found) ? 'more' : undefined;
  }
}

function closed(open: Outline['open']): 'more' {
  open.pop();
  return 'more';
}

function endOfString(lines: Lines, from: number): number {
  const end = afterString(lines.text, from);
  if (end === 0) throw new YamlProblem('a string has no closing quote', lineAt(lines, from));
  return end;
}

/** The position after the string's closing quote, 0 without one; `from` is after the opening one. */
function afterString(text: string, from: number): number {
  let quote = text.indexOf('"', from);
  while (quote !== -1) {
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
    quote = text.indexOf('"', quote + 1);
  }
  return 0;
}

function addKey(
  lines: Lines,
  open: Outline['open'],
  {start, end}: {readonly start: number; readonly end: number},
  repeated: RepeatedKey[],
): void {
  const object = open.at(-1);
  if (object?.keys === undefined) return;
  const source = lines.text.slice(start, end);
  object.step = source.includes('\\') ? String(parsed(lines, start, end)) : source.slice(1, -1);
  if (object.keys.has(object.step)) {
    const path = pathText(open.map(({step}) => step));
    repeated.push({path, line: lineAt(lines, start)});
  }
  object.keys.add(object.step);
}

/** An escape; the groups: a high surrogate and the low one after it, and a lone low one. */
const anyEscape =
  /\\(?:(u[dD][89abAB][\da-fA-F]{2})(\\u[dD][c-fC-F][\da-fA-F]{2})?|(u[dD][c-fC-F][\da-fA-F]{2})|[\s\S])/g;

function parsed(lines: Lines, start: number, end: number): Json {
  const source = lines.text.slice(start, end);
  // Half a surrogate pair is U+FFFD to Go.
  const whole = /\\u[dD]/.test(source)
    ? source.replace(anyEscape, (all, high, low, lone) =>
        lone !== undefined || (high !== undefined && low === undefined) ? '\\ufffd' : all,
      )
    : source;
  try {
    const value = parseJson(whole);
    if (/[eE.]/.test(whole)) refuseInfinity(value);
    return value;
  } catch (error) {
    throw new YamlProblem(...explained(lines, error, source, start));
  }
}

function refuseInfinity(value: Json): void {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new Error('a number is larger than a float can hold');
  }
  const items = isObject(value) ? Object.values(value) : value;
  if (Array.isArray(items)) for (const item of items) refuseInfinity(item ?? null);
}

/** The reason and line of an error of JSON.parse, which names a position in `source`. */
function explained(lines: Lines, error: unknown, source: string, start: number): [string, number] {
  const message = error instanceof Error ? error.message : String(error);
  const position = Number(/at position (\d+)/.exec(message)?.[1] ?? 0);
  const reason = message.replace(/ in (?:JSON|string literal in JSON) at position[\s\S]*$/, '');
  const isLong = position > source.length;
  return [`not valid JSON: ${reason}`, lineAt(lines, start + (isLong ? 0 : position))];
}
