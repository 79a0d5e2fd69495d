import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {build, type Metafile, transform} from 'esbuild';
import {bundle, literalRegexps, root} from '../bundle/bundle.ts';
import type {Commit} from '../bundle/commit.ts';

/** What goes into an executable. */
export interface Program {
  /** The main script's file. */
  readonly main: string;
  /** The chunks' folder; each file is an asset of its name. */
  readonly chunks: string;
  /** What esbuild bundled from where. */
  readonly metafile: Metafile;
}

/**
 * Bundles the program as a script that starts it, and chunks that it loads. Executables can't load ESM
 * chunks from their assets, and esbuild splits nothing else, so each ESM chunk becomes a script.
 */
export async function buildProgram(folder: string, commit: Commit): Promise<Program> {
  const esm = join(folder, 'esm');
  const chunks = join(folder, 'chunks');
  const main = join(folder, 'start.cjs');
  const metafile = await bundle(esm, {commit});
  mkdirSync(chunks, {recursive: true});
  for (const name of readdirSync(esm)) {
    writeFileSync(join(chunks, name), await scriptOf(readFileSync(join(esm, name), 'utf8'), name));
  }
  await build({
    entryPoints: [join(root, 'scripts/release/start.ts')],
    outfile: main,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    minify: true,
    logLevel: 'warning',
  });
  return {main, chunks, metafile};
}

async function scriptOf(module: string, name: string): Promise<string> {
  const {code, warnings} = await transform(module, {
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    minifyWhitespace: true,
    // Imports become calls of require, as chunks are not files.
    supported: {...literalRegexps, 'dynamic-import': false},
    legalComments: 'none',
    logLevel: 'silent',
  });
  const [warning] = warnings;
  if (warning !== undefined) throw new Error(`${name}: ${warning.text}`);
  // ESM is strict by itself.
  return `(function(exports,require,module){"use strict";${code}\n})`;
}
