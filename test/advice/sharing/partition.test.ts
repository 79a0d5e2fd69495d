import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {itemGroups} from '../../../src/advice/advice.ts';
import {agglomerate, type Cost, improve} from '../../../src/advice/sharing/greedy.ts';
import {bestPartition} from '../../../src/advice/sharing/partition.ts';
import {shapesOf} from '../../../src/advice/sharing/shapes.ts';
import {sharedAdvice} from '../../../src/advice/sharing/sharedAdvice.ts';
import {
  needsOfPods,
  pointsOf,
  sharedExcessOf,
  totalPoints,
} from '../../../src/advice/sharing/sharedExcess.ts';
import {sharedGrants} from '../../../src/advice/sharing/sharedGrants.ts';
import {emptyInventory} from '../../../src/inventory/inventory.ts';
import {decodeWorkload} from '../../../src/inventory/kinds/workloads.ts';
import {type Item, templatesOf} from '../../../src/inventory/submissions/items.ts';
import {type Json, type JsonObject, printJson} from '../../../src/kube/json.ts';
import type {PodView} from '../../../src/kube/podView.ts';
import {lastRelease} from '../../../src/kube/release.ts';
import {isNonEmpty, type NonEmpty} from '../../../src/nonEmpty.ts';
import {openPolicy} from '../../../src/policy/comparePolicies.ts';
import {orderOf} from '../../../src/policy/direction.ts';
import {leastPolicy} from '../../../src/policy/least.ts';
import {anyPod} from '../../support/builders/anyPod.ts';
import {leavesAlone} from '../../support/builders/judge.ts';
import {podFrom} from '../../support/builders/pods.ts';
import {objectOf} from '../../support/run/output.ts';
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

/** Workloads that run these pods, each under its account. */
function itemsFrom(pods: readonly (readonly [account: string, pod: Json])[]): readonly Item[] {
  const workloads = pods.map(([serviceAccountName, pod], index) =>
    decodeWorkload({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {name: `w${index}`, namespace: `ns${index % 2}`},
      spec: {
        template: {
          metadata: objectOf(objectOf(pod).metadata),
          spec: {...objectOf(objectOf(pod).spec), serviceAccountName},
        },
      },
    } as JsonObject),
  );
  return templatesOf({...emptyInventory, workloads});
}

const someItems = fc
  .array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), anyPod), {minLength: 1, maxLength: 10})
  .map(itemsFrom);

describe('excess', () => {
  const onePod = anyPod.map(podFrom);
  const pods = fc
    .tuple(onePod, fc.array(onePod, {maxLength: 2}))
    .map(([first, rest]): NonEmpty<PodView> => [first, ...rest]);

  test('there is none just if the policy lets no more through than the least one', () => {
    fc.assert(
      fc.property(pods, pods, (own, others) => {
        const least = leastPolicy('', own, false);
        const policy = leastPolicy('', [...own, ...others], false);
        const all = needsOfPods([...own, ...others]);
        const excess = sharedExcessOf(policy, least, needsOfPods(own), all, lastRelease);
        const order = orderOf(least, policy, lastRelease);
        expect(pointsOf(excess) === 0).toBe(order === 'equal' || order === 'tighter');
        expect(pointsOf(sharedExcessOf(least, least, needsOfPods(own), all, lastRelease))).toBe(0);
      }),
      {numRuns: runsOf(300)},
    );
  });

  test('is weighed at once as it is told one by one', () => {
    fc.assert(
      fc.property(someItems, fc.boolean(), (items, mayFill) => {
        const shapes = shapesOf([...itemGroups(items, 'service-account').values()], mayFill);
        const views = items.map(({submission}) => submission.view);
        if (!isNonEmpty(views)) return;
        const policy = leastPolicy('', views, mayFill);
        const all = needsOfPods(views);
        const told = shapes.reduce(
          (sum, {least, needs, workloads}) =>
            sum + workloads * pointsOf(sharedExcessOf(policy, least, needs, all, lastRelease)),
          0,
        );
        expect(totalPoints(policy, shapes, lastRelease)).toBe(told);
      }),
      {numRuns: runsOf(100)},
    );
  });
});

