import type {Clock} from '../../../src/inventory/follow/followCluster.ts';

/**
 * A clock on which everything takes a twentieth of its time, always with the longest pauses: for servers that
 * are processes of their own.
 */
export const fastClock: Clock = {
  now: () => performance.timeOrigin + performance.now() * speed,
  random: () => 1,
  after(ms, task) {
    const timer = setTimeout(task, ms / speed);
    return () => clearTimeout(timer);
  },
};
const speed = 20;

/** A clock that stands still unless the test lets time pass, always with the longest pauses. */
export interface TestClock extends Clock {
  /**
   * Lets so many milliseconds pass, in steps. Before each step, what a server in this process has sent by
   * then is read, however busy the machine is.
   */
  pass(ms: number): Promise<void>;
  /** So many milliseconds go by in which this process is busy: nothing that is due is done. */
  lose(ms: number): void;
}

const stepMs = 50;

export function testClock(): TestClock {
  let now = Date.UTC(2022, 4, 3);
  const due = new Set<{readonly at: number; readonly task: () => void}>();
  const stepTo = (time: number) => {
    now = time;
    for (const one of [...due].toSorted((a, b) => a.at - b.at)) {
      // What one task cancels is no longer there for the next.
      if (one.at <= now && due.delete(one)) one.task();
    }
  };
  return {
    now: () => now,
    random: () => 1,
    after(ms, task) {
      const one = {at: now + ms, task};
      due.add(one);
      return () => due.delete(one);
    },
    async pass(ms) {
      for (const end = now + ms; now < end; ) {
        await settled();
        stepTo(Math.min(now + stepMs, end));
      }
      await settled();
    },
    lose(ms) {
      now += ms;
    },
  };
}

/**
 * Waits some turns of the event loop. Over sockets within a process, what one turn writes the next ones read:
 * so all that was on its way has come.
 */
export async function settled(turns = 4): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise(resolve => setImmediate(resolve));
}
