import type {Integer} from '../kube/json.ts';
import {quoteCel} from './quote.ts';

/** A value that stands in an expression as a literal. */
export type CelValue =
  | string
  | boolean
  | Integer
  | readonly string[]
  | Readonly<Record<string, string>>;

/** A piece of an expression: text of this program, or a value from a policy. */
export type CelPart = string | {readonly value: CelValue};

let make: (parts: readonly CelPart[]) => Cel;

/**
 * An expression in CEL, the language of admission policies (github.com/google/cel-spec, doc/langdef.md).
 * Only the tag `cel` and what is built on it make one, so its text is this program's own; a value from a
 * policy is always a literal, and can't break out of it.
 */
export class Cel {
  static {
    make = parts => new Cel(parts);
  }
  readonly parts: readonly CelPart[];
  private constructor(parts: readonly CelPart[]) {
    this.parts = parts;
  }
  toString(): string {
    return this.parts.map(part => (typeof part === 'string' ? part : literal(part.value))).join('');
  }
}

/**
 * An expression from a template. An expression in it gets brackets where it needs them; anything else
 * in it becomes a literal.
 */
export function cel(texts: TemplateStringsArray, ...holes: readonly (Cel | CelValue)[]): Cel {
  const parts: CelPart[] = [texts[0] ?? ''];
  for (const [index, hole] of holes.entries()) {
    const [before, after] = [texts[index] ?? '', texts[index + 1] ?? ''];
    if (!(hole instanceof Cel)) parts.push({value: hole});
    else if (isEnclosed(before, after) || looseness(hole) === 'atom') parts.push(...hole.parts);
    else parts.push('(', ...hole.parts, ')');
    parts.push(after);
  }
  return make(joined(parts));
}

/** A name as CEL has them: of a variable or of a field. Throws for anything else. */
export function celName(name: string): Cel {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new TypeError(`not a name in CEL: ${name}`);
  return make([name]);
}

export const always = cel`true`;
export const never = cel`false`;

/** All of these; what is always true is left out. */
export function allOf(all: readonly Cel[]): Cel {
  const rest = all.filter(one => !isSame(one, always));
  if (rest.some(one => isSame(one, never))) return never;
  return rest.length === 0 ? always : operation('&&', rest, ['or', 'conditional']);
}

/** At least one of these; what is never true is left out. */
export function anyOf(any: readonly Cel[]): Cel {
  const rest = any.filter(one => !isSame(one, never));
  if (rest.some(one => isSame(one, always))) return always;
  return rest.length === 0 ? never : operation('||', rest, ['and', 'conditional']);
}

export function not(one: Cel): Cel {
  return cel`!${one}`;
}

/** Lists, or texts, one behind the other. */
export function concatenated(all: readonly Cel[]): Cel {
  return operation('+', all, ['relation', 'and', 'or', 'conditional']);
}

/** The first of the answers whose condition holds, else the last. */
export function firstWhere(
  cases: readonly (readonly [when: Cel, then: Cel])[],
  otherwise: Cel,
): Cel {
  const parts = cases.flatMap(([when, then]): readonly CelPart[] => [
    ...bracketed(when, ['conditional']),
    '\n? ',
    ...bracketed(then, ['conditional']),
    '\n: ',
  ]);
  return make(joined([...parts, ...otherwise.parts]));
}

/** A list of expressions. */
export function listOf(all: readonly Cel[]): Cel {
  return make(joined(['[', ...separated(all, ', '), ']']));
}

/** A map with literal keys. */
export function mapOf(entries: readonly (readonly [key: string, value: Cel])[]): Cel {
  const all = entries.map(([key, value]) => cel`${key}: ${value}`);
  return make(joined(['{', ...separated(all, ', '), '}']));
}

/** An expression whose literals are replaced by others, one for each in their order. */
export function withLiterals({parts}: Cel, replace: (value: CelValue, index: number) => Cel): Cel {
  let index = 0;
  return make(
    joined(
      parts.flatMap(part =>
        typeof part === 'string' ? [part] : replace(part.value, index++).parts,
      ),
    ),
  );
}