const accountOf = ({namespace, submission}: Item) => `${namespace}/${submission.serviceAccount}`;

describe('shared policies', () => {
  test('leave all pods alone; an account has one of them; enough of them have no excess', () => {
    fc.assert(
      fc.property(someItems, fc.integer({min: 1, max: 9}), fc.boolean(), (items, most, mayFill) => {
        const {advices, points} = sharedAdvice(items, 'service-account', mayFill, most);
        expect(advices.length).toBeLessThanOrEqual(most);
        const accounts = advices.flatMap(advice => [...new Set(advice.items.map(accountOf))]);
        expect(accounts.sort()).toEqual([...new Set(items.map(accountOf))].sort());
        expect(advices.flatMap(advice => advice.items)).toHaveLength(items.length);
        if (!mayFill) {
          const changed = advices.flatMap(({policy, items: own}) =>
            own.filter(({submission}) => !leavesAlone(policy, submission.view, openPolicy)),
          );
          expect(changed).toEqual([]);
        }
        expect(points).toBe(advices.reduce((sum, advice) => sum + advice.points, 0));
        if (most >= 8) expect(points).toBe(0);
      }),
      {numRuns: runsOf(100)},
    );
  });

  test('more of them never have more excess, and one is the least policy of all', () => {
    fc.assert(
      fc.property(someItems, items => {
        const sharings = [1, 2, 3, 4].map(most =>
          sharedAdvice(items, 'service-account', false, most),
        );
        const points = sharings.map(sharing => sharing.points);
        expect(points).toEqual([...points].sort((a, b) => b - a));
        const views = items.map(({submission}) => submission.view);
        if (!isNonEmpty(views)) return;
        const [one] = sharings[0]?.advices ?? [];
        expect(printJson(one?.policy.spec)).toBe(printJson(leastPolicy('', views, false).spec));
      }),
      {numRuns: runsOf(60)},
    );
  });

  test('do not depend on the order of the workloads', () => {
    const shuffled = someItems.chain(items =>
      fc.tuple(fc.constant(items), fc.shuffledSubarray([...items], {minLength: items.length})),
    );
    fc.assert(
      fc.property(shuffled, ([items, again]) => {
        const printed = (list: readonly Item[]) =>
          sharedAdvice(list, 'service-account', false, 2).advices.map(({policy, items: own}) => [
            printJson(policy),
            own.map(({name}) => name),
          ]);
        expect(printed(again)).toEqual(printed(items));
      }),
      {numRuns: runsOf(60)},
    );
  });

  test('are granted by namespace, to the accounts that run something there', () => {
    const items = itemsFrom([
      ['a', {spec: {containers: [{name: 'c'}]}, metadata: {}}],
      ['b', {spec: {containers: [{name: 'c'}]}, metadata: {}}],
      ['a', {spec: {containers: [{name: 'c'}]}, metadata: {}}],
    ]);
    const [advice] = sharedAdvice(items, 'service-account', false, 1).advices;
    if (advice === undefined) throw new Error('no policy');
    const metadata = {name: 'psp:0-least-shared-1'};
    expect(sharedGrants(advice)).toMatchObject([
      {kind: 'ClusterRole', metadata},
      ...[
        ['ns0', 'a'],
        ['ns1', 'b'],
      ].map(([namespace, name]) => ({
        kind: 'RoleBinding',
        metadata: {...metadata, namespace},
        roleRef: {kind: 'ClusterRole', name: metadata.name},
        subjects: [{kind: 'ServiceAccount', namespace, name}],
      })),
    ]);
  });

  test('20,000 workloads of few shapes take seconds', () => {
    const shapes = fc.sample(anyPod, {numRuns: 10, seed: 1});
    const items = itemsFrom(
      Array.from({length: 20_000}, (_, index) => [
        `account-${index % 4000}`,
        shapes[(index % 4000) % shapes.length] ?? null,
      ]),
    );
    const seconds = processorSeconds(() => {
      const {advices, exact} = sharedAdvice(items, 'service-account', false, 3);
      expect(advices).toHaveLength(3);
      expect(exact).toBe(true);
    });
    expect(seconds).toBeLessThan(10);
  });
});
