/**
 * node scripts/build.ts: writes the script of the audit's page as a source file, and bundles the program
 * into dist/, for bin/kubectl-psp of this checkout.
 */
import {rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {messageOf} from '../src/errors.ts';
import {root} from './bundle/bundle.ts';
import {makeCaches} from './bundle/codeCaches.ts';
import {commitOf} from './bundle/commit.ts';
import {pageScriptFile, pageScriptSource} from './bundle/pageScript.ts';
import {bundleStart, scriptChunks} from './bundle/scriptChunks.ts';

const folder = join(root, 'dist');
const chunks = join(folder, 'chunks');

writeFileSync(join(root, pageScriptFile), await pageScriptSource(root));
rmSync(folder, {recursive: true, force: true});
await scriptChunks(chunks, commitOf(root));
await bundleStart('scripts/bundle/start.ts', join(folder, 'start.cjs'));
try {
  makeCaches(chunks, process.execPath);
} catch (error) {
  // The program is whole without them, and starts more slowly.
  process.stderr.write(`build: no code caches: ${messageOf(error)}\n`);
}
