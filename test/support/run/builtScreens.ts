import {join} from 'node:path';
import {build} from 'esbuild';
import {bundleOptions, requireForPackages, root} from '../../../scripts/bundle/bundle.ts';

/** Where the session is bundled for the screen tests. */
export const builtScreens = join(root, 'node_modules/.psp-built-screens/entry.mjs');

/** Bundles the session with Ink as the program's bundle has them: patched, minified, for production. */
export async function setup(): Promise<void> {
  await build({
    ...bundleOptions,
    entryPoints: ['test/tui/builtEntry.ts'],
    outfile: builtScreens,
    banner: {js: requireForPackages},
  });
}
