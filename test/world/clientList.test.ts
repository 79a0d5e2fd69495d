import type {ServerResponse} from 'node:http';
import {gzipSync} from 'node:zlib';
import {expect, test} from 'vitest';
import type {JsonObject} from '../../src/kube/json.ts';
import {settled} from '../support/server/clocks.ts';
import {client, failure, json, type Seen, serve, status} from './fakeApiServer.ts';

const names = ['a', 'b', 'c', 'd', 'e'];

function pod(name: string): JsonObject {
  return {metadata: {name, namespace: 'shop'}, spec: {priority: 0}};
}

function queryOf({url}: Seen): URLSearchParams {
  return new URL(url, 'http://x').searchParams;
}

/** The page of `names` that the request asks for, as the API server orders its fields. */
function page(request: Seen, from = Number(queryOf(request).get('continue') ?? 0)): JsonObject {
  const limit = Number(queryOf(request).get('limit') ?? names.length);
  const more = from + limit < names.length ? {continue: String(from + limit)} : {};
  return {
    kind: 'PodList',
    apiVersion: 'v1',
    metadata: {resourceVersion: '7', ...more},
    items: names.slice(from, from + limit).map(pod),
  };
}

function namesOf(items: readonly JsonObject[]): unknown[] {
  return items.map(item => (item.metadata as JsonObject).name);
}

test('a list is read page by page, and its items get their type', async () => {
  const {url, seen} = await serve((response, request) => json(response, page(request)));
  const {client: api} = await client({server: url});
  const list = await api.list('/api/v1/pods?labelSelector=app+in+(a,b)', {limit: 2});
  expect(namesOf(list.items)).toEqual(names);
  expect(list.resourceVersion).toBe('7');
  expect(list.items[4]).toEqual({apiVersion: 'v1', kind: 'Pod', ...pod('e')});
  expect(seen.map(one => queryOf(one).get('continue'))).toEqual([null, '2', '4']);
  expect(seen.map(one => queryOf(one).get('labelSelector'))).toEqual(Array(3).fill('app in (a,b)'));
});

test('500 items a page', async () => {
  const {url, seen} = await serve((response, _request, index) =>
    json(response, {
      items: null,
      ...(index === 0 ? {metadata: {continue: 'next'}} : {}),
      kind: 'PodList',
      apiVersion: 'v1',
    }),
  );
  const {client: api} = await client({server: url});
  expect((await api.list('/api/v1/pods')).items).toEqual([]);
  expect(seen.map(one => one.url)).toEqual([
    '/api/v1/pods?limit=500',
    '/api/v1/pods?limit=500&continue=next',
  ]);
});

test('pages go to onPage, and are not kept', async () => {
  const {url} = await serve((response, request) => json(response, page(request)));
  const {client: api} = await client({server: url});
  const pages: unknown[] = [];
  const list = await api.list('/api/v1/pods', {
    limit: 2,
    onPage: items => pages.push(namesOf(items)),
  });
  expect(pages).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  expect(list).toEqual({items: [], resourceVersion: '7'});
});

test('the next page is asked for before this one is all there', async () => {
  let finish: (() => void) | undefined;
  const {url} = await serve((response, request, index) => {
    if (index > 0) {
      json(response, page(request));
      return finish?.();
    }
    // The rest of the first page comes only once the second page has been asked for.
    const text = JSON.stringify(page(request));
    response.writeHead(200, {'Content-Type': 'application/json'});
    response.write(text.slice(0, text.indexOf('"items"')));
    finish = () => response.end(text.slice(text.indexOf('"items"')));
  });
  const {client: api} = await client({server: url}, {tuning: {waits: {idleMs: 5000}}});
  const list = await api.list('/api/v1/pods', {limit: 3});
  expect(namesOf(list.items)).toEqual(names);
});

test('integers of 64 bits keep their digits', async () => {
  const {url} = await serve(response => {
    response.setHeader('Content-Type', 'application/json');
    response.end('{"kind":"PodList","items":[{"spec":{"n":9223372036854775807}}],"metadata":{}}');
  });
  const {client: api} = await client({server: url});
  expect((await api.list('/api/v1/pods')).items[0]?.spec).toEqual({n: 9223372036854775807n});
});

function expired(response: ServerResponse, token?: string): void {
  const metadata = token === undefined ? {} : {continue: token};
  const body = {kind: 'Status', metadata, reason: 'Expired', code: 410, message: 'too old'};
  json(response, body, 410);
}

