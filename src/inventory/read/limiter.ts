/** Runs a task when it is its turn; gives what the task gives, errors included. */
export type Limiter = <T>(task: () => Promise<T>) => Promise<T>;

/** How many requests a command has under way at once. */
const requestsAtOnce = 8;

/** Lets at most `limit` tasks run at once; the others wait in the order in which they came. */
export function limiter(limit = requestsAtOnce): Limiter {
  let running = 0;
  const waiting: (() => void)[] = [];
  // Who leaves hands its place to who waits: a free place could be taken before that one wakes up.
  const leave = () => {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  };
  return async task => {
    if (running < limit) running++;
    else await new Promise<void>(resolve => waiting.push(resolve));
    try {
      return await task();
    } finally {
      leave();
    }
  };
}
