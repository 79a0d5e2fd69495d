import {agglomerate, type Cost, improve} from './greedy.ts';

interface Partition {
  /** Each thing is in exactly one of them; their first members are in ascending order. */
  readonly clusters: readonly (readonly number[])[];
  /** Whether no other partition costs less: all were looked at. */
  readonly exact: boolean;
}

/** Up to this many things, every partition is tried. */
const exactCount = 12;

/**
 * Things 0 to `count` - 1 in at most `most` clusters, with the least sum of costs; of several such
 * partitions, one with the fewest clusters. It is found by dynamic programming over all subsets. Where
 * that is too much (more than 12 things, or more than `mayWeigh` subsets), clusters are merged in pairs,
 * always the cheapest pair, and then single things are moved as long as that helps; the result is best if
 * neighbouring things are similar. Nothing is assumed about costs, not even that more things cost more.
 */
export function bestPartition(
  count: number,
  most: number,
  cost: Cost,
  mayWeigh = Number.POSITIVE_INFINITY,
): Partition {
  if (most === 1 && count > 0) {
    return {clusters: [Array.from({length: count}, (_, index) => index)], exact: true};
  }
  const alone = Array.from({length: count}, (_, index): readonly number[] => [index]);
  if (count <= exactCount && 2 ** count <= mayWeigh) {
    return {clusters: exactPartition(count, most, cost), exact: true};
  }
  const merged = agglomerate(alone, most, cost);
  return {clusters: sorted(improve(merged, most, cost)), exact: false};
}

/** `best[mask]` is the least cost of the things in a mask, in at most as many clusters as there are rounds. */
function exactPartition(count: number, most: number, cost: Cost): readonly (readonly number[])[] {
  if (count === 0) return [];
  const full = 2 ** count - 1;
  const costs = Float64Array.from({length: full + 1}, (_, mask) =>
    mask === 0 ? 0 : cost(membersOf(mask)),
  );
  const rounds: Round[] = [{best: costs, first: Int32Array.from(costs, (_, mask) => mask)}];
  for (let clusters = 2; clusters <= Math.min(most, count); clusters++) {
    const before = rounds[rounds.length - 1]?.best ?? costs;
    rounds.push(nextRound(costs, before));
  }
  return clustersOf(
    full,
    rounds.map(({first}) => first),
  );
}

interface Round {
  readonly best: Float64Array;
  /** The cluster that holds the lowest thing of the mask; the whole mask if fewer clusters are as good. */
  readonly first: Int32Array;
}

function nextRound(costs: Float64Array, before: Float64Array): Round {
  const best = Float64Array.from(before);
  const first = new Int32Array(before.length).fill(-1);
  for (let mask = 1; mask < before.length; mask++) {
    const lowest = mask & -mask;
    const rest = mask ^ lowest;
    // Every part of the rest, together with the lowest thing; the whole of it is one cluster less.
    for (let part = (rest - 1) & rest; rest > 0; part = (part - 1) & rest) {
      const cluster = part | lowest;
      const sum = (costs[cluster] ?? 0) + (before[mask ^ cluster] ?? 0);
      if (sum < (best[mask] ?? 0)) {
        best[mask] = sum;
        first[mask] = cluster;
      }
      if (part === 0) break;
    }
  }
  return {best, first};
}

/** Traces the choices back from the last round. */
function clustersOf(full: number, firsts: readonly Int32Array[]): readonly (readonly number[])[] {
  const clusters: (readonly number[])[] = [];
  let mask = full;
  for (const first of [...firsts].reverse()) {
    const cluster = first[mask] ?? -1;
    if (cluster === -1) continue; // a round that was not needed
    clusters.push(membersOf(cluster));
    mask ^= cluster;
    if (mask === 0) break;
  }
  return clusters;
}

function membersOf(mask: number): readonly number[] {
  const members: number[] = [];
  for (let rest = mask, index = 0; rest > 0; rest >>= 1, index++) {
    if (rest & 1) members.push(index);
  }
  return members;
}

function sorted(clusters: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return [...clusters].sort(([a = 0], [b = 0]) => a - b);
}
