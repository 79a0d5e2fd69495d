import fc from 'fast-check';
import {describe, expect, onTestFinished, test} from 'vitest';
import {fixedInventory} from '../../../src/inventory/follow/followCluster.ts';
import {emptyInventory} from '../../../src/inventory/inventory.ts';
import {settled, testClock} from '../../support/server/clocks.ts';
import {followed, until, untilSame, untilState} from '../../support/server/following.ts';
import {client, status} from '../../world/fakeApiServer.ts';
import {fakeWatchServer, watchedLists} from '../../world/fakeWatchServer.ts';
import {filled, following, lists, named, pod, podNames, untilPods} from './following.ts';

describe('following a cluster', () => {
  test('reads what a listing reads, growing, then says that it is live', async () => {
    const {api, live, views} = await following();
    expect(live.current()).toMatchObject({
      inventory: {origin: 'cluster', policyApi: 'unknown', pods: [], takenAt: undefined},
      freshness: {state: 'loading', count: 0},
    });
    await untilState(live, 'live');
    await untilSame(live, api);
    expect(podNames(live)).toEqual(['p2', 'p3', 'p1']);
    expect(views.map(({freshness}) => freshness.state)).toContain('loading');
    expect(live.current().inventory).toMatchObject({
      policyApi: 'policy/v1beta1',
      serverVersion: 'v1.24.17',
      caller: undefined,
    });
  });

  test('any changes leave what a new listing gives', async () => {
    const {server, api, live} = await following();
    await untilState(live, 'live');
    const change = fc.record({
      list: fc.constantFrom(...watchedLists),
      name: fc.constantFrom('a', 'b', 'c', 'A', 'a-b'),
      namespace: fc.constantFrom('a', 'b', 'a-b'),
      label: fc.constantFrom('x', 'y'),
      isRemoval: fc.boolean(),
      fault: fc.oneof(
        {weight: 12, arbitrary: fc.constant('none' as const)},
        {weight: 1, arbitrary: fc.constantFrom('end', 'break', 'expire', 'bookmark')},
      ),
    });
    const clusterWide = /namespaces|cluster|podsecurity|runtimeclasses/;
    await fc.assert(
      fc.asyncProperty(fc.array(change, {minLength: 1, maxLength: 60}), async changes => {
        for (const {list, name, namespace: inside, label, isRemoval, fault} of changes) {
          const namespace = clusterWide.test(list) ? undefined : inside;
          if (isRemoval) server.remove(list, namespace, name);
          else {
            const place = namespace === undefined ? {name} : {name, namespace};
            const {spec = {}} = pod(name, inside);
            server.put(list, {metadata: {...place, labels: {label}}, spec});
          }
          if (fault === 'end' || fault === 'break') server.endWatches(fault);
          else if (fault === 'expire') server.expire(label === 'x' ? 'event' : 'status');
          else if (fault === 'bookmark') server.bookmark();
          if (label === 'x' && name === 'c') await settled();
        }
        await untilSame(live, api);
      }),
      {numRuns: 30, seed: 11},
    );
  });

  test('where namespaces may not be listed, one is followed alone, and the rest is a gap', async () => {
    const server = await fakeWatchServer();
    filled(server);
    server.answers = (response, {url}) => {
      const [path = ''] = url.split('?');
      if (path.includes('/namespaces/a/') || /^\/(version|apis\/policy)/.test(path)) return false;
      status(response, 403, 'Forbidden', 'only in a');
      return true;
    };
    const {client: api} = await client({server: server.url});
    const live = followed(api, 'a', testClock());
    await untilState(live, 'live');
    server.put(lists.pods, pod('p9', 'b'));
    server.put(lists.pods, pod('p4', 'a'));
    await untilPods(live, 'p2', 'p3', 'p4');
    expect(live.current().inventory.gaps).toContainEqual({
      resource: 'pods',
      namespace: undefined,
      except: ['a'],
      reason: expect.stringContaining('only in a'),
    });
    await untilSame(live, api, 'a');
  });

  test('what did not change is the same value, and an inventory never changes', async () => {
    const {server, live} = await following();
    await untilState(live, 'live');
    const before = live.current().inventory;
    const copy = structuredClone(before);
    server.put(lists.pods, pod('p2', 'a', 'changed'));
    await until(
      () => live.current().inventory,
      inventory => inventory !== before,
    );
    const {inventory: after} = live.current();
    expect(before).toEqual(copy);
    const {pods: podsBefore, takenAt: _, ...restBefore} = before;
    const {pods, takenAt: __, ...rest} = after;
    for (const [key, value] of Object.entries(rest)) {
      expect(value, key).toBe(restBefore[key as keyof typeof rest]);
    }
    expect(pods.map((one, index) => one === podsBefore[index])).toEqual([false, true, true]);
    expect(pods[0]?.metadata.labels).toEqual({label: 'changed'});
  });

  test('a change of what is not read changes nothing', async () => {
    const {server, live} = await following();
    await untilState(live, 'live');
    const before = live.current().inventory;
    server.put(lists.namespaces, {metadata: {name: 'a'}, status: {phase: 'Active'}});
    server.put(lists.pods, pod('p0', 'a'));
    await untilPods(live, 'p0', 'p2', 'p3', 'p1');
    expect(live.current().inventory.namespaces).toBe(before.namespaces);
  });

  test('many changes make few inventories', async () => {
    const {server, live, views, clock} = await following();
    await untilState(live, 'live');
    const count = views.length;
    const start = clock.now();
    for (let index = 0; index < 500; index++) {
      server.put(lists.pods, pod(`n${index % 50}`, 'b', String(index)));
      if (index % 10 === 0) await clock.pass(20);
    }
    await until(
      () => live.current().inventory.pods.at(48)?.metadata.labels?.label ?? '',
      label => Number(label) >= 450,
    );
    const batches = (clock.now() - start) / 200;
    expect(views.length - count).toBeLessThanOrEqual(batches + 2);
    expect(new Set(views.map(({inventory}) => inventory)).size).toBeLessThan(60);
  });

  test('what takes long to draw is drawn seldom, but a policy is seen soon', async () => {
    const {server, live, clock} = await following();
    await untilState(live, 'live');
    // As Ink does it: at the end of the turn.
    const draw = () => queueMicrotask(() => clock.lose(100));
    onTestFinished(live.subscribe(draw));
    server.put(lists.pods, pod('p5', 'b'));
    await untilPods(live, 'p2', 'p3', 'p1', 'p5');
    server.put(lists.pods, pod('p6', 'b'));
    await clock.pass(1500);
    expect(podNames(live)).not.toContain('p6');
    await clock.pass(1000);
    expect(podNames(live)).toContain('p6');
    server.put(lists.pods, pod('p7', 'b'));
    server.put(lists.policies, named('tight'));
    await clock.pass(400);
    expect(live.current().inventory.policies).toHaveLength(2);
    expect(podNames(live)).toContain('p7');
  });

  test('nothing is read or told any more after stop', async () => {
    const {server, live, views, clock} = await following();
    await untilState(live, 'live');
    live.stop();
    await until(server.watching, watching => watching.length === 0);
    const count = [views.length, server.seen.length];
    server.put(lists.pods, pod('p0', 'a'));
    live.refresh();
    await clock.pass(60_000);
    expect([views.length, server.seen.length]).toEqual(count);
  });
});

test('what is fixed says of when it is and stays', () => {
  const inventory = {...emptyInventory, takenAt: '2024-01-01T00:00:00.000Z'};
  const live = fixedInventory(inventory);
  live.refresh();
  expect(live.current()).toBe(live.current());
  expect(live.current()).toEqual({
    inventory,
    freshness: {state: 'fixed', at: '2024-01-01T00:00:00.000Z'},
  });
});
