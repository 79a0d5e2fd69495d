/**
 * node scripts/run.mjs SCRIPT [ARGUMENT...]: runs a script of this project, which is TypeScript, as if Node had
 * been told to. A Node that can't run TypeScript ends with one line. So this file is JavaScript.
 */
import {resolve} from 'node:path';
import {pathToFileURL} from 'node:url';

const [node, , script = '', ...args] = process.argv;
if (process.features.typescript) {
  const path = resolve(script);
  process.argv = [node, path, ...args];
  await import(pathToFileURL(path).href);
} else {
  process.stderr.write(
    `error: this is Node ${process.versions.node}, which can't run TypeScript: npm ci installs the project's own Node, which npm run uses\n`,
  );
  process.exitCode = 1;
}
