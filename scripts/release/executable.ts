import {spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {type Base, pkgHome} from './bases.ts';
import type {Program} from './chunks.ts';
import {machoIdentifier, signAdHoc} from './machoSignature.ts';
import type {Platform} from './platforms.ts';
import type {Job} from './runPkg.ts';

const here = import.meta.dirname;

/**
 * 4 MB for young objects, from the start and for good: a short run then needs no collection, and one
 * over a large cluster no more memory than it must. One helper of V8's: more of them take turns with
 * the main thread, and with an API server on the same machine.
 */
const nodeFlags: readonly string[] = [
  '--min-semi-space-size=4',
  '--max-semi-space-size=4',
  '--v8-pool-size=1',
];

/** Writes a platform's executable to `output`; `cached` with the code caches that lie beside the chunks. */
export function makeExecutable(
  program: Program,
  platform: Platform,
  base: Base,
  {output, cached}: {readonly output: string; readonly cached: boolean},
): void {
  mkdirSync(dirname(output), {recursive: true});
  const names = readdirSync(program.chunks).filter(name => cached || !name.endsWith('.cache'));
  const job: Job = {
    main: program.main,
    output,
    target: platform.target,
    nodeVersion: base.version,
    nodeFlags,
    assets: Object.fromEntries(names.sort().map(name => [name, join(program.chunks, name)])),
  };
  const env = {...process.env, HOME: pkgHome, TMPDIR: dirname(program.main)};
  runNode(process.execPath, [join(here, 'runPkg.ts'), JSON.stringify(job)], 'pkg', env);
  if (platform.os === 'darwin') {
    writeFileSync(output, signAdHoc(readFileSync(output), machoIdentifier));
  }
}

/**
 * Writes V8's code caches beside a program's chunks. They hold for this version of Node on this
 * processor and system only.
 */
export function makeCaches(program: Program, base: Base): void {
  const scratch = mkdtempSync(join(tmpdir(), 'kubectl-psp-warm-'));
  try {
    const env = {PATH: process.env.PATH, HOME: scratch, TERM: 'xterm-256color'};
    const args = [...nodeFlags, join(here, 'warm.ts'), program.chunks, scratch];
    runNode(base.executable, args, 'the run for the code caches', env);
  } finally {
    rmSync(scratch, {recursive: true});
  }
}

function runNode(
  node: string,
  args: readonly string[],
  what: string,
  env: Readonly<Record<string, string | undefined>>,
): void {
  const {status, error, stdout, stderr} = spawnSync(node, args, {env, encoding: 'utf8'});
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${what} failed:\n${stdout}${stderr}`);
}
