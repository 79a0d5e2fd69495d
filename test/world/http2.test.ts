import {readFileSync} from 'node:fs';
import {
  constants,
  createSecureServer,
  type Http2ServerResponse,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type {AddressInfo} from 'node:net';
import type {TLSSocket} from 'node:tls';
import {describe, expect, onTestFinished, test} from 'vitest';
import type {Tuning} from '../../src/world/client.ts';
import {client, failure} from './fakeApiServer.ts';
import {pki} from './pki.ts';

const files = pki();

/** One request as the server got it. */
interface Asked {
  readonly method: string;
  readonly path: string;
  readonly version: string;
  readonly agent: string | undefined;
  readonly body: string;
  /** The number of its connection. */
  readonly connection: number;
}

type Answer = (response: Http2ServerResponse, asked: Asked, index: number) => void;

/** A server on this machine that speaks HTTP/2, and HTTP/1.1 too. */
async function serveBoth(answer: Answer, protocols: readonly string[] = ['h2', 'http/1.1']) {
  const {key, cert} = files ?? {key: '', cert: ''};
  const pems = {key: readFileSync(key), cert: readFileSync(cert)};
  const server = createSecureServer({
    ...pems,
    allowHTTP1: true,
    // Node adds its own protocols to given ones, but not to what is chosen here.
    ALPNCallback: ({protocols: offered}) => protocols.find(name => offered.includes(name)),
    maxSessionMemory: 100,
  });
  const asked: Asked[] = [];
  const connections: unknown[] = [];
  const sessions: ServerHttp2Session[] = [];
  const sockets: TLSSocket[] = [];
  server.on('secureConnection', socket => void sockets.push(socket));
  server.on('session', session => void sessions.push(session));
  server.on('request', (request, response) => {
    const number = connections.indexOf(request.stream?.session ?? request.socket);
    const connection = number >= 0 ? number : connections.push(request.stream?.session) - 1;
    let body = '';
    request.on('data', chunk => {
      body += chunk;
    });
    request.on('end', () => {
      const {method, url, httpVersion, headers} = request;
      const agent = headers['user-agent'];
      const one = {method, path: url, version: httpVersion, agent, body, connection};
      asked.push(one);
      answer(response, one, asked.length - 1);
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  const {port} = server.address() as AddressInfo;
  return {url: `https://127.0.0.1:${port}`, asked, sockets};
}

function say(response: Http2ServerResponse, value: unknown): void {
  response.writeHead(200, {'Content-Type': 'application/json'});
  response.end(JSON.stringify(value));
}

async function clientOf(server: string, tuning?: Tuning, env?: NodeJS.ProcessEnv) {
  return client({server, insecureSkipTlsVerify: true}, {tuning, env});
}

describe.skipIf(!files)('HTTP/2', () => {
  test('all requests go over one connection, with their bodies', async () => {
    const {url, asked} = await serveBoth((response, one) => say(response, one));
    const {client: api} = await clientOf(url);
    const answers = await Promise.all([
      api.get('/api?limit=1'),
      api.get('/apis'),
      api.send('POST', '/api/v1/namespaces', {name: 'ä'}),
      api.list('/api/v1/pods').catch(() => 'no list'),
    ]);
    expect(answers[0]).toMatchObject({path: '/api?limit=1', version: '2.0', agent: 'kubectl-psp'});
    expect(answers[2]).toMatchObject({method: 'POST', body: '{"name":"ä"}'});
    await api.get('/later');
    expect(new Set(asked.map(({connection}) => connection))).toEqual(new Set([0]));
  });

  test('headers are sent as the bytes of UTF-8', async () => {
    let user: unknown;
    const {url} = await serveBoth((response, _asked) => {
      user = response.req.headers['impersonate-user'];
      say(response, {});
    });
    const flags = {server: url, insecureSkipTlsVerify: true, as: 'jürgen'};
    await (await client(flags)).client.get('/api');
    expect(Buffer.from(String(user), 'latin1').toString('utf8')).toBe('jürgen');
  });

  test.for([
    ['a server that offers HTTP/1.1 alone', ['http/1.1'], {}],
    ['DISABLE_HTTP2', ['h2', 'http/1.1'], {DISABLE_HTTP2: 'true'}],
  ] as const)('%s', async ([, protocols, env]) => {
    const {url, asked} = await serveBoth((response, one) => say(response, one), protocols);
    const {client: api} = await clientOf(url, undefined, {...process.env, ...env});
    expect(await api.get('/api')).toMatchObject({path: '/api'});
    expect(await api.send('POST', '/apis', {a: 1})).toMatchObject({body: '{"a":1}'});
    expect(asked.map(({version}) => version)).toEqual(['1.1', '1.1']);
  });

  const cuts: Readonly<Record<string, (stream: ServerHttp2Stream, socket?: TLSSocket) => void>> = {
    'an error': stream => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
    'a cancellation': stream => stream.close(constants.NGHTTP2_CANCEL),
    'the connection destroyed': (_, socket) => socket?.destroy(),
    'the connection ended': (_, socket) => socket?.end(),
    'a GOAWAY of an error': stream => stream.session?.destroy(new Error('gone')),
  };
  for (const [name, cut] of Object.entries(cuts)) {
    for (const half of ['{"half": ', '{"all": true}']) {
      test(`a body that breaks off after ${half} by ${name}: asked for again`, async () => {
        const {url, asked, sockets} = await serveBoth((response, _one, index) => {
          if (index > 0) return say(response, {whole: true});
          response.writeHead(200, {'Content-Type': 'application/json'});
          response.write(half, () => setImmediate(() => cut(response.stream, sockets.at(-1))));
        });
        const {client: api, pauses} = await clientOf(url);
        expect(await api.get('/api')).toEqual({whole: true});
        expect(asked).toHaveLength(2);
        expect(pauses).toHaveLength(1);
      });
    }

    test(`no answer, by ${name}: reads are asked for again, and sends are not`, async () => {
      const {url, asked, sockets} = await serveBoth((response, _one, index) => {
        if (index === 0 || index === 2) cut(response.stream, sockets.at(-1));
        else say(response, {});
      });
      const {client: api} = await clientOf(url);
      expect(await api.get('/api')).toEqual({});
      expect(String(await failure(api.send('PUT', '/api', {})))).toContain(
        'closed the connection: try again',
      );
      expect(asked).toHaveLength(3);
    });
  }

  test('after a GOAWAY, what is under way is answered and what comes connects again', async () => {
    const {url, asked} = await serveBoth((response, {path}) => {
      if (path !== '/first') return say(response, {path});
      response.stream.session?.goaway(constants.NGHTTP2_NO_ERROR);
      setTimeout(() => say(response, {path}), 30);
    });
    const {client: api} = await clientOf(url);
    const first = api.get('/first');
    await expect.poll(() => asked.length).toBe(1);
    await new Promise(resolve => setTimeout(resolve, 10));
    expect(await api.get('/second')).toEqual({path: '/second'});
    expect(await first).toEqual({path: '/first'});
    expect(asked.map(({connection}) => connection)).toEqual([0, 1]);
  });

  test('a connection that died between two requests', async () => {
    const {url, asked, sockets} = await serveBoth((response, one) => say(response, one));
    const {client: api} = await clientOf(url);
    await api.get('/one');
    sockets[0]?.destroy();
    expect(await api.get('/two')).toMatchObject({path: '/two'});
    expect(asked).toHaveLength(2);
  });

  test('a server that falls silent, and a request that is ended', async () => {
    const controller = new AbortController();
    const {url} = await serveBoth((_response, {path}) => {
      if (path === '/ended') controller.abort(new Error('ctrl-c'));
    });
    const {client: api} = await clientOf(url, {waits: {idleMs: 80}});
    expect(String(await failure(api.get('/api')))).toContain('has sent nothing for 0.08 s');
    const flags = {server: url, insecureSkipTlsVerify: true};
    const {client: ended} = await client(flags, {signal: controller.signal});
    expect(await failure(ended.get('/ended'))).toBe(controller.signal.reason);
  });

  test('a connection that falls silent between two requests', async () => {
    const {url, asked} = await serveBoth((response, one, index) => {
      if (index !== 1) say(response, one);
    });
    const {client: api} = await clientOf(url, {waits: {idleMs: 80}});
    await api.get('/one');
    expect(await api.get('/two')).toMatchObject({path: '/two'});
    expect(asked.map(({connection}) => connection)).toEqual([0, 0, 1]);
  });

  test('a body of many windows, while other answers come in between', async () => {
    const long = 'x'.repeat(20_000_000);
    const {url} = await serveBoth((response, {path}) => say(response, path === '/long' ? long : 1));
    const {client: api} = await clientOf(url);
    const [read, short] = await Promise.all([api.get('/long'), api.get('/short')]);
    expect(read === long).toBe(true);
    expect(short).toBe(1);
  });
});
