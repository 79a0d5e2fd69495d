import type {Inventory} from '../inventory.ts';
import {type Clock, realClock, type Urgency} from './clock.ts';
import type {WatchingReader} from './liveFeed.ts';
import {type Run, startRun} from './liveRun.ts';
import {sharing} from './liveStore.ts';
import {createTables, inventoryOf, unreadInventory} from './liveTables.ts';
import {createPace} from './pace.ts';

export {type Clock, realClock} from './clock.ts';
export type {WatchingReader} from './liveFeed.ts';

/** How current an inventory is. Times are ISO 8601. */
export type Freshness =
  /** Still being read: the number of objects of this resource so far. */
  | {readonly state: 'loading'; readonly resource: string; readonly count: number}
  /** Followed; the server was last heard from at this time. */
  | {readonly state: 'live'; readonly at: string}
  /** Something could not be followed since then; the next try is this many milliseconds away. */
  | {
      readonly state: 'stale';
      readonly since: string;
      readonly reason: string;
      readonly retryInMs: number;
    }
  /** A snapshot, or files; undefined: its time is unknown. */
  | {readonly state: 'fixed'; readonly at: string | undefined};

/** An inventory, and how current it is: the same value until one of the two changes. */
export interface LiveView {
  readonly inventory: Inventory;
  readonly freshness: Freshness;
  /** Whether some of it has not been read even once. */
  readonly isPartial?: boolean;
}

/** An inventory that may change. Each value of it never does. */
export interface LiveInventory {
  current(): LiveView;
  /** The listener hears of each new view, until the returned function is called. */
  subscribe(listener: () => void): () => void;
  /** Reads everything again, even what was forbidden. What is known stays until it is read again. */
  refresh(): void;
  stop(): void;
}

/** What is known besides what the API tells. */
export interface FollowOptions {
  /** The namespace that is followed alone where not even the namespaces may be listed. */
  readonly home: string;
  readonly podSecurity?: Inventory['podSecurity'];
  readonly staticPolicies?: Inventory['staticPolicies'];
}

/**
 * Reads a cluster as readCluster does, one inventory after the other while it grows, and then follows
 * it: an inventory for each batch of changes, in which everything that did not change is the same value
 * as before. It never fails: what goes wrong shows in the freshness, and is tried again.
 */
export function followCluster(
  client: WatchingReader,
  {home, ...told}: FollowOptions,
  clock: Clock = realClock,
): LiveInventory {
  const tables = createTables();
  const listeners = new Set<() => void>();
  let isStopped = false;
  const publish = (): boolean => {
    const before = view;
    const inventory = inventoryOf(tables, before.inventory, isoTime(clock.now()));
    const freshness = sharing<Freshness>(before.freshness, freshnessOf(run));
    view = sharing(before, {inventory, freshness, isPartial: !tables.facts.isWhole});
    run.update(inventory);
    if (view !== before) for (const listener of [...listeners]) listener();
    return inventory !== before.inventory;
  };
  const pace = createPace(clock, publish);
  const changed = (urgency?: Urgency): void => {
    if (!isStopped) pace.changed(urgency);
  };
  const start = (): Run => startRun(client, home, tables, clock, changed);
  let run = start();
  let view: LiveView = {
    inventory: {...unreadInventory(client), ...told},
    freshness: freshnessOf(run),
  };
  return {
    current: () => view,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    refresh() {
      if (isStopped) return;
      run.stop();
      run = start();
      changed();
    },
    stop() {
      isStopped = true;
      pace.stop();
      run.stop();
    },
  };
}

function freshnessOf(run: Run): Freshness {
  const setback = run.setbacks.worst();
  if (setback !== undefined) return {state: 'stale', ...setback, since: isoTime(setback.since)};
  const unread = run.loading();
  if (unread !== undefined) return {state: 'loading', ...unread};
  return {state: 'live', at: isoTime(run.heardAt())};
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** An inventory that never changes: a snapshot, files, the demo. */
export function fixedInventory(inventory: Inventory): LiveInventory {
  const view: LiveView = {inventory, freshness: {state: 'fixed', at: inventory.takenAt}};
  return {
    current: () => view,
    subscribe: () => () => {},
    refresh() {},
    stop() {},
  };
}
