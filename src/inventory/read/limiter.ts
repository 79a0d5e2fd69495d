/** Runs a task when it is its turn; settles as the task does. */
export type Limiter = <T>(task: () => Promise<T>) => Promise<T>;

/** How many requests a command has under way at the same time. */
const requestsAtOnce = 8;

/** Lets at most `limit` tasks run at once; the others wait in the order in which they came. */
export function limiter(limit = requestsAtOnce): Limiter {
  let running = 0;
  const waiting: (() => void)[] = [];
  // A task that ends hands its place to one that waits: a free place could be taken before that one wakes up.
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
