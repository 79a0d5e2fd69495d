import {pointer as pointerOf} from '../kube/edits.ts';
import {resolvePlain} from './resolve.ts';

/** What printYaml writes besides the value. */
export interface PrintOptions {
  /**
   * Lines to write above a key or list item, by its JSON pointer ('' for the top), each as
   * `# line`. Anything that could end the comment is escaped.
   */
  readonly comments?: ReadonlyMap<string, readonly string[]>;
}

/** Keys of up to this length can have a plain `:` after them; YAML readers give up after 1024 characters. */
const longestKey = 1000;

/**
 * One YAML document, with a line break at its end: block style, 2 spaces, lists as deep as their
 * key (as kubectl writes them), keys in their own order, no anchors. A string is quoted where
 * any reader of YAML 1.1 or 1.2 would take it for something else. Members that are undefined are
 * left out; numbers are exact. Throws a TypeError for what JSON does not have.
 */
export function printYaml(value: unknown, options: PrintOptions = {}): string {
  const {comments = noComments} = options;
  const page: Page = {lines: [], comments, dashes: '', above: ''};
  writeComments(page, '', '');
  writeBlock(page, value, '', '');
  page.lines.push('');
  return page.lines.join('\n');
}

type Comments = ReadonlyMap<string, readonly string[]>;
const noComments: Comments = new Map();

/** What is written so far. */
interface Page {
  readonly lines: string[];
  readonly comments: Comments;
  /** What the next line begins with if it is the first one of a list item; '' if it is not. */
  dashes: string;
  /** The indentation of comments until then: they go above the dash. */
  above: string;
}

function writeLine(page: Page, indent: string, text: string): void {
  const {lines, dashes} = page;
  lines.push(dashes === '' ? indent + text : dashes + text);
  page.dashes = '';
}

function writeComments(page: Page, pointer: string, indent: string): void {
  const {lines, comments, dashes, above} = page;
  for (const line of comments.get(pointer) ?? []) {
    lines.push((dashes === '' ? indent : above) + `# ${escaped(line)}`.trimEnd());
  }
}

function membersOf(value: object): readonly (readonly [string, unknown])[] {
  return Object.entries(value).filter(([, member]) => member !== undefined);
}

/** Writes a value that starts its own line. */
function writeBlock(page: Page, value: unknown, pointer: string, indent: string): void {
  if (Array.isArray(value) && value.length > 0) {
    for (const [index, item] of value.entries()) {
      writeItem(page, item, pointerTo(page, pointer, index), indent);
    }
    return;
  }
  const members = typeof value === 'object' && value !== null ? membersOf(value) : [];
  if (members.length === 0) writeScalar(page, value, '', indent);
  else writeMembers(page, members, pointer, indent);
}

function writeItem(page: Page, item: unknown, pointer: string, indent: string): void {
  writeComments(page, pointer, indent);
  if (page.dashes === '') {
    page.dashes = indent;
    page.above = indent;
  }
  page.dashes += '- ';
  writeBlock(page, item, pointer, `${indent}  `);
}

function writeMembers(
  page: Page,
  members: ReturnType<typeof membersOf>,
  parent: string,
  indent: string,
): void {
  for (const [key, value] of members) {
    const pointer = pointerTo(page, parent, key);
    const name = oneLine(key);
    const isLong = name.length > longestKey;
    writeComments(page, pointer, indent);
    if (isLong) writeLine(page, indent, `? ${name}`);
    const colon = isLong ? ':' : `${name}:`;
    if (Array.isArray(value) && value.length > 0) {
      writeLine(page, indent, colon);
      writeBlock(page, value, pointer, indent);
      continue;
    }
    const inner = typeof value === 'object' && value !== null ? membersOf(value) : [];
    if (inner.length > 0) {
      writeLine(page, indent, colon);
      writeMembers(page, inner, pointer, `${indent}  `);
    } else writeScalar(page, value, `${colon} `, indent);
  }
}

function writeScalar(page: Page, value: unknown, before: string, indent: string): void {
  const [first = '', ...rest] = scalarLines(value);
  writeLine(page, indent, before + first);
  for (const line of rest) page.lines.push(line === '' ? '' : indent + line);
}

