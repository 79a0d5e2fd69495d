import {resolvePlain} from './resolve.ts';

/** How printYaml writes beside the value. */
export interface PrintOptions {
  /**
   * Lines to write above a key or list item, by its JSON pointer ('' for the top), each as
   * `# line`. What could end the comment is written as an escape.
   */
  readonly comments?: ReadonlyMap<string, readonly string[]>;
}

/** The keys a literal `:` may be away from; YAML readers give up after 1024 characters. */
const longestKey = 1000;

/**
 * One YAML document, with a line break at its end: block style, 2 spaces, lists as deep as their
 * key (as kubectl writes them), keys in the order they come, no anchors. A string is quoted where
 * any reader of YAML 1.1 or 1.2 would take it for something else. Members that are undefined are
 * left out; numbers are exact. Throws a TypeError at what JSON has not.
 */
export function printYaml(value: unknown, options: PrintOptions = {}): string {
  const lines = [...commentLines(options, ''), ...block(value, '', options)];
  return `${lines.join('\n')}\n`;
}

type Members = readonly (readonly [string, unknown])[];

function membersOf(value: object): Members {
  return Object.entries(value).filter(([, member]) => member !== undefined);
}

/** The lines of a value that starts its own line. */
function block(value: unknown, pointer: string, options: PrintOptions): readonly string[] {
  if (Array.isArray(value) && value.length > 0) {
    return value.flatMap((item, index) => itemLines(item, `${pointer}/${index}`, options));
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const members = membersOf(value);
    if (members.length > 0) {
      return members.flatMap(([key, member]) => memberLines(key, member, pointer, options));
    }
  }
  return scalarLines(value);
}

function itemLines(item: unknown, pointer: string, options: PrintOptions): readonly string[] {
  const lines = block(item, pointer, options);
  // Comments above an item's first key go above its dash.
  const first = lines.findIndex(line => !line.startsWith('#'));
  return [
    ...commentLines(options, pointer),
    ...lines.slice(0, first),
    `- ${lines[first] ?? ''}`,
    ...lines.slice(first + 1).map(indented),
  ];
}

function memberLines(
  key: string,
  value: unknown,
  parent: string,
  options: PrintOptions,
): readonly string[] {
  const pointer = `${parent}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const name = oneLine(key);
  const [head, colon] = name.length > longestKey ? [[`? ${name}`], ':'] : [[], `${name}:`];
  const lines = block(value, pointer, options);
  const comments = [...commentLines(options, pointer), ...head];
  if (Array.isArray(value) && value.length > 0) return [...comments, colon, ...lines];
  if (isFilled(value)) return [...comments, colon, ...lines.map(indented)];
  const [first = '', ...rest] = lines;
  return [...comments, `${colon} ${first}`, ...rest];
}

function isFilled(value: unknown): boolean {
  return typeof value === 'object' && value !== null && membersOf(value).length > 0;
}

function indented(line: string): string {
  return line === '' ? '' : `  ${line}`;
}

function commentLines({comments}: PrintOptions, pointer: string): readonly string[] {
  return (comments?.get(pointer) ?? []).map(line => `# ${escaped(line)}`.trimEnd());
}

/** The lines of what is no filled list or mapping: all but the first are indented by 2. */
function scalarLines(value: unknown): readonly string[] {
  if (typeof value === 'string') return stringLines(value);
  if (value === null || value === undefined) return ['null'];
  if (typeof value === 'boolean' || typeof value === 'bigint') return [String(value)];
  if (typeof value === 'number' && Number.isFinite(value)) return [numberText(value)];
  if (typeof value === 'object') return [Array.isArray(value) ? '[]' : '{}'];
  throw new TypeError(`no JSON: ${String(value)}`);
}

/** YAML 1.1 readers want a point in a number with an exponent. */
function numberText(value: number): string {
  return String(value).replace(/^(-?\d+)e/, '$1.0e');
}

/** Text of several lines whose first begins with no blank may stand as it is, after `|`. */
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

function oneLine(text: string): string {
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

/** What some reader takes for null, a boolean, a merge key or the like; in any case of letters. */
const words = /^(?:y|n|yes|no|on|off|true|false|null|none|~|[-+]?\.(?:inf|nan)|<<|=|)$/i;
/** What looks as if it could be a number, a time or a date. */
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

/** Half a surrogate pair can't be written in YAML at all and becomes U+FFFD. */
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
