import {expect, test} from 'vitest';
import {limiter} from '../../../src/inventory/read/limiter.ts';

/** Tasks that end when told to, and how many of them were running at once at most. */
function tasks() {
  const ends: (() => void)[] = [];
  let running = 0;
  const seen = {most: 0, order: [] as number[]};
  const task = (number: number) => async () => {
    running++;
    seen.most = Math.max(seen.most, running);
    seen.order.push(number);
    await new Promise<void>(resolve => ends.push(resolve));
    running--;
  };
  return {task, seen, endNext: () => ends.shift()?.()};
}

/** Lets everything happen that waits for nothing but promises. */
const settle = () => new Promise(resolve => setImmediate(resolve));

test('runs no more tasks than its limit, and the others in the order in which they came', async () => {
  const {task, seen, endNext} = tasks();
  const run = limiter(2);
  const all = Promise.all([1, 2, 3, 4, 5].map(number => run(task(number))));
  for (let i = 0; i < 5; i++) {
    await settle();
    endNext();
  }
  await all;
  expect(seen).toEqual({most: 2, order: [1, 2, 3, 4, 5]});
});

test.each([0, 1, 2, 3, 4, 5, 6])(
  'a task that comes %i steps after another ended does not overtake the one that waits',
  async steps => {
    const {task, seen, endNext} = tasks();
    const run = limiter(1);
    const waiting = [run(task(1)), run(task(2))];
    await settle();
    endNext();
    for (let i = 0; i < steps; i++) await undefined;
    waiting.push(run(task(3)));
    for (let i = 0; i < 3; i++) {
      await settle();
      endNext();
    }
    await Promise.all(waiting);
    expect(seen).toEqual({most: 1, order: [1, 2, 3]});
  },
);

test('a place is free again after a task that fails', async () => {
  const run = limiter(1);
  await expect(run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(run(async () => 'yes')).resolves.toBe('yes');
});
