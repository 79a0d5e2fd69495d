/** node scripts/build.ts: bundles the program into dist/, for bin/kubectl-psp of this checkout. */
import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {bundle, requireForPackages, root} from './bundle/bundle.ts';
import {commitOf} from './bundle/commit.ts';

const folder = join(root, 'dist');

rmSync(folder, {recursive: true, force: true});
await bundle(folder, {commit: commitOf(root), banner: requireForPackages});
