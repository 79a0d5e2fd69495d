import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {nodeFlags, runNode} from '../bundle/codeCaches.ts';
import {type Base, pkgHome} from './bases.ts';
import type {Program} from './chunks.ts';
import {machoIdentifier, signAdHoc} from './machoSignature.ts';
import type {Platform} from './platforms.ts';
import type {Job} from './runPkg.ts';

const here = import.meta.dirname;

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
