import type {Pod} from '../../src/kube/pod.ts';
import type {Work} from './work.ts';

/** How long to run, in seconds. */
export interface Durations {
  /** V8 compiles what runs often, so the first seconds of a process tell little. */
  readonly warmup: number;
  /** At least; there are three passes or more. */
  readonly measured: number;
}

export const usualDurations: Durations = {warmup: 2, measured: 2};
const fewestPasses = 3;
/** A pass may take long, and the warm-up ends within it. */
const podsAtOnce = 100;

/** Does the work for one pod; gives how many of the answers were yes. */
export type Step = (pod: Pod) => number;

/** A pass over all pods, on average: times in seconds. Garbage that passes leave to later ones counts. */
export interface Pass {
  readonly wall: number;
  /** Processor time of all threads together. */
  readonly cpu: number;
  /** The answers that were yes. */
  readonly yes: number;
}

/**
 * Goes through the pods until the code is warm, then over all of them several times. Each pass gets a
 * step of its own, so that it can remember nothing from others.
 */
export function measure(work: Work, newStep: () => Step, durations: Durations): Pass {
  globalThis.gc?.(); // not between passes: it makes V8 throw away code, which a real run does not
  warmUp(work, newStep(), durations.warmup);
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  let passes = 0;
  let yes = 0;
  while (passes < fewestPasses || performance.now() - start < durations.measured * 1000) {
    yes = run(work, newStep(), 0, work.pods);
    passes++;
  }
  const wall = (performance.now() - start) / 1000 / passes;
  const {user, system} = process.cpuUsage(cpuBefore);
  return {wall, cpu: (user + system) / 1e6 / passes, yes};
}

function warmUp(work: Work, step: Step, seconds: number): void {
  const start = performance.now();
  for (let first = 0; performance.now() - start < seconds * 1000; first += podsAtOnce) {
    run(work, step, first, podsAtOnce);
  }
}

function run({distinctPods}: Work, step: Step, first: number, count: number): number {
  let yes = 0;
  for (let number = first; number < first + count; number++) {
    const pod = distinctPods[number % distinctPods.length];
    if (pod !== undefined) yes += step(pod);
  }
  return yes;
}

/** The figure that a share of the figures is not above: 0.5 for half of them. */
export function quantile(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}

/** The item in the middle by `key`; of two the smaller one. `items` is not empty. */
export function median<T>(items: readonly T[], key: (item: T) => number): T {
  const sorted = items.toSorted((a, b) => key(a) - key(b));
  return sorted[(sorted.length - 1) >> 1] as T;
}
