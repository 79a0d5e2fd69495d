/** Time and chance, so that tests can have their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** From 0 to 1. */
  random(): number;
  /** Does `deed` once, `ms` milliseconds from now; the answer takes that back. */
  after(ms: number, deed: () => void): () => void;
}

export const realClock: Clock = {
  now: Date.now,
  random: Math.random,
  after(ms, deed) {
    const timer = setTimeout(deed, ms);
    return () => clearTimeout(timer);
  },
};

/** Waits `ms` milliseconds, or until `wake` comes; throws the signal's reason if that is first. */
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

/** The pause after the failure number `tries` (from 1) in a row, with jitter, in milliseconds. */
export function backOffMs(tries: number, random: number): number {
  const full = Math.min(firstPauseMs * 2 ** (tries - 1), longestPauseMs);
  return Math.round(full * (0.5 + random / 2));
}
