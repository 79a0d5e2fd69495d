import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {itemGroups} from '../../../src/advice/advice.ts';
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
