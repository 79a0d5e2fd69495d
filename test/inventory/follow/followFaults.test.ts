import {describe, expect, test} from 'vitest';
import {testClock} from '../../support/server/clocks.ts';
import {followed, until, untilSame, untilState} from '../../support/server/following.ts';
import {client, status} from '../../world/fakeApiServer.ts';
import {fakeWatchServer, watchedLists} from '../../world/fakeWatchServer.ts';
import {filled, following, lists, named, pod, podNames, untilPods} from './following.ts';

describe('faults', () => {
  test('watches that end go on from the last bookmark, without a new list', async () => {
    const {server, live, views, clock} = await following();
    await untilState(live, 'live');
    await until(server.watching, watching => watching.length === watchedLists.length);
    server.bookmark();
    await clock.pass(1600);
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
    const {server, live, clock} = await following();
    server.answers = (response, {url}) => {
      if (!url.startsWith(lists.pods) || !url.includes('watch=1')) return false;
      status(response, 410, 'Expired', 'too old');
      return true;
    };
    await untilState(live, 'stale');
    expect(live.current().freshness).toMatchObject({reason: expect.stringContaining('too old')});
    expect(podNames(live)).toEqual(['p2', 'p3', 'p1']);
    await clock.pass(10_000);
    expect(server.seen.filter(({url}) => url.startsWith(`${lists.pods}?`)).length).toBeLessThan(40);
    server.answers = undefined;
    await untilState(live, 'live');
  });

  test('an unreachable server: stale with the reason, since then; pauses grow; then live', async () => {
    const {server, api, live, clock} = await following();
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
    await clock.pass(6000);
    // While a try is under way there is no pause to tell.
    await until(
      () => live.current().freshness,
      later => 'retryInMs' in later && later.retryInMs > 1000,
    );
    const later = live.current().freshness;
    expect(later).toMatchObject({since: 'since' in freshness ? freshness.since : ''});
    // Pauses of 1, 2 and 4 seconds for each of 15 watches.
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
    const live = followed(api, undefined, testClock());
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
    const live = followed(api, undefined, testClock());
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
    const live = followed(api, undefined, testClock());
    await untilState(live, 'live');
    server.put(lists.pods, pod('p0', 'a'));
    await untilPods(live, 'p0', 'p2', 'p3', 'p1');
    expect(live.current().freshness.state).toBe('live');
  });

  test('an unreadable object: stale with its name, until it is put right', async () => {
    const {server, live} = await following();
    await untilState(live, 'live');
    server.put(lists.pods, {...pod('odd', 'a'), spec: {containers: 'none'}});
    await untilState(live, 'stale');
    expect(live.current().freshness).toMatchObject({
      reason: expect.stringMatching(/Pod a\/odd that can't be read: spec\.containers/),
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
    const live = followed(api, undefined, testClock());
    await untilState(live, 'live');
    expect(live.current().inventory).toMatchObject({policyApi: 'absent', policies: [], gaps: []});
    await untilSame(live, api);
  });
});