/** The JSON pointer of a member, if there are comments that could want it. */
function pointerTo({comments}: Page, parent: string, key: string | number): string {
  return comments.size === 0 ? '' : parent + pointerOf([key]);
}

function indented(line: string): string {
  return line === '' ? '' : `  ${line}`;
}

/** The lines of anything but a filled list or mapping: all but the first are indented by 2. */
function scalarLines(value: unknown): readonly string[] {
  if (typeof value === 'string') return stringLines(value);
  if (value === null || value === undefined) return ['null'];
  if (typeof value === 'boolean' || typeof value === 'bigint') return [String(value)];
  if (typeof value === 'number' && Number.isFinite(value)) return [numberText(value)];
  if (typeof value === 'object') return [Array.isArray(value) ? '[]' : '{}'];
  throw new TypeError(`no JSON: ${String(value)}`);
}

/** Readers of YAML 1.1 want a decimal point in a number with an exponent. */
function numberText(value: number): string {
  return String(value).replace(/^(-?\d+)e/, '$1.0e');
}

/** Text of several lines, the first of which does not begin with a blank, can be written as it is after `|`. */
const literal = /^[^\s#](?:[^\r\x85\u2028\u2029]|\n)*$/;

function stringLines(text: string): readonly string[] {
  if (!text.includes('\n') || !literal.test(text) || unprintable.test(text.replaceAll('\n', ''))) {
    return [oneLine(text)];
  }
  const lines = text.split('\n');
  if (lines.some(line => /[ \t]$/.test(line))) return [oneLine(text)];
  const ended = lines.at(-1) === '';
  if (ended) lines.pop();
  // Empty lines at the end would need another mark, which is easily misread.
  if (lines.at(-1) === '') return [oneLine(text)];
  return [ended ? '|' : '|-', ...lines.map(indented)];
}

/** The same keys and values come again and again. */
const known = new Map<string, string>();
const longestKnown = 50;
const mostKnown = 1000;

function oneLine(text: string): string {
  const found = known.get(text);
  if (found !== undefined) return found;
  const written = scalarText(text);
  if (text.length <= longestKnown && known.size < mostKnown) known.set(text, written);
  return written;
}

function scalarText(text: string): string {
  if (unprintable.test(text) || /[\t\n]/.test(text)) return quoted(text);
  if (isAmbiguous(text)) return quoted(text);
  if (isPlain(text)) return text;
  return `'${text.replaceAll("'", "''")}'`;
}

/** What no reader takes for syntax: it begins with a word and has no `: `, ` #` or blank at its end. */
const plain =
  /^(?:[\p{L}_/$(.]|--?[a-zA-Z])[\p{L}\p{M}\p{N} _\-./$()@+*=&!~^;|<>?%,:#[\]{}'"\\]*$/u;
const digitFirst = /^\d[\p{L}\p{M}\p{N}_\-./:]*$/u;

function isPlain(text: string): boolean {
  if (!plain.test(text) && !digitFirst.test(text)) return false;
  return !/: |:$| #| $|^\.\.\./.test(text);
}

/** What some reader takes for null, a boolean, a merge key or the like, in upper or lower case. */
const words = /^(?:y|n|yes|no|on|off|true|false|null|none|~|[-+]?\.(?:inf|nan)|<<|=|)$/i;
/** What could be taken for a number, a time or a date. */
const numeric = /^[-+]?[.\d][\d_.,:xobet+\-za-f\s]*$/i;

function isAmbiguous(text: string): boolean {
  return words.test(text) || numeric.test(text) || resolvePlain(text).type !== 'str';
}

/**
 * What must be escaped in YAML (control characters, odd line breaks, a byte order mark), and what hides
 * or reorders the text that a person reads (zero-width and bidirectional characters).
 */
const unprintable =
  /[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]/u;
const unprintables = new RegExp(`${unprintable.source}|[\\t\\n]`, 'gu');

/** Half a surrogate pair can't be written in YAML at all, and becomes U+FFFD. */
function escaped(text: string): string {
  return text.toWellFormed().replace(unprintables, character => {
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  });
}

function quoted(text: string): string {
  return `"${escaped(text.replace(/[\\"]/g, '\\$&'))}"`;
}
