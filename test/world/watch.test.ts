import fc from 'fast-check';
import {expect, onTestFinished, test} from 'vitest';
import type {JsonObject} from '../../src/kube/json.ts';
import {objectOf} from '../support/run/output.ts';
import {settled} from '../support/server/clocks.ts';
import {client, failure, file, kubeconfig, serve, status} from './fakeApiServer.ts';

const path = '/api/v1/pods';

function event(type: string, name: string, version: string): string {
  return `${JSON.stringify({type, object: {metadata: {name, resourceVersion: version}}})}\n`;
}

/** Notes what a watch says. */
function noted() {
  const events: string[] = [];
  let opened = 0;
  return {
    events,
    opened: () => opened,
    options: {
      resourceVersion: '7',
      onOpen: () => void opened++,
      onEvent(type: string, {metadata}: JsonObject) {
        const {name = '', resourceVersion} = objectOf(metadata);
        events.push(`${type} ${name}@${resourceVersion}`);
      },
    },
  };
}

const three = event('ADDED', 'a', '8') + event('MODIFIED', 'ü𝄞', '9') + event('BOOKMARK', '', '12');
const threeNoted = ['ADDED a@8', 'MODIFIED ü𝄞@9', 'BOOKMARK @12'];

test('asks for what comes after a version, with bookmarks, for 5 to 10 minutes', async () => {
  const {url, seen} = await serve(response => response.end(three));
  const {client: api} = await client({server: url, token: 't'});
  const {options, events, opened} = noted();
  await api.watch(path, options);
  expect(events).toEqual(threeNoted);
  expect(opened()).toBe(1);
  expect(seen.map(one => one.url)).toEqual([
    `${path}?watch=1&allowWatchBookmarks=true&resourceVersion=7&timeoutSeconds=600`,
  ]);
  expect(seen[0]?.headers).toMatchObject({
    authorization: 'Bearer t',
    'accept-encoding': 'identity',
  });
});

test('chunks may end anywhere', async () => {
  const bytes = Buffer.from(three);
  let cuts: readonly number[] = [];
  const {url} = await serve(async response => {
    response.writeHead(200);
    response.socket?.setNoDelay(true);
    for (const [index, from] of cuts.entries()) {
      response.write(bytes.subarray(from, cuts[index + 1] ?? bytes.length));
      await new Promise(resolve => setImmediate(resolve));
    }
    response.end();
  });
  const {client: api} = await client({server: url});
  const anyCuts = fc.uniqueArray(fc.integer({min: 1, max: bytes.length - 1}), {maxLength: 20});
  await fc.assert(
    fc.asyncProperty(anyCuts, async places => {
      cuts = [0, ...places.sort((a, b) => a - b)];
      const {options, events} = noted();
      await api.watch(path, options);
      expect(events).toEqual(threeNoted);
    }),
    {numRuns: 40, seed: 3},
  );
});

test('events arrive as they are sent, not when the watch ends', async () => {
  const arrived = Promise.withResolvers<void>();
  const {url} = await serve(async response => {
    response.write(event('ADDED', 'a', '8'));
    await arrived.promise;
    response.end(event('DELETED', 'a', '9'));
  });
  const {client: api} = await client({server: url});
  const {options, events} = noted();
  await api.watch(path, {
    ...options,
    onEvent(type, object) {
      options.onEvent(type, object);
      arrived.resolve();
    },
  });
  expect(events).toEqual(['ADDED a@8', 'DELETED a@9']);
});

test('a version that is too old: status 410, sent as a status or as an event', async () => {
  const body = {kind: 'Status', message: 'too old resource version: 7 (20)', reason: 'Expired'};
  const {url} = await serve((response, _request, index) => {
    if (index === 0) status(response, 410, 'Expired', body.message);
    else response.end(`${JSON.stringify({type: 'ERROR', object: {...body, code: 410}})}\n`);
  });
  const {client: api, pauses} = await client({server: url});
  for (const opened of [0, 1]) {
    const watch = noted();
    expect(await failure(api.watch(path, watch.options))).toMatchObject({
      status: 410,
      message: 'cannot watch pods: too old resource version: 7 (20) (410)',
    });
    expect(watch.opened()).toBe(opened);
  }
  expect(pauses).toEqual([]);
});

