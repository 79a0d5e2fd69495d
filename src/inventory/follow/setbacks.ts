import {messageOf} from '../../errors.ts';
import {backOffMs, type Clock, sleep} from './clock.ts';

/** Lasting failures, and how long to wait before trying again. */
export interface Setbacks {
  /** Notes that `who` failed, and waits longer each time in a row; less if others succeed again. */
  pause(who: string, error: unknown, signal: AbortSignal): Promise<void>;
  /** `who` works again, so those who wait may try at once. */
  over(who: string): void;
  /** `who` is given up. */
  forget(who: string): void;
  /** The oldest failure, and the time until the next try of anyone; undefined if all is well. */
  worst(): {since: number; reason: string; retryInMs: number} | undefined;
}

interface Setback {
  readonly since: number;
  readonly reason: string;
  readonly tries: number;
  readonly retryAt: number;
  wake(): void;
}

/** `changed` is called whenever the answer of `worst` may have changed. */
export function createSetbacks(clock: Clock, changed: () => void): Setbacks {
  const failing = new Map<string, Setback>();
  const forget = (who: string): boolean => {
    const was = failing.delete(who);
    if (was) changed();
    return was;
  };
  return {
    forget,
    async pause(who, error, signal) {
      const before = failing.get(who);
      const tries = (before?.tries ?? 0) + 1;
      const ms = backOffMs(tries, clock.random());
      const {promise, resolve} = Promise.withResolvers<void>();
      const since = before?.since ?? clock.now();
      const retryAt = clock.now() + ms;
      failing.set(who, {since, reason: messageOf(error), tries, retryAt, wake: resolve});
      changed();
      await sleep(clock, ms, signal, promise);
    },
    over(who) {
      if (!forget(who)) return;
      for (const {wake} of failing.values()) wake();
    },
    worst() {
      const all = [...failing.values()];
      const [oldest] = all.sort((a, b) => a.since - b.since);
      if (oldest === undefined) return undefined;
      const next = Math.min(...all.map(({retryAt}) => retryAt));
      const {since, reason} = oldest;
      return {since, reason, retryInMs: Math.max(0, next - clock.now())};
    },
  };
}
