import {gzipSync} from 'node:zlib';
import {type JsonObject, parseJson, printJson} from '../../../src/kube/json.ts';
import {objectOf} from '../run/output.ts';
import {runReference} from './reference.ts';
import {updateCases} from './updateCases.ts';

/** What the vectors are made of: see test/kubernetes/README.md. */
const seed = 1;
const count = 3000;

/**
 * The files of test/fixtures/vectors by name, recorded with the reference programs, which takes
 * some 10 s. The same programs give the same bytes.
 */
export function vectorFiles(): Readonly<Record<string, Uint8Array>> {
  const cases = runReference('psp-cases', ['-seed', `${seed}`, '-n', `${count}`, '-prefix', 'v']);
  const updates = linesOf(updateCases(objectsIn(cases)));
  return {
    'cases.jsonl.gz': zip(cases),
    'expected.jsonl.gz': zip(answersTo(cases)),
    'coverage.md': runReference('psp-coverage', [], cases),
    'updates.jsonl.gz': zip(updates),
    'updatesExpected.jsonl.gz': zip(answersTo(updates)),
  };
}

function answersTo(cases: Uint8Array): Uint8Array {
  return runReference('psp-reference', ['-compact', '-validate-pods'], cases);
}

function objectsIn(lines: Uint8Array): readonly JsonObject[] {
  const text = Buffer.from(lines).toString('utf8').trimEnd();
  return text.split('\n').map(line => objectOf(parseJson(line)));
}

function linesOf(objects: readonly JsonObject[]): Uint8Array {
  return Buffer.from(objects.map(object => `${printJson(object)}\n`).join(''));
}

function zip(data: Uint8Array): Uint8Array {
  const zipped = gzipSync(data, {level: 9});
  // The tenth byte names the operating system (RFC 1952): 255 is "unknown", the same everywhere.
  zipped[9] = 255;
  return zipped;
}