test('a refusal says what right is missing', async () => {
  const {url} = await serve(response => status(response, 403, 'Forbidden', 'pods is forbidden'));
  const {client: api} = await client({server: url});
  expect(await failure(api.watch(path, noted().options))).toMatchObject({
    status: 403,
    message:
      'cannot watch pods: pods is forbidden: ask an administrator of the cluster for the right to watch pods',
  });
});

test('401: logs in again, once', async () => {
  const plugin = file(
    'login.sh',
    `#!/bin/sh
n=$(cat "$0.count" 2>/dev/null || echo 0); n=$((n+1)); echo $n > "$0.count"
echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t'$n'"}}'
`,
    0o700,
  );
  const exec = `{exec: {apiVersion: client.authentication.k8s.io/v1, command: ${plugin}, interactiveMode: Never}}`;
  let wanted = 'Bearer t2';
  const {url, seen} = await serve((response, {headers}) => {
    if (headers.authorization === wanted) response.end(three);
    else status(response, 401, 'Unauthorized', 'Unauthorized');
  });
  const config = file('config', kubeconfig('c', url, exec));
  const {client: api} = await client({kubeconfig: config});
  const {options, events} = noted();
  await api.watch(path, options);
  expect(events).toEqual(threeNoted);
  expect(seen.map(one => one.headers.authorization)).toEqual(['Bearer t1', 'Bearer t2']);

  wanted = 'nothing';
  expect(await failure(api.watch(path, options))).toMatchObject({status: 401});
  expect(seen).toHaveLength(4);
});

test('what is not a stream of events is no answer', async () => {
  const bodies = ['<html>log in</html>\n', '{"kind":"PodList","items":[]}\n', '[1]\n', '{"type":'];
  const {url} = await serve((response, _request, index) => response.end(bodies[index]));
  const {client: api} = await client({server: url});
  for (const _ of bodies) {
    expect(await failure(api.watch(path, noted().options))).toMatchObject({
      status: 0,
      reason: 'BadAnswer',
    });
  }
});

test('an event of a type that nobody knows is passed over', async () => {
  const {url} = await serve(response => response.end(event('PAUSED', 'a', '8') + three));
  const {client: api} = await client({server: url});
  const {options, events} = noted();
  await api.watch(path, options);
  expect(events).toEqual(threeNoted);
});

test('an error of the listener ends the watch and comes out of it', async () => {
  const {url} = await serve(response => void response.write(three));
  const {client: api} = await client({server: url});
  const {options} = noted();
  const onEvent = () => {
    throw new Error('odd object');
  };
  expect(await failure(api.watch(path, {...options, onEvent}))).toMatchObject({
    message: 'odd object',
  });
});

test('a connection that breaks, and one that falls silent', async () => {
  const {url} = await serve((response, _request, index) => {
    response.write(event('ADDED', 'a', '8'));
    if (index === 0) void settled().then(() => response.destroy());
  });
  const flags = {server: url, requestTimeout: '1ms'};
  const {client: patient} = await client(flags);
  const watch = noted();
  expect(await failure(patient.watch(path, watch.options))).toMatchObject({
    status: 0,
    reason: 'Unreachable',
  });
  const {client: api} = await client(flags, {tuning: {watchIdleMs: 50}});
  expect(await failure(api.watch(path, watch.options))).toMatchObject({
    status: 0,
    reason: 'Timeout',
  });
  expect(watch.events).toEqual(['ADDED a@8', 'ADDED a@8']);
});

test('many watches do not keep other requests waiting; a signal ends them', async () => {
  const {url} = await serve((response, request) => {
    if (request.url.startsWith('/version')) response.end('{}');
    else response.write(three);
  });
  const {client: api} = await client({server: url});
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  let open = 0;
  const allOpen = Promise.withResolvers<void>();
  const watches = Array.from({length: 20}, () =>
    failure(
      api.watch(path, {
        ...noted().options,
        signal: stop.signal,
        onOpen: () => ++open === 20 && allOpen.resolve(),
      }),
    ),
  );
  await allOpen.promise;
  expect(await api.get('/version')).toEqual({});
  const reason = new Error('enough');
  stop.abort(reason);
  expect(new Set(await Promise.all(watches))).toEqual(new Set([reason]));
});
