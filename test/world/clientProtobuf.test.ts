import type {ServerResponse} from 'node:http';
import {gzipSync} from 'node:zlib';
import {expect, onTestFinished, test} from 'vitest';
import type {JsonObject} from '../../src/kube/json.ts';
import {headOf, type ListItem} from '../../src/kube/listItem.ts';
import {listMeta, status} from '../../src/kube/protobuf/meta.ts';
import {connect} from '../../src/world/client.ts';
import {bytesField, encodeMessage, envelope, podList} from '../support/builders/protobuf.ts';
import {client, failure, folder, json, type Seen, serve} from './fakeApiServer.ts';

const names = ['a', 'b', 'c', 'd', 'e'];
const path = '/api/v1/pods';
const both = 'application/vnd.kubernetes.protobuf, application/json';

const pod = (name: string): JsonObject => ({
  metadata: {name, namespace: 'shop'},
  spec: {hostNetwork: true},
});

function queryOf({url}: Seen): URLSearchParams {
  return new URL(url, 'http://x').searchParams;
}

/** The page of `names` that the request asks for. */
function page(request: Seen): Buffer {
  const query = queryOf(request);
  const from = Number(query.get('continue') ?? 0);
  const limit = Number(query.get('limit') ?? names.length);
  const remaining = names.length - from - limit;
  const meta = remaining > 0 ? {next: String(from + limit), remaining} : {};
  return podList(names.slice(from, from + limit).map(pod), meta);
}

function protobuf(response: ServerResponse, body: Buffer, code = 200): void {
  response.writeHead(code, {'Content-Type': 'application/vnd.kubernetes.protobuf'});
  response.end(body);
}

function nameOf(item: ListItem): unknown {
  const {metadata} = headOf(item);
  return (metadata as {readonly name?: unknown}).name;
}

/** A list whose items go to onLate; `got` has their names, `counts` what people are told. */
async function late(url: string, options: {limit?: number; cached?: boolean} = {}) {
  const got: unknown[] = [];
  const counts: string[] = [];
  let pauses = 0;
  const count = (read: number, total?: number) => counts.push(`${read} of ${total ?? '?'}`);
  const api = await connect(
    {server: url},
    {env: {HOME: folder()}, warn() {}, progress: {begin: () => ({count, end() {}})}},
    {patience: {sleep: async () => void pauses++}},
  );
  onTestFinished(() => api.close());
  const listed = api.list(path, {...options, onLate: items => got.push(...items.map(nameOf))});
  return {listed, got, counts, pauses: () => pauses};
}

test('only who can take it gets protobuf', async () => {
  const {url, seen} = await serve((response, request) => {
    const isAsked = request.headers.accept === both;
    if (isAsked) protobuf(response, page(request));
    else json(response, {kind: 'PodList', apiVersion: 'v1', items: names.map(pod)});
  });
  const {listed, got} = await late(url);
  await listed;
  expect(got).toEqual(names);
  const {client: api} = await client({server: url});
  expect((await api.list(path)).items.map(nameOf)).toEqual(names);
  expect(seen.map(one => one.headers.accept)).toEqual([both, 'application/json']);
});

test('page by page, the next one as soon as its token is there', async () => {
  const asked: (string | null)[] = [];
  const {url} = await serve((response, request) => {
    asked.push(queryOf(request).get('continue'));
    if (asked.length > 1) return protobuf(response, page(request));
    const body = page(request);
    response.writeHead(200, {'Content-Type': 'application/vnd.kubernetes.protobuf'});
    response.write(body.subarray(0, 60));
    const wait = setInterval(() => {
      if (asked.length < 2) return;
      clearInterval(wait);
      response.end(body.subarray(60));
    }, 5);
  });
  const {listed, got, counts} = await late(url, {limit: 2});
  expect(await listed).toEqual({items: [], resourceVersion: '7'});
  expect(got).toEqual(names);
  expect(asked).toEqual([null, '2', '4']);
  expect(counts.at(0)).toBe('0 of 5');
  expect(counts.at(-1)).toBe('5 of 5');
});

test('packed', async () => {
  const {url} = await serve((response, request) => {
    const head = {
      'Content-Type': 'application/vnd.kubernetes.protobuf',
      'Content-Encoding': 'gzip',
    };
    response.writeHead(200, head);
    response.end(gzipSync(page(request)));
  });
  const {listed, got} = await late(url);
  await listed;
  expect(got).toEqual(names);
});

test('a server that answers JSON all the same', async () => {
  const {url} = await serve(response =>
    json(response, {kind: 'PodList', apiVersion: 'v1', metadata: {}, items: names.map(pod)}),
  );
  const {listed, got} = await late(url);
  await listed;
  expect(got).toEqual(names);
});

