import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {build} from 'esbuild';
import {afterAll} from 'vitest';
import {bundleOptions, requireForPackages, root} from '../../scripts/bundle/bundle.ts';

/** What a bundle with the program's patches exports: modules by their names. */
export type Bundled = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * Bundles modules (paths below node_modules, by a name for each) with the patches that the program's bundle
 * has, and loads the result. `env` is set while it loads, and no longer.
 */
export async function bundlePatched(
  modules: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<Bundled> {
  const folder = mkdtempSync(join(tmpdir(), 'psp-patched-'));
  afterAll(() => rmSync(folder, {recursive: true, force: true}));
  const entry = join(folder, 'entry.js');
  const lines = Object.entries(modules).map(
    ([name, path]) =>
      `export * as ${name} from ${JSON.stringify(join(root, 'node_modules', path))};`,
  );
  writeFileSync(entry, lines.join('\n'));
  const outfile = join(folder, 'bundle.mjs');
  await build({
    ...bundleOptions,
    entryPoints: [entry],
    outfile,
    banner: {js: requireForPackages},
    // That nothing of it needs a top-level await is one of the patches.
    supported: {...bundleOptions.supported, 'top-level-await': false},
  });
  const before = {...process.env};
  Object.assign(process.env, env);
  try {
    return (await import(/* @vite-ignore */ pathToFileURL(outfile).href)) as Bundled;
  } finally {
    for (const name of Object.keys(env)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}

/** The same module as its package has it. */
export async function originalOf(path: string): Promise<Readonly<Record<string, unknown>>> {
  return import(/* @vite-ignore */ pathToFileURL(join(root, 'node_modules', path)).href);
}
