import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {type BuildOptions, build, type Metafile} from 'esbuild';
import {commanderPlugin} from './commanderPlugin.ts';
import type {Commit} from './commit.ts';
import {inkPlugins} from './inkPlugins.ts';
import {laterPlugin} from './laterPlugin.ts';

/** The checkout. */
export const root = join(import.meta.dirname, '../..');

/** The name of the chunk that starts the program. */
export const mainChunk = 'kubectl-psp.mjs';

/** Node 22 has these; esbuild doesn't know it, and would have such expressions built at each use. */
export const literalRegexps = {
  'regexp-set-notation': true,
  'regexp-unicode-property-escapes': true,
} as const;

/** The version that package.json says, without a `v`. */
export function packageVersion(): string {
  const {version} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  return version;
}

/** How the program's code is bundled, whatever the entry: patched, minified, for production. */
export const bundleOptions = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  supported: literalRegexps,
  // Names stay, for stack traces in bug reports; esbuild's keepNames would cost time at every start.
  minifyWhitespace: true,
  minifySyntax: true,
  mainFields: ['module', 'main'],
  legalComments: 'none',
  plugins: [commanderPlugin, ...inkPlugins],
  define: {'process.env.NODE_ENV': '"production"'},
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** CommonJS packages in an ESM bundle call require for Node's own modules. */
export const requireForPackages =
  "import {createRequire as createRequireForBundle} from 'node:module';const require = createRequireForBundle(import.meta.url);";

/**
 * Bundles the program into a folder as ESM chunks: `kubectl-psp.mjs`, and parts that few commands need
 * (the client, the session, the demo), which are loaded when they are needed.
 */
export async function bundle(folder: string, commit: Commit): Promise<Metafile> {
  const {metafile} = await build({
    ...bundleOptions,
    entryPoints: {'kubectl-psp': 'src/main.ts'},
    outdir: folder,
    splitting: true,
    metafile: true,
    outExtension: {'.js': '.mjs'},
    plugins: [laterPlugin(root), ...bundleOptions.plugins],
    define: {
      ...bundleOptions.define,
      __VERSION__: JSON.stringify(packageVersion()),
      __COMMIT__: JSON.stringify(commit.id),
    },
  });
  return metafile;
}
