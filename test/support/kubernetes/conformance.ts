import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import {gunzipSync} from 'node:zlib';
import {conformanceResult} from '../../../src/conformance/conformance.ts';
import {
  isObject,
  type Json,
  type JsonObject,
  parseJson,
  printJson,
} from '../../../src/kube/json.ts';
import {patched} from '../builders/jsonPatch.ts';
import {objectOf} from '../run/output.ts';

const folder = join(import.meta.dirname, '../../fixtures/vectors');

/** The fields of a result that must be the same; absent ones are the same too. */
// biome-ignore format: names, several a line
const compared = [
  'name', 'allowed', 'policy', 'validatePolicy', 'ignored', 'phase', 'message',
  'messageOrder', 'policies', 'policyValidation', 'invalidPolicies', 'error',
] as const;

/** A case for the reference program, and what the program said of it. */
export interface Vector {
  readonly input: JsonObject;
  readonly expected: JsonObject;
}

/** The recorded cases: test/kubernetes/README.md tells what they are. */
export function recordedVectors(): readonly Vector[] {
  return vectorsOf(recorded('cases'), recorded('expected'));
}

/** The recorded updates that change little, out of updateCases.ts. */
export function recordedUpdates(): readonly Vector[] {
  return vectorsOf(recorded('updates'), recorded('updatesExpected'));
}

function recorded(name: string): string {
  return gunzipSync(readFileSync(join(folder, `${name}.jsonl.gz`))).toString('utf8');
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
  const wanted = changedPod(input.pod ?? null, expected);
  const pod = patched(defaulted, patchIn(actual, 'psp'));
  return isDeepStrictEqual(pod, wanted) ? found : [...found, tell('pod', wanted, pod)];
}

/** A pod with what the reference says that the API server and the policy write into it. */
export function changedPod(pod: Json, expected: JsonObject): Json {
  const defaulted = patched(pod, patchIn(expected, 'defaults'));
  return patched(defaulted, patchIn(expected, 'psp'));
}

function readLines(text: string): readonly JsonObject[] {
  return text
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => objectOf(parseJson(line)));
}

function brief(value: unknown): string {
  return (value === undefined ? 'nothing' : printJson(value)).slice(0, 600);
}

function patchIn({patches}: JsonObject, name: 'defaults' | 'psp'): readonly JsonObject[] {
  const patch = isObject(patches) ? patches[name] : undefined;
  return Array.isArray(patch) ? patch.map(objectOf) : [];
}
