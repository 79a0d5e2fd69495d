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

/** A clock on which everything takes a twentieth of its time, always with the longest pauses. */
export const fastClock: Clock = {
  now: () => performance.timeOrigin + performance.now() * speed,
  random: () => 1,
  after(ms, deed) {
    const timer = setTimeout(deed, ms / speed);
    return () => clearTimeout(timer);
  },
};
const speed = 20;

export function readerOf(client: Client): WatchingReader {
  return {...client, isForbidden, isNotFound};
}

/** Follows a cluster until the test is over. */
export function followed(client: Client, namespace?: string, clock = fastClock): LiveInventory {
  const live = followCluster(readerOf(client), {namespace}, clock);
  onTestFinished(() => live.stop());
  return live;
}

/** Waits until a state is reached; fails with what is there instead. */
export async function until<T>(read: () => T, isReached: (value: T) => boolean, ms = 10_000) {
  const deadline = Date.now() + ms;
  while (!isReached(read())) {
    if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(read())}`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

export function untilState(live: LiveInventory, state: string, ms?: number): Promise<void> {
  return until(
    () => live.current().freshness,
    freshness => freshness.state === state,
    ms,
  );
}

/** Waits until the followed inventory is what a new reading gives. */
export async function untilSame(live: LiveInventory, client: Client, namespace?: string) {
  const plan = {
    namespace,
    policies: true,
    workloads: true,
    caller: true,
    whole: true,
    everySpec: true,
    time: '',
  };
  const fresh = await readCluster(readerOf(client), plan);
  const isSame = () => JSON.stringify(timeless(live)) === JSON.stringify({...fresh, takenAt: ''});
  await until(isSame, same => same, 5000).catch(() => {});
  expect(timeless(live)).toEqual({...fresh, takenAt: ''});
}

function timeless(live: LiveInventory): Inventory {
  return {...live.current().inventory, takenAt: ''};
}
