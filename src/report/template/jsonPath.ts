import type {Json} from '../../kube/json.ts';
import {escapeText} from '../escape.ts';
import {Reader, readSteps, readText, type Step} from './path.ts';
import {textOfValue, valuesAt} from './values.ts';

/** A part of a template: a text, a path whose values are printed, or what is repeated for each value of a path. */
type Part =
  | {readonly kind: 'text'; readonly text: string}
  | {readonly kind: 'path'; readonly isFromRoot: boolean; readonly steps: readonly Step[]}
  | {
      readonly kind: 'range';
      readonly isFromRoot: boolean;
      readonly steps: readonly Step[];
      readonly parts: readonly Part[];
    };

/**
 * What a template of kubectl's `-o jsonpath=` prints of a document: texts as they are, and in braces paths, texts
 * in quotes, and `range` to `end`. A path without braces is one, too. A usage error says what can't be read.
 */
export function jsonPathText(template: string, document: Json): string {
  const reader = new Reader(/^[.$]/.test(template) ? `{${template}}` : template);
  const parts = readParts(reader, false);
  return printed(parts, document, document);
}

function readParts(reader: Reader, isInRange: boolean): readonly Part[] {
  const parts: Part[] = [];
  while (reader.rest !== '') {
    const text = reader.take(/^[^{]+/);
    if (text !== undefined) parts.push({kind: 'text', text});
    if (reader.take(/^\{\s*end\s*\}/) !== undefined) {
      return isInRange ? parts : reader.fail('a range before its end');
    }
    if (reader.take(/^\{/) !== undefined) parts.push(...readBlock(reader));
  }
  return isInRange ? reader.fail('{end}') : parts;
}

/** What stands in braces: paths and texts; a range goes on to its end. */
function readBlock(reader: Reader): readonly Part[] {
  const parts: Part[] = [];
  for (;;) {
    reader.take(/^\s+/);
    if (reader.take(/^\}/) !== undefined) return parts;
    const text = readText(reader) ?? reader.take(/^-?\d+(?:\.\d+)?(?=[\s}])/);
    if (text !== undefined) {
      parts.push({kind: 'text', text});
      continue;
    }
    const isRange = reader.take(/^range\s+/) !== undefined;
    const {isFromRoot, steps} = readPath(reader);
    if (!isRange) {
      parts.push({kind: 'path', isFromRoot, steps});
      continue;
    }
    if (reader.take(/^\s*\}/) === undefined) reader.fail('"}"');
    return [...parts, {kind: 'range', isFromRoot, steps, parts: readParts(reader, true)}];
  }
}

function readPath(reader: Reader) {
  const root = reader.take(/^[@$]/);
  if (root === undefined && !/^[.[]/.test(reader.rest)) reader.fail('a path, as .items[*].name');
  return {isFromRoot: root === '$', steps: readSteps(reader)};
}

function printed(parts: readonly Part[], value: Json, root: Json): string {
  return parts
    .map(part => {
      if (part.kind === 'text') return part.text;
      const values = valuesAt(part.steps, part.isFromRoot ? root : value, root);
      if (part.kind === 'path') return values.map(each => escapeText(textOfValue(each))).join(' ');
      return values.map(each => printed(part.parts, each, root)).join('');
    })
    .join('');
}
