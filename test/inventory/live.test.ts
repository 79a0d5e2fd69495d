import fc from 'fast-check';
import {describe, expect, onTestFinished, test} from 'vitest';
import {emptyInventory, type Inventory} from '../../src/inventory/inventory.ts';
import {type Freshness, fixedInventory, type LiveInventory} from '../../src/inventory/live.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {followed, until, untilSame, untilState} from '../support/live.ts';
import {client, status} from '../world/fakeApiServer.ts';
import {type FakeWatchServer, fakeWatchServer, watchedLists} from '../world/fakeWatchServer.ts';

const lists = {
  pods: '/api/v1/pods',
  namespaces: '/api/v1/namespaces',
  policies: '/apis/policy/v1beta1/podsecuritypolicies',
  roleBindings: '/apis/rbac.authorization.k8s.io/v1/rolebindings',
  deployments: '/apis/apps/v1/deployments',
  replicaSets: '/apis/apps/v1/replicasets',
  accounts: '/api/v1/serviceaccounts',
};

function pod(name: string, namespace: string, label = 'x'): JsonObject {
  return {
    metadata: {name, namespace, labels: {label}},
    spec: {containers: [{name: 'main'}]},
  };
}

function named(name: string, namespace?: string): JsonObject {
  return {metadata: namespace === undefined ? {name} : {name, namespace}, spec: {}};
}

function filled(server: FakeWatchServer): void {
  for (const name of ['a', 'b']) server.put(lists.namespaces, named(name));
  for (const name of ['p3', 'p1', 'p2']) server.put(lists.pods, pod(name, name < 'p2' ? 'b' : 'a'));
  server.put(lists.policies, named('open'));
  server.put(lists.deployments, named('web', 'a'));
}

/** A followed server of two namespaces with three pods. */
async function following(namespace?: string) {
  const server = await fakeWatchServer();
  filled(server);
  const {client: api} = await client({server: server.url});
  const live = followed(api, namespace);
  const views = viewsOf(live);
  return {server, api, live, views};
}

/** All views that a listener gets to see. */
function viewsOf(live: LiveInventory) {
  const views: {inventory: Inventory; freshness: Freshness}[] = [];
  onTestFinished(live.subscribe(() => views.push(live.current())));
  return views;
}

function podNames(live: LiveInventory): readonly string[] {
  return live.current().inventory.pods.map(({metadata}) => metadata.name ?? '');
}

async function untilPods(live: LiveInventory, ...names: readonly string[]): Promise<void> {
  await until(
    () => podNames(live),
    found => found.join() === names.join(),
  );
}

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
      caller: {answers: [{namespace: 'a'}, {namespace: 'b'}]},
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
    const clusterWide = /namespaces|cluster|podsecurity/;
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
          if (label === 'x' && name === 'c') await new Promise(resolve => setTimeout(resolve, 2));
        }
        await untilSame(live, api);
      }),
      {numRuns: 30, seed: 11},
    );
  });

  test('one namespace is read and followed alone', async () => {
    const {server, api, live} = await following('a');
    await untilState(live, 'live');
    server.put(lists.pods, pod('p9', 'b'));
    server.put(lists.pods, pod('p4', 'a'));
    await untilPods(live, 'p2', 'p3', 'p4');
    await untilSame(live, api, 'a');
    expect(server.seen.filter(({url}) => url.startsWith(lists.pods))).toEqual([]);
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
    const {server, live, views} = await following();
    await untilState(live, 'live');
    const count = views.length;
    const start = performance.now();
    for (let index = 0; index < 500; index++) {
      server.put(lists.pods, pod(`n${index % 50}`, 'b', String(index)));
      if (index % 10 === 0) await new Promise(resolve => setTimeout(resolve, 1));
    }
    await until(
      () => live.current().inventory.pods.at(48)?.metadata.labels?.label ?? '',
      label => Number(label) >= 450,
    );
    // The clock of these tests makes 10 ms of 200.
    const batches = (performance.now() - start) / 10;
    expect(views.length - count).toBeLessThanOrEqual(batches + 2);
    expect(new Set(views.map(({inventory}) => inventory)).size).toBeLessThan(60);
  });

  test('what the caller may use is asked for new policies and namespaces, and after RBAC changes', async () => {
    const {server, live} = await following();
    await untilState(live, 'live');
    const asked = () => server.seen.filter(({method}) => method === 'POST').length;
    const answers = () =>
      live.current().inventory.caller?.answers.map(one => `${one.namespace}/${one.policy}`);
    const before = asked();
    server.put(lists.policies, named('tight'));
    await until(answers, all => all?.length === 4);
    expect(answers()).toEqual(['a/open', 'a/tight', 'b/open', 'b/tight']);
    expect(asked() - before).toBe(2);
    server.put(lists.roleBindings, named('new', 'a'));
    await until(asked, count => count === before + 6);
    server.remove(lists.pods, 'b', 'p1');
    await until(answers, all => all?.length === 2);
    expect(asked()).toBe(before + 6);
  });

  test('nothing is read or told any more after stop', async () => {
    const {server, live, views} = await following();
    await untilState(live, 'live');
    live.stop();
    await until(server.watching, watching => watching.length === 0);
    const count = [views.length, server.seen.length];
    server.put(lists.pods, pod('p0', 'a'));
    live.refresh();
    await new Promise(resolve => setTimeout(resolve, 50));
    expect([views.length, server.seen.length]).toEqual(count);
  });
});

