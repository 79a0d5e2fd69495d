import {isDeepStrictEqual} from 'node:util';
import {UserError} from '../../src/errors.ts';
import {isObject, type Json, printJson} from '../../src/kube/json.ts';
import {readDocuments} from '../../src/yaml/documents.ts';
import type {Answer} from './kubectl.ts';

function ours(stream: string): Answer {
  try {
    return {documents: readDocuments(stream, 'f').map(({value}) => value)};
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {documents: [], error: error.message};
  }
}

/** What we refuse on purpose though kubectl reads it. */
const refused = [
  // kubectl takes either.
  /has the key .* twice, with and without quotes/,
  // kubectl puts U+FFFD for bytes that aren't UTF-8.
  /is not of the type of its tag !!binary$/,
  // kubectl decodes the number later, and refuses it then.
  /a number is larger than a float can hold$/,
];

/** A stream that we read otherwise than kubectl does. */
export interface Difference {
  /** Which of the two refuses it; undefined if both read it. */
  readonly refusedBy?: 'us' | 'kubectl';
  readonly text: string;
}

/** How we read a stream otherwise than kubectl does; undefined if alike. */
export function difference(stream: string, kubectl: Answer | undefined): Difference | undefined {
  const shown = printJson(stream);
  if (kubectl === undefined) return {text: `${shown}: kubectl's answer is missing`};
  const own = ours(stream);
  if (kubectl.error !== undefined) {
    if (own.error !== undefined) return undefined;
    const text = `${shown}: kubectl refuses it (${kubectl.error}), but we read ${printJson(own.documents)}`;
    return {refusedBy: 'kubectl', text};
  }
  const text = `${shown}: kubectl reads ${printJson(kubectl.documents)}, but we`;
  // A number that stands alone is not an object; Go's decoder splits it at odd places.
  if (stream.startsWith('{') && !kubectl.documents.every(isObject)) return undefined;
  const {error} = own;
  if (error !== undefined) {
    if (refused.some(pattern => pattern.test(error))) return undefined;
    return {refusedBy: 'us', text: `${text} refuse it (${error})`};
  }
  if (isDeepStrictEqual(sorted(own.documents), sorted(kubectl.documents))) return undefined;
  return {text: `${text} read ${printJson(own.documents)}`};
}

/** The same but for order of keys and the sign of 0, with `__proto__` as a key like any other. */
function sorted(value: Json | undefined): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value ?? null)) return value === 0 ? 0 : value;
  return new Map(
    Object.entries(value ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member as Json)]),
  );
}
