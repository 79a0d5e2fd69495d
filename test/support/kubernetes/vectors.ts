import {gzipSync} from 'node:zlib';
import {runReference} from './reference.ts';

/** What the vectors are made of: see test/kubernetes/README.md. */
const seed = 1;
const count = 3000;

/**
 * The files of test/fixtures/vectors by name, made anew with the reference programs, which takes
 * some 10 s. The same programs give the same bytes.
 */
export function vectorFiles(): Readonly<Record<string, Uint8Array>> {
  const cases = runReference('psp-cases', ['-seed', `${seed}`, '-n', `${count}`, '-prefix', 'v']);
  const expected = runReference('psp-reference', ['-compact', '-validate-pods'], cases);
  return {
    'cases.jsonl.gz': zip(cases),
    'expected.jsonl.gz': zip(expected),
    'coverage.md': runReference('psp-coverage', [], cases),
  };
}

function zip(data: Uint8Array): Uint8Array {
  const zipped = gzipSync(data, {level: 9});
  // The tenth byte names the operating system (RFC 1952): 255 is "unknown", the same everywhere.
  zipped[9] = 255;
  return zipped;
}
