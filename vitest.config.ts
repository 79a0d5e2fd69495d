import {defineConfig} from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    // For the longest journeys on a busy machine. Others take a second or two.
    testTimeout: 180_000,
    hookTimeout: 180_000,
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
  },
});
