/**
 * node scripts/build.ts: writes the script of the audit's page as a source file, and bundles the program
 * into dist/, for bin/kubectl-psp of this checkout.
 */
import {rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {bundle, requireForPackages, root} from './bundle/bundle.ts';
import {commitOf} from './bundle/commit.ts';
import {pageScriptFile, pageScriptSource} from './bundle/pageScript.ts';

const folder = join(root, 'dist');

writeFileSync(join(root, pageScriptFile), await pageScriptSource(root));
rmSync(folder, {recursive: true, force: true});
await bundle(folder, {commit: commitOf(root), banner: requireForPackages});
