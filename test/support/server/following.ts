import {setTimeout as sleep} from 'node:timers/promises';
import {expect, onTestFinished} from 'vitest';
import {
  type Clock,
  followCluster,
  type LiveInventory,
  type WatchingReader,
} from '../../../src/inventory/follow/followCluster.ts';
import type {Inventory} from '../../../src/inventory/inventory.ts';
import {readCluster} from '../../../src/inventory/read/readCluster.ts';
import {type Client, isForbidden, isNotFound} from '../../../src/world/client.ts';
import {fastClock, type TestClock} from './clocks.ts';

export function readerOf(client: Client): WatchingReader {
  return {...client, isForbidden, isNotFound};
}

/** The clocks of what the present test follows, if they stand still by themselves. */
const testClocks = new Set<TestClock>();

/** Follows a cluster until the test is over; `until` lets the time of a test's own clock pass. */
export function followed(
  client: Client,
  home?: string,
  clock: Clock | TestClock = fastClock,
): LiveInventory {
  const live = followCluster(readerOf(client), {home: home ?? client.namespace}, clock);
  if ('pass' in clock) testClocks.add(clock);
  onTestFinished(() => {
    live.stop();
    if ('pass' in clock) testClocks.delete(clock);
  });
  return live;
}

/** How often to look, in milliseconds. */
const lookMs = 5;
const passMs = 100;
/** As many looks as there is time for in a test, also where each is at once. */
const mostLooks = 9000;

/** Waits until a state is reached; fails with what is there instead. */
export async function until<T>(read: () => T, isReached: (value: T) => boolean): Promise<void> {
  for (let look = 0; !isReached(read()); look++) {
    if (look === mostLooks) throw new Error(`still ${JSON.stringify(read())}`);
    if (testClocks.size === 0) await sleep(lookMs);
    for (const clock of testClocks) await clock.pass(passMs);
  }
}

export function untilState(live: LiveInventory, state: string): Promise<void> {
  return until(
    () => live.current().freshness,
    freshness => freshness.state === state,
  );
}

/** Waits until the followed inventory is what a new reading gives. */
export async function untilSame(live: LiveInventory, client: Client, home?: string) {
  const plan = {
    namespace: undefined,
    home,
    policies: true,
    workloads: true,
    caller: false,
    whole: true,
    everySpec: true,
    time: '',
  };
  const fresh = await readCluster(readerOf(client), plan);
  const expected = timeless(fresh);
  const now = () => timeless(live.current().inventory);
  const isSame = () => JSON.stringify(now()) === JSON.stringify(expected);
  await until(isSame, same => same).catch(() => {});
  expect(now()).toEqual(expected);
}

/** Without the times, and the versions of pods: one that came again as it was stays the same object. */
function timeless(inventory: Inventory): Inventory {
  const pods = inventory.pods.map(pod => ({
    ...pod,
    metadata: {...pod.metadata, resourceVersion: undefined},
  }));
  return {...inventory, pods, takenAt: ''};
}
