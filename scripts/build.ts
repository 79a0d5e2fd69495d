/** node scripts/build.ts: bundles the program into dist/, for bin/kubectl-psp of this checkout. */
import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {bundle, root} from './bundle/bundle.ts';
import {commitOf} from './bundle/commit.ts';

const folder = join(root, 'dist');

// CommonJS packages in an ESM bundle call require for Node's own modules.
const requireForPackages =
  "import {createRequire as createRequireForBundle} from 'node:module';const require = createRequireForBundle(import.meta.url);";

rmSync(folder, {recursive: true, force: true});
await bundle(folder, {commit: commitOf(root), banner: requireForPackages});
