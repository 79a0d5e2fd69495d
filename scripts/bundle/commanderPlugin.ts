import {readFile} from 'node:fs/promises';
import type {Plugin} from 'esbuild';
import {replaceCounted} from './replace.ts';

/** Commander loads child_process at every start, for subcommands that are executables: we have none. */
export const commanderPlugin: Plugin = {
  name: 'commander-without-children',
  setup(build) {
    build.onLoad(
      {filter: /node_modules[\\/]commander[\\/]lib[\\/]command\.js$/},
      async ({path}) => ({
        contents: replaceCounted(
          path,
          await readFile(path, 'utf8'),
          /import childProcess from 'node:child_process';/g,
          'const childProcess = undefined;',
        ),
        loader: 'js',
      }),
    );
  },
};