describe('faults', () => {
  test('watches that end go on from the last bookmark, without a new list', async () => {
    const {server, live, views} = await following();
    await untilState(live, 'live');
    await until(server.watching, watching => watching.length === watchedLists.length);
    server.bookmark();
    await new Promise(resolve => setTimeout(resolve, 80));
    const seen = server.seen.length;
    server.endWatches('end');
    server.put(lists.pods, pod('p0', 'a'));
    await untilPods(live, 'p0', 'p2', 'p3', 'p1');
    const since = server.seen.slice(seen).map(({url}) => url);
    expect(since.filter(url => !url.includes('watch=1'))).toEqual([]);
    expect(since.filter(url => url.includes('resourceVersion=8&'))).toHaveLength(since.length);
    expect(views.map(({freshness}) => freshness.state)).not.toContain('stale');
  });

  test.each(['status', 'event'] as const)('410 as %s: lists again', async how => {
    const {server, live, views} = await following();
    await untilState(live, 'live');
    server.endWatches('break');
    server.expire(how);
    server.remove(lists.pods, 'a', 'p3');
    server.put(lists.pods, pod('p0', 'a'));
    await untilPods(live, 'p0', 'p2', 'p1');
    await untilState(live, 'live');
    const before = views.at(-1)?.inventory;
    server.put(lists.pods, pod('p4', 'a'));
    await untilPods(live, 'p0', 'p2', 'p4', 'p1');
    expect(before?.pods).toHaveLength(3);
  });

  test('a list that is always too old is not asked for without a pause', async () => {
    const {server, live} = await following();
    server.answers = (response, {url}) => {
      if (!url.startsWith(lists.pods) || !url.includes('watch=1')) return false;
      status(response, 410, 'Expired', 'too old');
      return true;
    };
    await untilState(live, 'stale');
    expect(live.current().freshness).toMatchObject({reason: expect.stringContaining('too old')});
    expect(podNames(live)).toEqual(['p2', 'p3', 'p1']);
    await new Promise(resolve => setTimeout(resolve, 500));
    expect(server.seen.filter(({url}) => url.startsWith(`${lists.pods}?`)).length).toBeLessThan(40);
    server.answers = undefined;
    await untilState(live, 'live');
  });

  test('an unreachable server: stale with the reason, since then; pauses grow; then live', async () => {
    const {server, api, live} = await following();
    await untilState(live, 'live');
    let tries = 0;
    server.answers = response => {
      tries++;
      response.socket?.resetAndDestroy();
      return true;
    };
    server.endWatches('break');
    await untilState(live, 'stale');
    const {freshness, inventory} = live.current();
    expect(freshness).toMatchObject({
      state: 'stale',
      reason: expect.stringMatching(/^cannot watch \w+: .* (closed the connection|broke off)/),
    });
    expect(inventory.pods).toHaveLength(3);
    await new Promise(resolve => setTimeout(resolve, 400));
    // While a try is under way there is no pause to tell.
    await expect
      .poll(() => {
        const later = live.current().freshness;
        return 'retryInMs' in later && later.retryInMs;
      })
      .toBeGreaterThan(1000);
    const later = live.current().freshness;
    expect(later).toMatchObject({since: 'since' in freshness ? freshness.since : ''});
    // 8 seconds of the session: pauses of 1, 2 and 4 for each of 15 watches.
    expect(tries).toBeLessThanOrEqual(watchedLists.length * 6);
    server.put(lists.pods, pod('p0', 'a'));
    server.answers = undefined;
    await untilState(live, 'live');
    await untilSame(live, api);
  });

  test('a server that is not there at first', async () => {
    const server = await fakeWatchServer();
    filled(server);
    server.answers = response => {
      response.socket?.destroy();
      return true;
    };
    const {client: api} = await client({server: server.url});
    const live = followed(api);
    await untilState(live, 'stale');
    server.answers = undefined;
    await untilState(live, 'live');
    await untilSame(live, api);
  });

  test('credentials that run out: stale with the reason, the data stay', async () => {
    const {server, live} = await following();
    await untilState(live, 'live');
    server.answers = response => {
      status(response, 401, 'Unauthorized', 'Unauthorized');
      return true;
    };
    server.endWatches('end');
    await untilState(live, 'stale');
    expect(live.current()).toMatchObject({
      freshness: {reason: expect.stringContaining('does not accept the credentials')},
      inventory: {pods: {length: 3}, gaps: []},
    });
    server.answers = undefined;
    await untilState(live, 'live');
  });

  test('what may not be read is a gap, tried again by refresh', async () => {
    const server = await fakeWatchServer();
    filled(server);
    server.answers = (response, {url}) => {
      if (!/podsecuritypolicies|\/pods/.test(url) || url.includes('/a/')) return false;
      status(response, 403, 'Forbidden', 'not for eve');
      return true;
    };
    const {client: api} = await client({server: server.url});
    const live = followed(api);
    await untilState(live, 'live');
    await untilSame(live, api);
    expect(live.current().inventory).toMatchObject({
      policyApi: 'unknown',
      pods: {length: 2},
      gaps: [
        {resource: 'pods', namespace: 'b'},
        {resource: 'podsecuritypolicies', namespace: undefined},
      ],
    });
    // Namespaces that come and go are followed too.
    server.put(lists.pods, pod('p4', 'a'));
    server.remove(lists.namespaces, undefined, 'b');
    await untilPods(live, 'p2', 'p3', 'p4');
    await until(
      () => live.current().inventory.gaps.length,
      count => count === 1,
    );
    server.put(lists.namespaces, named('b'));
    await until(
      () => live.current().inventory.gaps.length,
      count => count === 2,
    );
    server.answers = undefined;
    live.refresh();
    await until(
      () => live.current().inventory.gaps.length,
      count => count === 0,
    );
    await untilState(live, 'live');
    await untilSame(live, api);
  });

  test('a denial of what could be read is doubted for a while, then believed', async () => {
    const {server, live, views} = await following();
    await untilState(live, 'live');
    let denials = 2;
    server.answers = (response, {url}) => {
      if (!/\/pods\?/.test(url) || url.includes('watch=1') || denials-- <= 0) return false;
      status(response, 403, 'Forbidden', 'RBAC: role not found');
      return true;
    };
    server.expire();
    server.endWatches('end');
    await untilState(live, 'stale');
    await untilState(live, 'live');
    expect(views.flatMap(({inventory}) => inventory.gaps)).toEqual([]);
    expect(views.at(-1)?.inventory.pods).toHaveLength(3);

    denials = Infinity;
    server.expire();
    server.endWatches('end');
    await untilState(live, 'stale');
    await untilState(live, 'live');
    expect(live.current().inventory).toMatchObject({
      pods: [],
      gaps: [
        {resource: 'pods', namespace: 'a'},
        {resource: 'pods', namespace: 'b'},
      ],
    });
  });

  test('what may be listed but not watched is listed from time to time', async () => {
    const server = await fakeWatchServer();
    filled(server);
    server.answers = (response, {url}) => {
      if (!url.includes('watch=1') || !url.startsWith(lists.pods)) return false;
      status(response, 403, 'Forbidden', 'no watch');
      return true;
    };
    const {client: api} = await client({server: server.url});
    const live = followed(api);
    await untilState(live, 'live');
    server.put(lists.pods, pod('p0', 'a'));
    await untilPods(live, 'p0', 'p2', 'p3', 'p1');
    expect(live.current().freshness.state).toBe('live');
  });

  test('an object that makes no sense: stale with its name, until it is put right', async () => {
    const {server, live} = await following();
    await untilState(live, 'live');
    server.put(lists.pods, {...pod('odd', 'a'), spec: {containers: 'none'}});
    await untilState(live, 'stale');
    expect(live.current().freshness).toMatchObject({
      reason: expect.stringMatching(/Pod a\/odd that makes no sense: spec\.containers/),
    });
    server.put(lists.pods, pod('odd', 'a'));
    await untilState(live, 'live');
    expect(podNames(live)).toEqual(['odd', 'p2', 'p3', 'p1']);
  });

  test('a kind that the server has not is empty', async () => {
    const server = await fakeWatchServer();
    filled(server);
    server.answers = (response, {url}) => {
      if (!/podsecuritypolicies|cronjobs/.test(url)) return false;
      status(response, 404, 'NotFound', 'no such list');
      return true;
    };
    const {client: api} = await client({server: server.url});
    const live = followed(api);
    await untilState(live, 'live');
    expect(live.current().inventory).toMatchObject({policyApi: 'absent', policies: [], gaps: []});
    await untilSame(live, api);
  });

  test('a caller who may not ask what he may use leaves a gap', async () => {
    const server = await fakeWatchServer();
    filled(server);
    server.answers = (response, {method}) => {
      if (method !== 'POST') return false;
      status(response, 403, 'Forbidden', 'no reviews');
      return true;
    };
    const {client: api} = await client({server: server.url});
    const live = followed(api);
    await untilState(live, 'live');
    await untilSame(live, api);
    expect(live.current().inventory.gaps).toMatchObject([{resource: 'selfsubjectaccessreviews'}]);
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
