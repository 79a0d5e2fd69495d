import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {build, type Metafile, transform} from 'esbuild';
import {bundle, literalRegexps, root} from './bundle.ts';
import type {Commit} from './commit.ts';
import {packsOf} from './packs.ts';

/**
 * Bundles the program into a folder as chunks that chunkRequire runs. Executables can't load ESM chunks
 * from their assets, and esbuild splits nothing else, so each ESM chunk becomes a function, and a pack of them
 * a script. Scripts also start faster: without Node's search for each file, and with what V8 compiled before (codeCaches.ts).
 */
export async function scriptChunks(folder: string, commit: Commit): Promise<Metafile> {
  const esm = mkdtempSync(join(tmpdir(), 'kubectl-psp-esm-'));
  try {
    const metafile = await bundle(esm, commit);
    mkdirSync(folder, {recursive: true});
    const packs = packsOf(metafile);
    const packOf = new Map(packs.flatMap(names => names.map(name => [name, names[0] ?? ''])));
    for (const names of packs) {
      const scripts = names.map(async name => {
        const script = await scriptOf(readFileSync(join(esm, name), 'utf8'), name);
        return `${JSON.stringify(name)}:${withPacks(script, packOf)}`;
      });
      const pack = (await Promise.all(scripts)).join(',\n');
      writeFileSync(join(folder, names[0] ?? ''), `({${pack}})`);
    }
    return metafile;
  } finally {
    rmSync(esm, {recursive: true});
  }
}

/** Bundles what starts the program from its chunks, a source file of the checkout, as a script at `outfile`. */
export async function bundleStart(source: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [join(root, source)],
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    minify: true,
    logLevel: 'warning',
  });
}

/** A chunk is required as `./PACK/NAME`. */
function withPacks(script: string, packOf: ReadonlyMap<string, string>): string {
  return script.replaceAll(/(?<=\brequire\("\.\/)[\w.-]+(?="\))/g, name => {
    const pack = packOf.get(name);
    if (pack === undefined) throw new Error(`there is no chunk ${name}`);
    return `${pack}/${name}`;
  });
}

async function scriptOf(module: string, name: string): Promise<string> {
  const {code, warnings} = await transform(module, {
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    minifyWhitespace: true,
    // Imports become calls of require, as chunks are not files.
    supported: {...literalRegexps, 'dynamic-import': false},
    legalComments: 'none',
    logLevel: 'silent',
  });
  const [warning] = warnings;
  if (warning !== undefined) throw new Error(`${name}: ${warning.text}`);
  // ESM is strict by itself.
  return `function(exports,require,module){"use strict";${code}\n}`;
}
