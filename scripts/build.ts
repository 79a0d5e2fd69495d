/**
 * node scripts/build.ts: bundles the program into dist/. Parts that few commands need (the client, the
 * demo) become chunks of their own and are loaded when they are needed.
 */
import {execFileSync} from 'node:child_process';
import {readFileSync, rmSync} from 'node:fs';
import {build} from 'esbuild';

const {version} = JSON.parse(readFileSync('package.json', 'utf8')) as {version: string};

rmSync('dist', {recursive: true, force: true});
await build({
  entryPoints: {'kubectl-psp': 'src/main.ts'},
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  minify: true,
  keepNames: true,
  mainFields: ['module', 'main'],
  legalComments: 'none',
  outExtension: {'.js': '.mjs'},
  // CommonJS packages in an ESM bundle call require for Node's own modules.
  banner: {
    js: "import {createRequire as createRequireForBundle} from 'node:module';const require = createRequireForBundle(import.meta.url);",
  },
  define: {
    __VERSION__: JSON.stringify(version),
    __COMMIT__: JSON.stringify(commit()),
    'process.env.NODE_ENV': '"production"',
  },
  external: ['react-devtools-core'], // Ink loads it only for its own developers
  logLevel: 'warning',
});

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown';
  }
}
