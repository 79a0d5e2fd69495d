import {exitCodes, UserError} from '../../errors.ts';
import type {Json} from '../../kube/json.ts';

/** A step from values to those in them, as kubectl's JSONPath has it (v1.24, client-go/util/jsonpath). */
export type Step =
  | {readonly kind: 'field'; readonly name: string}
  /** `..`: the value and all that is in it, however deep. */
  | {readonly kind: 'deep'}
  | {readonly kind: 'all'}
  | {readonly kind: 'slice'; readonly from?: number; readonly to?: number; readonly by?: number}
  | {readonly kind: 'union'; readonly steps: readonly Step[]}
  | {readonly kind: 'filter'; readonly test: Test};

/** What `?(...)` asks of an item. */
export interface Test {
  readonly left: Operand;
  /** undefined: whether there is a left side. */
  readonly operator?: string | undefined;
  readonly right?: Operand | undefined;
}

/** One side of a comparison: a literal, or a path from the item (`@`) or from the whole (`$`). */
export type Operand =
  | {readonly kind: 'literal'; readonly value: Json}
  | {readonly kind: 'path'; readonly isFromRoot: boolean; readonly steps: readonly Step[]};

/** A text that is read from the left, with the words for what is wrong with it. */
export class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get rest(): string {
    return this.#text.slice(this.#at);
  }

  /** Takes what the pattern, which begins with ^, finds here; undefined if nothing. */
  take(pattern: RegExp): string | undefined {
    const [found] = pattern.exec(this.rest) ?? [];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  fail(expected: string): never {
    const found = this.rest === '' ? 'its end' : JSON.stringify(this.rest.slice(0, 20));
    const about = `-o: ${JSON.stringify(this.#text)}: ${expected} is expected, found ${found}`;
    throw new UserError(about, exitCodes.usage);
  }
}

/** The steps that stand here: `.items[*].name`; none if no step does. */
export function readSteps(reader: Reader): readonly Step[] {
  const steps: Step[] = [];
  for (;;) {
    if (reader.take(/^\.\./) !== undefined) {
      steps.push({kind: 'deep'});
      if (!reader.rest.startsWith('[')) steps.push(fieldStep(reader));
    } else if (reader.take(/^\./) !== undefined) {
      // `.` alone is the value itself, and `.[0]` is `[0]`.
      if (/^[^\s}[\])=<>!,|&]/.test(reader.rest)) steps.push(fieldStep(reader));
    } else if (reader.take(/^\[/) !== undefined) {
      steps.push(bracketStep(reader));
    } else return steps;
  }
}

function fieldStep(reader: Reader): Step {
  if (reader.take(/^\*/) !== undefined) return {kind: 'all'};
  const name = reader.take(/^(?:\\.|[^\s.[\](){}=<>!,|&'"\\])+/) ?? reader.fail('a field');
  return {kind: 'field', name: name.replaceAll(/\\(.)/g, '$1')};
}

function bracketStep(reader: Reader): Step {
  const filter = reader.take(/^\?\(/);
  if (filter !== undefined) {
    const test = readTest(reader);
    if (reader.take(/^\s*\)\s*\]/) === undefined) reader.fail('")]"');
    return {kind: 'filter', test};
  }
  const steps: Step[] = [];
  do steps.push(memberStep(reader));
  while (reader.take(/^\s*,\s*/) !== undefined);
  if (reader.take(/^\s*\]/) === undefined) reader.fail('"]"');
  const [only, ...more] = steps;
  return only !== undefined && more.length === 0 ? only : {kind: 'union', steps};
}

function memberStep(reader: Reader): Step {
  if (reader.take(/^\*/) !== undefined) return {kind: 'all'};
  const name = readText(reader);
  if (name !== undefined) return {kind: 'field', name};
  const slice = reader.take(/^-?\d*(?::-?\d*){0,2}(?=\s*[\],])/);
  if (slice === undefined || slice === '') reader.fail('an index, a name in quotes or *');
  const [from, to, by] = slice.split(':').map(part => (part === '' ? undefined : Number(part)));
  // -1 is the last one: what follows it has no number.
  if (!slice.includes(':'))
    return {kind: 'slice', from, to: from === -1 ? undefined : (from ?? 0) + 1} as Step;
  return {kind: 'slice', from, to, by} as Step;
}

/** A text in quotes; undefined if none begins here. */
export function readText(reader: Reader): string | undefined {
  const quoted = reader.take(/^'(?:\\.|[^'\\])*'|^"(?:\\.|[^"\\])*"/);
  if (quoted === undefined) return undefined;
  const letters: Readonly<Record<string, string>> = {n: '\n', t: '\t', r: '\r'};
  return quoted.slice(1, -1).replaceAll(/\\(.)/g, (_, letter: string) => letters[letter] ?? letter);
}

function readTest(reader: Reader): Test {
  reader.take(/^\s+/);
  const left = readOperand(reader);
  const operator = reader.take(/^\s*(?:==|!=|<=|>=|<|>)\s*/)?.trim();
  return operator === undefined ? {left} : {left, operator, right: readOperand(reader)};
}

function readOperand(reader: Reader): Operand {
  const text = readText(reader);
  if (text !== undefined) return {kind: 'literal', value: text};
  const literal = reader.take(/^(?:-?\d+(?:\.\d+)?|true|false)\b/);
  if (literal !== undefined) return {kind: 'literal', value: JSON.parse(literal)};
  const root = reader.take(/^[@$]/);
  if (root === undefined) reader.fail('@, $, a text in quotes or a number');
  return {kind: 'path', isFromRoot: root === '$', steps: readSteps(reader)};
}
