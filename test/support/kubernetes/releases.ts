import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {brotliCompressSync, brotliDecompressSync, constants} from 'node:zlib';
import {type Vector, vectorsOf} from './conformance.ts';
import {runProgram} from './reference.ts';

const script = join(import.meta.dirname, '../../kubernetes/release.sh');
const folder = join(import.meta.dirname, '../../fixtures/releases');

/** The releases before v1.24 that are tested, oldest first: those that test/kubernetes/release.sh builds. */
export const oldReleases = [
  'v1.16',
  'v1.17',
  'v1.18',
  'v1.19',
  'v1.20',
  'v1.21',
  'v1.22',
  'v1.23',
] as const;
export type OldRelease = (typeof oldReleases)[number];

/** Cases of a release that are recorded. */
export const recordedOfRelease = 500;

/** What is made of a release: cases, and what its programs say of them, as JSON Lines. */
export interface MadeCases {
  readonly cases: Buffer;
  readonly expected: Buffer;
}

/** The recorded cases of a release, in the order in which they were made. */
export function recordedRelease(release: OldRelease): readonly Vector[] {
  return vectorsOf(recorded(`${release}.cases`), recorded(`${release}.expected`));
}

/** The files of test/fixtures/releases for a release by name, made by its programs in `programs`. */
export function releaseFiles(
  release: OldRelease,
  programs: string,
): Readonly<Record<string, Uint8Array>> {
  const seed = Number(release.slice('v1.'.length));
  const {cases, expected} = madeCases(release, programs, {seed, count: recordedOfRelease});
  return {
    [`${release}.cases.jsonl.br`]: compressed(cases),
    [`${release}.expected.jsonl.br`]: compressed(expected),
  };
}

/** New cases of a release: the same seed gives the same ones. */
export function madeCases(
  release: OldRelease,
  programs: string,
  {seed, count}: {readonly seed: number; readonly count: number},
): MadeCases {
  const prefix = `r${release.slice('v1.'.length)}-`;
  const args = ['-seed', `${seed}`, '-n', `${count}`, '-prefix', prefix];
  const cases = runProgram(join(programs, 'psp-cases'), args);
  const flags = ['-compact', '-validate-pods'];
  return {cases, expected: runProgram(join(programs, 'psp-reference'), flags, cases)};
}

/** The folder with the programs of a release if they are built already. */
export function builtRelease(release: OldRelease): string | undefined {
  const {stdout} = spawnSync('bash', [script, release, '--dir'], {encoding: 'utf8'});
  const dir = stdout.trim();
  return existsSync(join(dir, 'psp-reference')) ? dir : undefined;
}

/** Builds the programs of a release, which takes minutes the first time; their folder, or undefined if it fails. */
export function buildRelease(release: OldRelease): string | undefined {
  const {status, stdout} = spawnSync('bash', [script, release], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return status === 0 ? stdout.trim() : undefined;
}

/** The releases that the script knows. */
export function buildableReleases(): readonly string[] {
  const {stdout} = spawnSync('bash', [script, '--list'], {encoding: 'utf8'});
  return stdout.trim().split('\n');
}

function recorded(name: string): string {
  return brotliDecompressSync(readFileSync(join(folder, `${name}.jsonl.br`))).toString('utf8');
}

/** In a window as wide as the whole: the cases are much alike, so it is less than half of gzip's. */
function compressed(data: Buffer): Uint8Array {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: data.length,
  };
  return brotliCompressSync(data, {params});
}