test('protobuf that makes no sense: the same page again, as JSON', async () => {
  const {url, seen} = await serve((response, request, index) => {
    const isSecond = queryOf(request).get('continue') === '2';
    if (!isSecond) return protobuf(response, page(request));
    if (index === 1) return protobuf(response, page(request).subarray(0, -30));
    json(response, {kind: 'PodList', apiVersion: 'v1', items: [pod('c'), pod('d'), pod('e')]});
  });
  const {listed, got, pauses} = await late(url, {limit: 2});
  await listed;
  expect(got).toEqual(names);
  const second = seen.filter(one => queryOf(one).get('continue') === '2');
  expect(second.map(one => one.headers.accept)).toEqual([both, 'application/json']);
  expect(pauses()).toBe(1);
});

test('a body that breaks off: nothing of it is handed out', async () => {
  const {url} = await serve((response, request, index) => {
    const body = page(request);
    if (index > 0) return protobuf(response, body);
    const head = {'Content-Type': 'application/vnd.kubernetes.protobuf'};
    response.writeHead(200, {...head, 'Content-Length': body.length});
    response.write(body.subarray(0, -20), () => response.destroy());
  });
  const {listed, got} = await late(url);
  await listed;
  expect(got).toEqual(names);
});

test('a refusal in protobuf reads as one in JSON', async () => {
  const said = {status: 'Failure', message: 'pods is forbidden', reason: 'Forbidden', code: 403};
  const {url} = await serve(response =>
    protobuf(response, envelope('v1', 'Status', encodeMessage(status, said)), 403),
  );
  const {listed} = await late(url);
  expect(await failure(listed)).toMatchObject({
    status: 403,
    reason: 'Forbidden',
    exitCode: 4,
    body: said,
    message: expect.stringContaining('pods is forbidden'),
  });
});

test('410 in protobuf: the list goes on with the token that is offered', async () => {
  const {url, seen} = await serve((response, request, index) => {
    if (index !== 1) return protobuf(response, page(request));
    const meta = encodeMessage(listMeta, {continue: '2'});
    const rest = encodeMessage(status, {reason: 'Expired', code: 410, message: 'too old'});
    const raw = Buffer.concat([bytesField(1, meta), rest]);
    protobuf(response, envelope('v1', 'Status', raw), 410);
  });
  const {listed, got} = await late(url, {limit: 4});
  await listed;
  expect(seen.map(one => queryOf(one).get('continue'))).toEqual([null, '4', '2']);
  expect(got).toEqual([...names.slice(0, 4), 'c', 'd', 'e']);
});

test('a long list may come from the cache, all at once', async () => {
  const {url, seen} = await serve((response, request) => protobuf(response, page(request)));
  const {listed, got, counts} = await late(url, {limit: 2, cached: true});
  expect(await listed).toEqual({items: [], resourceVersion: '7'});
  expect(got).toEqual(names);
  expect(seen.map(one => one.url)).toEqual([`${path}?limit=2`, `${path}?resourceVersion=0`]);
  expect(counts.at(-1)).toBe('5 of 5');
});

test('a list of one page does not come from the cache', async () => {
  const {url, seen} = await serve((response, request) => protobuf(response, page(request)));
  const {listed, got} = await late(url, {cached: true});
  await listed;
  expect(got).toEqual(names);
  expect(seen.map(one => one.url)).toEqual([`${path}?limit=100`]);
});

test.each([
  [500, [`${path}?limit=100`, `${path}?limit=500&continue=100`]],
  [501, [`${path}?limit=100`, `${path}?resourceVersion=0`]],
])('a list of %i items: a small page tells whether it is long', async (length, wanted) => {
  const all = Array.from({length}, (_, index) => pod(`p${index}`));
  const {url, seen} = await serve((response, request) => {
    const query = queryOf(request);
    const from = Number(query.get('continue') ?? 0);
    const end = from + Number(query.get('limit') ?? length);
    const meta = end < length ? {next: String(end), remaining: length - end} : {};
    protobuf(response, podList(all.slice(from, end), meta));
  });
  const {listed, got} = await late(url, {cached: true});
  await listed;
  expect(got).toEqual(all.map(nameOf));
  expect(seen.map(one => one.url)).toEqual(wanted);
});

test('a cache that answers in pages', async () => {
  const {url, seen} = await serve((response, request) => {
    const isWhole = queryOf(request).get('resourceVersion') === '0';
    const first = podList([pod('a'), pod('b')], {next: '2', remaining: 3});
    protobuf(response, isWhole ? first : page(request));
  });
  const {listed, got} = await late(url, {limit: 2, cached: true});
  await listed;
  expect(got).toEqual(names);
  expect(seen.map(one => one.url)).toEqual([
    `${path}?limit=2`,
    `${path}?resourceVersion=0`,
    `${path}?limit=2&continue=2`,
    `${path}?limit=2&continue=4`,
  ]);
});
