import {configDefaults, defineConfig} from 'vitest/config';
import {builtScreens} from './test/support/run/builtScreens.ts';
import {leftOut} from './test/support/run/longTests.ts';
import {requireNode} from './test/support/run/nodeVersion.ts';

requireNode();
const exclude = [...configDefaults.exclude, ...leftOut({args: process.argv, env: process.env})];

export default defineConfig({
  test: {
    // For the longest journeys on a busy machine. Others take a second or two.
    testTimeout: 180_000,
    hookTimeout: 300_000,
    globalSetup: 'test/support/globalSetup.ts',
    pool: 'threads',
    // No module has state that another test could see, and loading all of them again takes its time.
    isolate: false,
    expect: {
      // On a busy machine any one may come late.
      poll: {timeout: 45_000},
    },
    // Many tests wait for servers and terminals, so more of them run at once than there are cores.
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        test: {name: 'sources', include: ['test/**/*.test.{ts,tsx}'], exclude},
      },
      {
        // The screens once more, as the program has them: what ships is what is tested.
        extends: true,
        resolve: {
          alias: [
            {find: /^ink$/, replacement: builtScreens},
            {find: /^.*\/src\/tui\/App\.tsx$/, replacement: builtScreens},
          ],
        },
        test: {
          name: 'built',
          include: ['test/tui/*.test.tsx'],
          globalSetup: 'test/support/run/builtScreens.ts',
        },
      },
    ],
  },
});
