import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/**
 * 4 MB for young objects, from the start and for good: a short run then needs no collection, and one
 * over a large cluster no more memory than it must. One helper of V8's: more of them take turns with
 * the main thread, and with an API server on the same machine. The launcher of a checkout has them too.
 *
 * With OpenSSL's own store of authorities, Node does not read in its bundled ones as soon as TLS is loaded, which
 * takes a tenth of a `who-can`; src/world/credentials.ts always says whom to trust.
 */
export const nodeFlags: readonly string[] = [
  '--min-semi-space-size=4',
  '--max-semi-space-size=4',
  '--v8-pool-size=1',
  '--use-openssl-ca',
];

/**
 * Writes V8's code caches beside the chunks of a folder: NAME.cache is what V8 compiled of NAME in a run of
 * the usual commands. They hold for the version of Node at the path `node` on this kind of machine; where
 * they don't, V8 compiles. With them, `who-can`, `why` and `advise` on the demo take 0.65 times the
 * processor time of the same scripts without.
 */
export function makeCaches(chunks: string, node: string): void {
  const scratch = mkdtempSync(join(tmpdir(), 'kubectl-psp-warm-'));
  try {
    const env = {PATH: process.env.PATH, HOME: scratch, TERM: 'xterm-256color'};
    const args = [...nodeFlags, join(import.meta.dirname, 'warm.ts'), chunks, scratch];
    runNode(node, args, 'the run for the code caches', env);
  } finally {
    rmSync(scratch, {recursive: true});
  }
}

/** Runs a script on the Node at a path; an Error with what it printed if it fails. `what` is for people. */
export function runNode(
  node: string,
  args: readonly string[],
  what: string,
  env: Readonly<Record<string, string | undefined>>,
): void {
  const {status, error, stdout, stderr} = spawnSync(node, args, {env, encoding: 'utf8'});
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${what} failed:\n${stdout}${stderr}`);
}
