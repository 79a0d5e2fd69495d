import type {Clock, Urgency} from './clock.ts';

/** The least time between two inventories, in milliseconds. */
const batchMs = 200;
/**
 * Where pods or workloads alone have changed, as they do all the time, what an inventory takes to be shown is one
 * part in so many of the time: the rest is for keys.
 */
const parts = 20;
/** So long even the inventory of a huge cluster waits for the next one at most, in milliseconds. */
const longestMs = 30_000;

/** When to tell of what has changed. */
export interface Pace {
  changed(urgency?: Urgency): void;
  stop(): void;
}

/** Calls `publish` for all changes up to then together; it says whether there was anything new to draw. */
export function createPace(clock: Clock, publish: () => boolean): Pace {
  let publishedAt = -Infinity;
  let takenMs = 0;
  let next: {readonly at: number; cancel(): void} | undefined;
  const run = (): void => {
    next = undefined;
    const begin = clock.now();
    publishedAt = begin;
    const isNew = publish();
    // What is drawn of it at the end of this turn is part of it.
    queueMicrotask(() => {
      publishedAt = clock.now();
      if (isNew) takenMs = publishedAt - begin;
    });
  };
  return {
    changed(urgency = 'soon') {
      const now = clock.now();
      const pause = urgency === 'unhurried' ? Math.min(longestMs, takenMs * parts) : 0;
      const due = urgency === 'now' ? now : publishedAt + Math.max(batchMs, pause);
      const at = Math.max(now, due);
      if (next !== undefined && next.at <= at) return;
      next?.cancel();
      next = {at, cancel: clock.after(at - now, run)};
    },
    stop: () => next?.cancel(),
  };
}