test('410 with a new token: the list goes on there', async () => {
  const {url, seen} = await serve((response, request, index) => {
    if (index === 1) expired(response, '2-again');
    else json(response, page(request, index === 0 ? 0 : 2));
  });
  const {client: api} = await client({server: url});
  const list = await api.list('/api/v1/pods', {limit: 3});
  expect(seen.map(one => queryOf(one).get('continue'))).toEqual([null, '3', '2-again']);
  expect(namesOf(list.items)).toEqual(['a', 'b', 'c', 'c', 'd', 'e']);
});

test('410 without one: the whole list is read again, at once', async () => {
  const {url, seen} = await serve((response, request, index) => {
    if (index === 1) expired(response);
    else json(response, page(request));
  });
  const {client: api} = await client({server: url});
  expect(namesOf((await api.list('/api/v1/pods', {limit: 2})).items)).toEqual(names);
  expect(seen.map(one => one.url)).toEqual([
    '/api/v1/pods?limit=2',
    '/api/v1/pods?limit=2&continue=2',
    '/api/v1/pods',
  ]);
});

test('410 with onPage: nothing is handed out twice', async () => {
  const {url} = await serve((response, request, index) => {
    if (index === 1) expired(response);
    else json(response, page(request));
  });
  const {client: api} = await client({server: url});
  const got: unknown[] = [];
  await api.list('/api/v1/pods', {limit: 2, onPage: items => got.push(...namesOf(items))});
  expect(got).toEqual(names);
});

test('a list that always expires is given up', async () => {
  const {url, seen} = await serve((response, request) => {
    if (queryOf(request).has('continue')) expired(response, 'again');
    else json(response, page(request));
  });
  const {client: api} = await client({server: url});
  const error = await failure(api.list('/api/v1/pods', {limit: 2}));
  expect(error).toMatchObject({status: 410, exitCode: 3});
  expect(seen.length).toBe(7);
});

test('a page that breaks off is asked for again', async () => {
  const {url, seen} = await serve((response, request, index) => {
    const text = JSON.stringify(page(request));
    if (index !== 1) return json(response, page(request));
    response.writeHead(200, {'Content-Length': text.length});
    response.write(text.slice(0, 90), () => response.destroy());
  });
  const {client: api} = await client({server: url});
  expect(namesOf((await api.list('/api/v1/pods', {limit: 3})).items)).toEqual(names);
  expect(seen.map(one => queryOf(one).get('continue'))).toEqual([null, '3', '3']);
});

test('a first page that changes when asked for again takes its next page along', async () => {
  const {url, seen} = await serve((response, request, index) => {
    const body = page(request, queryOf(request).has('continue') ? 3 : 0);
    if (index > 0 && queryOf(request).has('continue')) return json(response, body);
    const token = seen.filter(one => !queryOf(one).has('continue')).length === 1 ? 'old' : 'new';
    const first = {...body, metadata: {resourceVersion: '7', continue: token}};
    if (token === 'new') return json(response, first);
    response.writeHead(200, {'Content-Type': 'application/json'});
    response.write(JSON.stringify(first).slice(0, 120));
    void settled().then(() => response.destroy());
  });
  const {client: api} = await client({server: url});
  expect(namesOf((await api.list('/api/v1/pods', {limit: 3})).items)).toEqual(names);
  expect(seen.at(-1)?.url).toContain('continue=new');
});

test('gzip is read if the server sends it, and a cut one is asked for again', async () => {
  const {url, seen} = await serve((response, request, index) => {
    const body = gzipSync(JSON.stringify(page(request)));
    response.writeHead(200, {'Content-Type': 'application/json', 'Content-Encoding': 'gzip'});
    response.end(index === 0 ? body.subarray(0, 60) : body);
  });
  const {client: api} = await client({server: url});
  expect(namesOf((await api.list('/api/v1/pods')).items)).toEqual(names);
  expect(seen.length).toBe(2);
  expect(seen[0]?.headers['accept-encoding']).toBe('identity');
});

test('an answer that is not a list', async () => {
  const {url} = await serve(response => json(response, {kind: 'Pod'}));
  const {client: api} = await client({server: url});
  const error = await failure(api.list('/api/v1/pods'));
  expect(error).toMatchObject({
    exitCode: 3,
    message: `cannot list pods: the answer of ${url} is not a list`,
  });
});

test('forbidden in the middle of a list', async () => {
  const {url} = await serve((response, request, index) => {
    if (index === 0) json(response, page(request));
    else status(response, 403, 'Forbidden', 'pods is forbidden');
  });
  const {client: api} = await client({server: url});
  expect(await failure(api.list('/api/v1/pods', {limit: 2}))).toMatchObject({status: 403});
});
