import type {Gap} from '../inventory/inventory.ts';
import {printJson} from '../kube/json.ts';
import {oneByOne} from '../once.ts';
import {inParts} from '../text.ts';
import {escapeJson} from './escape.ts';

const outputVersion = 'psp.kubectl/v1alpha1';

/** A versioned document of machine output. `gaps` are there if something could not be read. */
export function document(kind: string, items: Iterable<object>, gaps: readonly Gap[]): object {
  return {apiVersion: outputVersion, kind, items, gaps: gaps.length > 0 ? gaps : undefined};
}

/** A document as `jsonText` prints it, in parts; its items may be made as they are printed. */
export function jsonParts(answer: object): Iterable<string> {
  return inParts(oneByOne(jsonPieces(answer), escapeJson));
}

function* jsonPieces(answer: object): Generator<string, void> {
  let before = '{';
  for (const [key, value] of membersOf(answer)) {
    yield `${before}\n  ${printJson(key)}: `;
    before = ',';
    if (key === 'items' && isList(value)) yield* itemPieces(value);
    else yield indented(printJson(value, 2), '  ');
  }
  yield '\n}\n';
}

function* itemPieces(items: Iterable<unknown>): Generator<string, void> {
  let before = '[';
  for (const item of items) {
    yield `${before}\n    ${indented(printJson(item, 2), '    ')}`;
    before = ',';
  }
  yield before === '[' ? '[]' : '\n  ]';
}

/** JSON has no line breaks but those between its members. */
function indented(json: string, indent: string): string {
  return json.replaceAll('\n', `\n${indent}`);
}

/** A document as YAML, in parts, as `jsonParts`. `print` prints a value on lines of its own. */
export function yamlParts(answer: object, print: (value: unknown) => string): Iterable<string> {
  return inParts(yamlPieces(answer, print));
}

function* yamlPieces(answer: object, print: (value: unknown) => string): Generator<string, void> {
  for (const [key, value] of membersOf(answer)) {
    if (key !== 'items' || !isList(value)) {
      yield print({[key]: value});
      continue;
    }
    let isEmpty = true;
    for (const item of value) {
      // A list is as deep as its key.
      yield (isEmpty ? `${key}:\n` : '') + print([item]);
      isEmpty = false;
    }
    if (isEmpty) yield print({[key]: []});
  }
}

function membersOf(answer: object): readonly (readonly [string, unknown])[] {
  return Object.entries(answer).filter(([, value]) => value !== undefined);
}

function isList(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

/** A document as JSON text; what a terminal would act on is written as an escape. */
export function jsonText(answer: object): string {
  return `${escapeJson(printJson(answer, 2))}\n`;
}
