import {spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/** The released program for this machine, unpacked; undefined if none was made. */
export function packagedProgram(folder: string): string | undefined {
  const name = `kubectl-psp-linux-${process.arch === 'x64' ? 'amd64' : process.arch}.tar.gz`;
  const archive = join(import.meta.dirname, '../../out', name);
  if (!existsSync(archive)) return undefined;
  const {status, stderr} = spawnSync('tar', ['-xzf', archive, '-C', folder], {encoding: 'utf8'});
  if (status !== 0) throw new Error(`${archive}: ${stderr.trim()}`);
  return join(folder, 'kubectl-psp');
}

/** What to say where nothing was released. */
export const noPackagedNote = 'No packaged program in out/: run npm run release.';

/** Lends a folder with the released program in it. */
export function withPackaged<T>(use: (program: string | undefined) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'psp-bench-'));
  try {
    return use(packagedProgram(folder));
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}
