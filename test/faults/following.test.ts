import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import type {ConnectionFlags} from '../../src/commands/flags.ts';
import {isObject} from '../../src/kube/json.ts';
import {type Client, connect} from '../../src/world/client.ts';
import {
  answers,
  breaks,
  breaksOff,
  errorEvent,
  isShort,
  isSilent,
  lists,
  refuses,
  streams,
  watches,
} from '../support/faults/faults.ts';
import {renewingLogin} from '../support/faults/login.ts';
import {clusterObjects} from '../support/faults/objects.ts';
import {type Fault, type FaultProxy, openFaultProxy} from '../support/faults/proxy.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {followed, until, untilSame, untilState} from '../support/server/following.ts';

const tokens = ['first-token', 'second-token'] as const;
const users = tokens.map(token => ({token, name: token, groups: ['system:masters']}));
const badEvent = '{"type":"ADDED","object":{"kind":"Pod","metadata":{"name":"x"';

describe.runIf(hasReference('etcd', 'kube-apiserver'))('what follows a cluster', () => {
  let server: ApiServer;
  let direct: Client;
  let label = 0;
  beforeAll(async () => {
    server = await startApiServer({admissionPlugins: [], users});
    await server.createAll(clusterObjects);
    direct = await open({server: server.url}, false);
  });
  afterAll(async () => {
    direct?.close();
    await server?.stop();
  });

  async function open(flags: ConnectionFlags, closes = true): Promise<Client> {
    const own = {kubeconfig: server.kubeconfig, requestTimeout: '30s', ...flags};
    const tuning = {patience: {baseMs: 5}, watchIdleMs: 400};
    const client = await connect(own, {env: process.env, warn() {}}, tuning);
    if (closes) onTestFinished(() => client.close());
    return client;
  }

  async function proxied(): Promise<FaultProxy> {
    const proxy = await openFaultProxy(server);
    onTestFinished(() => proxy.close());
    return proxy;
  }

  /** Something happens in the cluster: a policy and a pod change, a pod goes, another comes. */
  async function change(): Promise<void> {
    label += 1;
    const contentType = 'application/merge-patch+json';
    const patch = (path: string) =>
      server.request('PATCH', path, {metadata: {labels: {n: `${label}`}}}, {contentType});
    const pods = '/api/v1/namespaces/shop/pods';
    const spec = {containers: [{name: 'main', image: 'none'}], serviceAccountName: 'app'};
    const pod = {metadata: {name: `new-${label}`}, spec};
    const done = [
      await patch('/apis/policy/v1beta1/podsecuritypolicies/tight'),
      await patch(`${pods}/a`),
      await server.request('POST', pods, pod),
      await server.request('DELETE', `${pods}/new-${label - 1}?gracePeriodSeconds=0`),
    ];
    expect(done.map(({status}) => status).slice(0, 3)).toEqual([200, 200, 201]);
  }

  test.for<[string, Fault]>([
    ['401', refuses(401, 'Unauthorized', 'no')],
    [
      '429 with Retry-After',
      refuses(429, 'TooManyRequests', 'no', {headers: {'Retry-After': '1'}}),
    ],
    ['500', refuses(500, 'InternalError', 'no')],
    ['503', refuses(503, 'ServiceUnavailable', 'no')],
    ['a web page', answers(200, 'text/html', '<html>log in</html>')],
    ['no JSON', answers(200, 'application/json', '{"')],
    ['broken connections', breaks()],
    ['answers that break off', breaksOff()],
    ['short answers', isShort()],
    ['silence', isSilent()],
  ])('%s: stale, and then live again with what happened meanwhile', async ([, fault]) => {
    const proxy = await proxied();
    const live = followed(await open({server: proxy.url, requestTimeout: '2s'}));
    await untilState(live, 'live');
    const before = live.current().inventory;
    proxy.set(fault);
    proxy.cut();
    await untilState(live, 'stale');
    expect(live.current().inventory.pods).toEqual(before.pods);
    await change();
    proxy.set(undefined);
    proxy.cut();
    await untilState(live, 'live');
    await untilSame(live, direct);
  });

  test.for<[string, Fault]>([
    ['410 as a status', refuses(410, 'Expired', 'too old', {which: watches, times: 15})],
    ['410 as an event', streams([errorEvent(410, 'Expired', 'too old')], 'ends', {times: 15})],
    ['500 as an event', streams([errorEvent(500, 'InternalError', 'no')], 'ends', {times: 15})],
    ['an event that is cut', streams([badEvent], 'breaks', {times: 15})],
    ['an event that ends early', streams([badEvent], 'ends', {times: 15})],
    ['an event that is not JSON', streams([`${badEvent}\n`], 'breaks', {times: 15})],
    ['nothing at all', streams([], 'ends', {times: 15})],
    ['nothing, for ever', isSilent({which: watches, times: 15})],
  ])('watches get %s: nothing is lost', async ([, fault]) => {
    const proxy = await proxied();
    const live = followed(await open({server: proxy.url}));
    await untilState(live, 'live');
    proxy.set(fault);
    proxy.cut();
    await change();
    await until(proxy.strikes, count => count > 0);
    await change();
    await until(proxy.strikes, count => count >= 2);
    await untilState(live, 'live');
    await untilSame(live, direct);
  });

  test('a server that forbids what it allowed before is not believed at once', async () => {
    const proxy = await proxied();
    const live = followed(await open({server: proxy.url}));
    await untilState(live, 'live');
    const denied = new Map<string, number>();
    const isNews: Fault['strikes'] = request => {
      const times = (denied.get(request.path) ?? 0) + (lists(request) ? 1 : 0);
      denied.set(request.path, times);
      return watches(request) ? times === 0 : times <= 2;
    };
    const expired = refuses(410, 'Expired', 'too old');
    const forbidden = refuses(403, 'Forbidden', 'not yet');
    proxy.set({
      strikes: request => (lists(request) || watches(request)) && isNews(request),
      act: exchange => (exchange.request.isWatch ? expired : forbidden).act(exchange),
    });
    proxy.cut();
    await untilState(live, 'stale');
    await change();
    await untilState(live, 'live');
    expect([...denied.values()].every(times => times >= 2)).toBe(true);
    await untilSame(live, direct);
    expect(live.current().inventory.gaps).toEqual([]);
  });

  test('a right that is taken away is said, and read again when it is back', async () => {
    const proxy = await proxied();
    const live = followed(await open({server: proxy.url}));
    await untilState(live, 'live');
    proxy.set(
      refuses(403, 'Forbidden', 'no more', {
        which: ({path}) => path.includes('/clusterrolebindings'),
      }),
    );
    live.refresh();
    const gaps = () => live.current().inventory.gaps.map(({resource}) => resource);
    await until(gaps, found => found.includes('clusterrolebindings'));
    expect(live.current().inventory.rbac.clusterRoleBindings).toEqual([]);
    proxy.set(undefined);
    live.refresh();
    await until(gaps, found => found.length === 0);
    await untilSame(live, direct);
  });

  test('a token that expires is renewed by its plugin', async () => {
    const proxy = await proxied();
    const login = renewingLogin(server, proxy.url, tokens);
    const client = await open({kubeconfig: login.kubeconfig});
    const live = followed(client);
    await untilState(live, 'live');
    expect(login.runs()).toBe(1);
    const isOld: Fault['strikes'] = ({headers}) => headers.authorization === `Bearer ${tokens[0]}`;
    proxy.set({...refuses(401, 'Unauthorized', 'expired'), strikes: isOld});
    proxy.cut();
    await change();
    await until(proxy.strikes, count => count > 0);
    await untilState(live, 'live');
    await untilSame(live, client);
    expect(login.runs()).toBe(2);
  });

  test('a server that dies and starts again', async () => {
    const client = await open({server: server.url});
    const live = followed(client);
    await untilState(live, 'live');
    const {pods} = live.current().inventory;
    await server.kill();
    await untilState(live, 'stale');
    expect(live.current().inventory.pods).toEqual(pods);
    const late = followed(await open({server: server.url}));
    await untilState(late, 'stale');
    await server.restart();
    await change();
    for (const each of [live, late]) {
      await untilState(each, 'live');
      await untilSame(each, direct);
      expect(each.current().inventory.gaps).toEqual([]);
      const [pod] = each.current().inventory.pods;
      expect(isObject(pod?.metadata) && pod.metadata.name).toBe('a');
    }
  });
});
