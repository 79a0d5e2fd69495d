import {defineConfig} from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    globalSetup: 'test/support/globalSetup.ts',
    pool: 'threads',
    // No module has state that another test could see, and loading all of them anew takes its time.
    isolate: false,
    // Many tests wait for servers and terminals, so more of them run at once than there are cores.
    maxWorkers: 3,
  },
});
