/**
 * The tests that take most of the time: real API servers, terminals and faults, in all combinations. A short
 * run keeps a few of them.
 */
export const longTests: readonly string[] = [
  'test/bench/engine.test.ts',
  'test/browser/*.test.ts',
  'test/cluster/!(unread|why).test.ts',
  'test/faults/*.test.ts',
  'test/house/new.test.ts',
  'test/journeys/!(sweep).test.ts',
  'test/migrate/native/runs.test.ts',
  'test/release/installed.test.ts',
  'test/support/server/apiServer.test.ts',
];

/** What a run is asked for: the arguments of Vitest, and the environment. */
export interface Asked {
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** The tests, as globs, that a run leaves out: none where nothing may be skipped or where files are named. */
export function leftOut({args, env}: Asked): readonly string[] {
  const isWhole = env.PSP_REQUIRE_REFERENCE === '1';
  return isWhole || args.some(arg => /^(?:\.\/)?test\//.test(arg)) ? [] : longTests;
}

/** What is left out and how to run it, in one line; undefined if nothing is. */
export function leftOutLine(asked: Asked): string | undefined {
  const globs = leftOut(asked);
  if (globs.length === 0) return undefined;
  return `left out, as they take long: ${globs.join(' ')}; PSP_REQUIRE_REFERENCE=1 npm test runs them too`;
}