/** The literals of an expression, in their order. */
export function literalsOf(one: Cel | undefined): readonly CelValue[] {
  return (one?.parts ?? []).flatMap(part => (typeof part === 'string' ? [] : [part.value]));
}

export function isSame(one: Cel, other: Cel): boolean {
  return one.toString() === other.toString();
}

/** How far apart the parts of an expression stand: what it is on the outside. */
type Looseness = 'atom' | 'sum' | 'relation' | 'and' | 'or' | 'conditional';

function operation(sign: string, all: readonly Cel[], looser: readonly Looseness[]): Cel {
  const [only] = all;
  if (all.length === 1 && only !== undefined) return only;
  const isLong = all.reduce((length, one) => length + one.toString().length, 0) > 80;
  const between = isLong ? `\n${sign} ` : ` ${sign} `;
  return make(
    joined(
      all.flatMap((one, index) => [...(index > 0 ? [between] : []), ...bracketed(one, looser)]),
    ),
  );
}

function bracketed(one: Cel, looser: readonly Looseness[]): readonly CelPart[] {
  return looser.includes(looseness(one)) ? ['(', ...one.parts, ')'] : one.parts;
}

function separated(all: readonly Cel[], between: string): readonly CelPart[] {
  return all.flatMap(({parts}, index) => [...(index > 0 ? [between] : []), ...parts]);
}

/** Whether brackets or commas of the template already stand around the hole. */
function isEnclosed(before: string, after: string): boolean {
  return /(^|[([,])\s*$/.test(before) && /^\s*($|[)\],])/.test(after);
}

/** Read off the text outside of brackets and quotes. Literals are atoms. */
function looseness({parts}: Cel): Looseness {
  const text = parts.map(part => (typeof part === 'string' ? part : '0')).join('');
  const outside = outsideOf(text);
  if (/\s\?\s/.test(outside)) return 'conditional';
  if (outside.includes('||')) return 'or';
  if (outside.includes('&&')) return 'and';
  if (!/\s|^[!-]/.test(outside)) return 'atom';
  return /[=<>!-]|\sin\s/.test(outside) ? 'relation' : 'sum';
}

/** What of a text stands in no brackets and no quotes. */
function outsideOf(text: string): string {
  let depth = 0;
  let outside = '';
  for (const [piece] of text.matchAll(/'(?:[^'\\]|\\.)*'|[([{]|[)\]}]|[^'()[\]{}]+/gs)) {
    if (/^[([{]/.test(piece)) depth += 1;
    else if (/^[)\]}]/.test(piece)) depth -= 1;
    else if (depth === 0 && !piece.startsWith("'")) outside += piece;
  }
  return outside;
}

/** Neighbouring texts as one, so that equal expressions have equal parts. */
function joined(parts: readonly CelPart[]): readonly CelPart[] {
  const all: CelPart[] = [];
  for (const part of parts) {
    const last = all.at(-1);
    if (typeof part === 'string' && typeof last === 'string') all[all.length - 1] = last + part;
    else if (part !== '') all.push(part);
  }
  return all;
}

function literal(value: CelValue): string {
  if (typeof value === 'string') return quoteCel(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number' || typeof value === 'bigint') return integer(value);
  if (isList(value)) return `[${value.map(quoteCel).join(', ')}]`;
  const entries = Object.entries(value).map(([key, text]) => `${quoteCel(key)}: ${quoteCel(text)}`);
  return `{${entries.join(', ')}}`;
}

function isList(value: CelValue): value is readonly string[] {
  return Array.isArray(value);
}

/** CEL's integers are of 64 bits. */
function integer(value: Integer): string {
  const exact = BigInt(value);
  if (BigInt.asIntN(64, exact) !== exact) throw new RangeError(`no 64-bit integer: ${value}`);
  return exact.toString();
}
