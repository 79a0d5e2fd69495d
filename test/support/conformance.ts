import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import {gunzipSync} from 'node:zlib';
import {isObject, type Json, type JsonObject, parseJson, printJson} from '../../src/kube/json.ts';
import {conformanceResult} from '../../src/policy/conformance.ts';

const folder = join(import.meta.dirname, '../fixtures/vectors');

/** The fields of a result that must be the same; absent ones are the same too. */
const compared = [
  ...['name', 'allowed', 'policy', 'validatePolicy', 'ignored', 'phase', 'message'],
  ...['messageOrder', 'policies', 'policyValidation', 'invalidPolicies', 'error'],
] as const;

/** A case for the reference program, and what the program said of it. */
export interface Vector {
  readonly input: JsonObject;
  readonly expected: JsonObject;
}

/** The recorded cases: test/reference/README.md tells what they are. */
export function recordedVectors(): readonly Vector[] {
  const read = (name: string) => gunzipSync(readFileSync(join(folder, name))).toString('utf8');
  return vectorsOf(read('cases.jsonl.gz'), read('expected.jsonl.gz'));
}

/** Cases and results, both as JSON Lines in the same order. */
export function vectorsOf(cases: string, results: string): readonly Vector[] {
  const inputs = readLines(cases);
  const answers = readLines(results);
  if (inputs.length !== answers.length) {
    throw new Error(`${inputs.length} cases, but ${answers.length} results`);
  }
  return inputs.map((input, index) => ({input, expected: answers[index] ?? {}}));
}

/** What the program says of the cases and the reference does not, one line for each field. */
export function differencesOf(vectors: readonly Vector[]): readonly string[] {
  return vectors.flatMap(differences);
}

function differences({input, expected}: Vector): readonly string[] {
  const actual = objectOf(parseJson(printJson(conformanceResult(input))));
  const tell = (field: string, wanted: unknown, found: unknown) =>
    `${String(input.name)}: ${field}: expected ${brief(wanted)}, found ${brief(found)}`;
  const found = compared
    .filter(field => !isDeepStrictEqual(actual[field], expected[field]))
    .map(field => tell(field, expected[field], actual[field]));

  const defaulted = patched(input.pod ?? null, patchIn(expected, 'defaults'));
  const wanted = patched(defaulted, patchIn(expected, 'psp'));
  const pod = patched(defaulted, patchIn(actual, 'psp'));
  return isDeepStrictEqual(pod, wanted) ? found : [...found, tell('pod', wanted, pod)];
}

function readLines(text: string): readonly JsonObject[] {
  return text
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => objectOf(parseJson(line)));
}

function objectOf(value: Json | undefined): JsonObject {
  if (!isObject(value)) throw new Error(`not an object: ${brief(value)}`);
  return value;
}

function brief(value: unknown): string {
  return (value === undefined ? 'nothing' : printJson(value)).slice(0, 600);
}

function patchIn({patches}: JsonObject, name: 'defaults' | 'psp'): readonly JsonObject[] {
  const patch = isObject(patches) ? patches[name] : undefined;
  return Array.isArray(patch) ? patch.map(objectOf) : [];
}

/** The value after a patch (RFC 6902; of its operations those that occur: add, replace, remove). */
function patched(value: Json, patch: readonly JsonObject[]): Json {
  return patch.reduce((tree: Json, operation) => {
    const keys = String(operation.path)
      .split('/')
      .slice(1)
      .map(key => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    return change(tree, keys, operation);
  }, value);
}

function change(tree: Json, [key = '', ...rest]: readonly string[], operation: JsonObject): Json {
  const {op, value = null} = operation;
  if (Array.isArray(tree)) {
    const index = key === '-' ? tree.length : Number(key);
    if (rest.length > 0) return tree.with(index, change(tree[index], rest, operation));
    if (op === 'remove') return tree.toSpliced(index, 1);
    return op === 'add' ? tree.toSpliced(index, 0, value) : tree.with(index, value);
  }
  const {[key]: item, ...others} = objectOf(tree);
  if (rest.length > 0) return {...others, [key]: change(item ?? null, rest, operation)};
  return op === 'remove' ? others : {...others, [key]: value};
}
