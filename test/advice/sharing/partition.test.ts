import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {agglomerate, type Cost, improve} from '../../../src/advice/sharing/greedy.ts';
import {bestPartition} from '../../../src/advice/sharing/partition.ts';
import {processorSeconds} from '../../support/run/processorTime.ts';
import {runsOf} from '../../support/run/runs.ts';

type Clusters = readonly (readonly number[])[];

/** All ways to put 0 to count - 1 into at most `most` clusters. */
function partitions(count: number, most: number): readonly Clusters[] {
  if (count === 0) return [[]];
  const last = count - 1;
  return partitions(last, most).flatMap(clusters => [
    ...clusters.map((_, at) =>
      clusters.map((members, index) => (index === at ? [...members, last] : members)),
    ),
    ...(clusters.length < most ? [[...clusters, [last]]] : []),
  ]);
}

const totalOf = (clusters: Clusters, cost: Cost) =>
  clusters.reduce((sum, members) => sum + cost(members), 0);

/** Any costs at all, by the set; so they need not even rise with more members. */
const anyCosts = fc
  .record({count: fc.integer({min: 1, max: 6}), most: fc.integer({min: 1, max: 7})})
  .chain(({count, most}) =>
    fc
      .array(fc.integer({min: 0, max: 20}), {minLength: 2 ** count, maxLength: 2 ** count})
      .map(costs => ({
        count,
        most,
        cost: (members: readonly number[]) =>
          costs[members.reduce((mask, member) => mask | (1 << member), 0)] ?? 0,
      })),
  );

/** Things are sets of rights; a cluster costs each what the others have beyond it. */
const rightsCosts = fc
  .array(fc.integer({min: 0, max: 255}), {minLength: 2, maxLength: 40})
  .map(things => ({count: things.length, cost: excessOfBits(things)}));

function excessOfBits(things: readonly number[]): Cost {
  return members => {
    const all = members.reduce((mask, member) => mask | (things[member] ?? 0), 0);
    return members.reduce((sum, member) => sum + bits(all & ~(things[member] ?? 0)), 0);
  };
}

function bits(mask: number): number {
  return mask === 0 ? 0 : (mask & 1) + bits(mask >> 1);
}

describe('the best partition', () => {
  test('is, for few things, the cheapest that brute force finds, and one with fewest clusters', () => {
    fc.assert(
      fc.property(anyCosts, ({count, most, cost}) => {
        const found = bestPartition(count, most, cost);
        const all = partitions(count, most);
        const least = Math.min(...all.map(clusters => totalOf(clusters, cost)));
        const cheapest = all.filter(clusters => totalOf(clusters, cost) === least);
        expect(found.exact).toBe(true);
        expect(totalOf(found.clusters, cost)).toBe(least);
        expect(found.clusters.flat().sort()).toEqual([...Array(count).keys()]);
        expect(found.clusters.length).toBe(Math.min(...cheapest.map(({length}) => length)));
      }),
      {numRuns: runsOf(300)},
    );
  });

  test('brute force knows all partitions: Bell and Stirling numbers', () => {
    expect([1, 2, 3, 4, 5, 6].map(count => partitions(count, count).length)).toEqual([
      1, 2, 5, 15, 52, 203,
    ]);
    expect(partitions(6, 2)).toHaveLength(32);
  });

  test('with many things: all of them, in so many clusters, none costlier than greedy alone', () => {
    fc.assert(
      fc.property(rightsCosts, fc.integer({min: 1, max: 8}), ({count, cost}, most) => {
        const alone = Array.from({length: count}, (_, index) => [index]);
        const {clusters} = bestPartition(count, most, cost, 0);
        expect(clusters.flat().sort((a, b) => a - b)).toEqual([...Array(count).keys()]);
        expect(clusters.length).toBeLessThanOrEqual(most);
        const greedy = agglomerate(alone, most, cost);
        expect(totalOf(clusters, cost)).toBeLessThanOrEqual(totalOf(greedy, cost));
      }),
      {numRuns: runsOf(100)},
    );
  });

  test('moving single things helps where merging went wrong, and never harms', () => {
    const cost = excessOfBits([0b1, 0b1, 0b110, 0b110]);
    const bad: Clusters = [
      [0, 2],
      [1, 3],
    ];
    expect(totalOf(bad, cost)).toBe(6);
    expect(totalOf(improve(bad, 3, cost), cost)).toBe(0);
  });

  test('merging is within a tenth of the best over many small cases', () => {
    const sums = fc
      .sample(fc.array(fc.integer({min: 0, max: 255}), {minLength: 8, maxLength: 9}), {
        numRuns: runsOf(60),
        seed: 7,
      })
      .map(things => {
        const cost = excessOfBits(things);
        const total = (mayWeigh?: number) =>
          totalOf(bestPartition(things.length, 3, cost, mayWeigh).clusters, cost);
        return {exact: total(), merged: total(0)};
      });
    const sum = (key: 'exact' | 'merged') => sums.reduce((all, one) => all + one[key], 0);
    expect(sums.every(({exact, merged}) => merged >= exact)).toBe(true);
    expect(sum('exact')).toBeGreaterThan(0);
    expect(sum('merged')).toBeLessThan(sum('exact') * 1.1);
  });

  test('4,000 things: 20 clusters within seconds', () => {
    const things = Array.from({length: 4000}, (_, index) => (index * 2654435761) % 65536).sort();
    const seconds = processorSeconds(() => {
      const {clusters} = bestPartition(things.length, 20, excessOfBits(things));
      expect(clusters).toHaveLength(20);
    });
    expect(seconds).toBeLessThan(20);
  });
});
