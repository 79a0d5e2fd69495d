/** Time and chance, so that tests can bring their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** From 0 to 1. */
  random(): number;
  /** Calls `task` once, `ms` milliseconds from now, unless the returned function is called first. */
  after(ms: number, task: () => void): () => void;
}

export const realClock: Clock = {
  now: Date.now,
  random: Math.random,
  after(ms, task) {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
};

/** How soon a change is to be seen: `unhurried` where there are so many that drawing them all leaves no time. */
export type Urgency = 'now' | 'soon' | 'unhurried';

/** Waits `ms` milliseconds, or until `wake` resolves; throws the signal's reason if the signal comes first. */
export async function sleep(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
  wake?: Promise<void>,
): Promise<void> {
  signal.throwIfAborted();
  const {promise, resolve} = Promise.withResolvers<void>();
  const cancel = clock.after(ms, resolve);
  const onAbort = () => resolve();
  signal.addEventListener('abort', onAbort);
  try {
    await (wake ? Promise.race([promise, wake]) : promise);
  } finally {
    cancel();
    signal.removeEventListener('abort', onAbort);
  }
  signal.throwIfAborted();
}

const firstPauseMs = 1000;
const longestPauseMs = 30_000;

/** The pause after `tries` (from 1) failures in a row, with jitter, in milliseconds. */
export function backOffMs(tries: number, random: number): number {
  const full = Math.min(firstPauseMs * 2 ** (tries - 1), longestPauseMs);
  return Math.round(full * (0.5 + random / 2));
}
