import type {ServerResponse} from 'node:http';
import {createServer} from 'node:net';
import {setTimeout as wait} from 'node:timers/promises';
import {expect, onTestFinished, test, vi} from 'vitest';
import {settled} from '../support/server/clocks.ts';
import {client, failure, json, serve, status} from './fakeApiServer.ts';

test('a server that falls silent', async () => {
  const {url, seen} = await serve(response => {
    response.writeHead(200, {'Content-Type': 'application/json'});
    response.write('{"a":');
  });
  const {client: api} = await client({server: url}, {tuning: {waits: {idleMs: 80}}});
  const error = await failure(api.get('/api/v1/pods'));
  expect(error).toMatchObject({exitCode: 3, reason: 'Timeout'});
  expect(String(error)).toContain('has sent nothing for 0.08 s');
  await expect.poll(() => seen.length).toBe(1);
});

test('a server that takes connections but not TLS handshakes', async () => {
  const silent = createServer(() => {});
  await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void silent.close());
  const address = silent.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const flags = {server: `https://127.0.0.1:${port}`, insecureSkipTlsVerify: true};
  const {client: api} = await client(flags, {tuning: {waits: {connectMs: 80}}});
  expect(String(await failure(api.get('/api')))).toContain('no connection to');
});

test('requests that wait for a connection in use do not take the server for dead', async () => {
  fakeTime();
  const held: ServerResponse[] = [];
  const {url, seen} = await serve(response => void held.push(response));
  const {client: api} = await client({server: url}, {tuning: {waits: {connectMs: 100}}});
  const answers = Promise.all(Array.from({length: 12}, (_, index) => api.get(`/api?${index}`)));
  while (held.length < 2) await settled();
  await settled();
  expect(seen.length).toBeLessThan(12);
  vi.advanceTimersByTime(1000);
  const answerAll = () => {
    for (const response of held.splice(0)) json(response, {});
  };
  while (seen.length < 12 || held.length > 0) {
    answerAll();
    await settled();
  }
  expect(await answers).toHaveLength(12);
});

test('--request-timeout is for all tries together', async () => {
  fakeTime();
  const {url, seen} = await serve(response =>
    status(response, 429, 'TooManyRequests', 'later', {'Retry-After': '1'}),
  );
  const patience = {sleep: async (ms: number) => void vi.advanceTimersByTime(ms)};
  const {client: api} = await client({server: url, requestTimeout: '1500ms'}, {tuning: {patience}});
  const started = performance.now();
  expect(await failure(api.get('/api'))).toMatchObject({status: 429});
  expect(performance.now() - started).toBe(1000);
  expect(seen).toHaveLength(2);
});

test('a client that is closed no longer waits for anything', async () => {
  const {url} = await serve(response =>
    status(response, 429, 'TooManyRequests', 'later', {'Retry-After': '20'}),
  );
  const sleep = (ms: number, signal: AbortSignal | undefined) => {
    queueMicrotask(() => api.close());
    return wait(ms, undefined, {signal});
  };
  const {client: api} = await client({server: url}, {tuning: {patience: {sleep}}});
  expect(String(await failure(api.get('/api')))).toContain('the connection is closed');
});

test('--request-timeout is for the whole answer', async () => {
  fakeTime();
  const {url} = await serve(async response => {
    response.writeHead(200, {'Content-Type': 'application/json'});
    while (!response.destroyed) {
      response.write(' ');
      await settled();
      if (vi.isFakeTimers()) vi.advanceTimersByTime(10); // else the test is over
    }
  });
  const {client: api} = await client({server: url, requestTimeout: '100ms'});
  const error = await failure(api.get('/api'));
  expect(String(error)).toContain('within the 0.1 s of --request-timeout');
});

test.for(['', 'soon', '-1s', '1 s', '5d'])(
  '--request-timeout %j',
  async (requestTimeout, {expect}) => {
    const made = client({server: 'http://x', requestTimeout});
    if (requestTimeout === '') expect((await made).client.server).toBe('http://x');
    else expect(await failure(made)).toMatchObject({exitCode: 2});
  },
);

test('the signal ends a request at once, with its reason', async () => {
  const controller = new AbortController();
  const {url} = await serve(() => controller.abort(new Error('ctrl-c')));
  const {client: api} = await client({server: url}, {signal: controller.signal});
  expect(await failure(api.get('/api'))).toBe(controller.signal.reason);
  expect(await failure(api.get('/api'))).toBe(controller.signal.reason);
});

test('the signal ends a pause', async () => {
  const controller = new AbortController();
  const {url} = await serve(response => {
    status(response, 429, 'TooManyRequests', 'slow', {'Retry-After': '20'});
  });
  const sleep = (ms: number, signal?: AbortSignal) => {
    queueMicrotask(() => controller.abort(new Error('ctrl-c')));
    return wait(ms, undefined, {signal});
  };
  const tuning = {patience: {sleep}};
  const {client: api} = await client({server: url}, {signal: controller.signal, tuning});
  expect(await failure(api.get('/api'))).toBe(controller.signal.reason);
});

/** From here on to the end of the test, time passes by `vi.advanceTimersByTime` alone. */
function fakeTime(): void {
  vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout', 'performance', 'hrtime']});
  onTestFinished(() => void vi.useRealTimers());
}
