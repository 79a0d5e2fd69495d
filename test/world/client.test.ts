import {createServer} from 'node:net';
import {expect, test} from 'vitest';
import {isForbidden, isNotFound} from '../../src/world/client.ts';
import {client, failure, file, folder, json, kubeconfig, serve, status} from './fakeApiServer.ts';

test('get answers with JSON, send sends it', async () => {
  const {url, seen} = await serve((response, {body}) => json(response, {got: body}));
  const {client: api} = await client({server: `${url}/k8s/clusters/c-1/`, token: 'secret'});
  expect(await api.get('/version')).toEqual({got: ''});
  expect(await api.send('POST', '/api/v1/x?dryRun=All', {n: 9007199254740993n})).toEqual({
    got: '{"n":9007199254740993}',
  });
  await api.send('PATCH', '/api/v1/x', [], {contentType: 'application/json-patch+json'});
  expect(seen.map(({method, url, headers}) => [method, url, headers['content-type']])).toEqual([
    ['GET', '/k8s/clusters/c-1/version', undefined],
    ['POST', '/k8s/clusters/c-1/api/v1/x?dryRun=All', 'application/json'],
    ['PATCH', '/k8s/clusters/c-1/api/v1/x', 'application/json-patch+json'],
  ]);
  expect(new Set(seen.map(one => one.headers.authorization))).toEqual(new Set(['Bearer secret']));
});

test('429: waits as long as told, for what is sent too', async () => {
  const {url, seen} = await serve((response, _request, index) => {
    if (index === 0) status(response, 429, 'TooManyRequests', 'slow', {'Retry-After': '2'});
    else if (index === 1) status(response, 429, 'TooManyRequests', 'slow', {'Retry-After': '3600'});
    else json(response, {ok: true});
  });
  const {client: api, pauses} = await client({server: url});
  expect(await api.send('POST', '/api/v1/x', {})).toEqual({ok: true});
  expect(pauses).toEqual([2000, 30_000]);
  expect(seen.map(one => one.body)).toEqual(['{}', '{}', '{}']);
});

test('503: reads are tried again, with growing pauses', async () => {
  const {url} = await serve((response, _request, index) => {
    if (index < 3) status(response, 503, 'ServiceUnavailable', 'starting');
    else json(response, {ok: true});
  });
  const {client: api, pauses} = await client({server: url});
  expect(await api.get('/api/v1/x')).toEqual({ok: true});
  expect(pauses).toEqual([200, 400, 800]);
});

test('503 for good: five tries, then one line', async () => {
  const {url, seen} = await serve(response => {
    response.writeHead(503, {'Content-Type': 'text/html'});
    response.end('<html><style>b{}</style><b>no\u001b[31m healthy upstream</b></html>');
  });
  const {client: api} = await client({server: url});
  expect(await failure(api.get('/api/v1/namespaces/a/pods'))).toMatchObject({
    status: 503,
    exitCode: 3,
    message: `cannot list pods in namespace "a": ${url} answers 503: no [31m healthy upstream: try again later`,
  });
  expect(seen.length).toBe(5);
});

test('500 gets one more try; what is sent gets none', async () => {
  const {url, seen} = await serve(response => status(response, 500, 'InternalError', 'etcd'));
  const {client: api} = await client({server: url});
  await failure(api.get('/api/v1/x'));
  expect(seen.length).toBe(2);
  await failure(api.send('POST', '/api/v1/x', {}));
  expect(seen.length).toBe(3);
});

test('a connection that is reset: reads are tried again, sends are not', async () => {
  const {url, seen} = await serve((response, _request, index) => {
    if (index === 1) json(response, {ok: true});
    else response.socket?.resetAndDestroy();
  });
  const {client: api} = await client({server: url});
  expect(await api.get('/api/v1/x')).toEqual({ok: true});
  const error = await failure(api.send('DELETE', '/api/v1/namespaces/a/pods/b'));
  expect(error).toMatchObject({
    status: 0,
    exitCode: 3,
    reason: 'Unreachable',
    message: `cannot delete pods "b" in namespace "a": ${url} closed the connection: try again`,
  });
  expect(seen.length).toBe(3);
});

test('JSON that stays bad is an error that does not quote it', async () => {
  const {url, seen} = await serve(response => {
    response.writeHead(200, {'Content-Type': 'application/json'});
    response.end('{"data": "hush", ');
  });
  const {client: api} = await client({server: url});
  const error = await failure(api.get('/api/v1/namespaces/a/secrets/b'));
  expect(error).toMatchObject({exitCode: 3, reason: 'BadAnswer'});
  expect(String(error)).toContain('is not JSON, or only part of it');
  expect(String(error)).not.toContain('hush');
  expect(seen.length).toBe(5);
});

test('a web page instead of an API server', async () => {
  const {url, seen} = await serve(response => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end('<html>log in</html>');
  });
  const {client: api} = await client({server: url});
  expect(String(await failure(api.get('/api')))).toContain('is a web page');
  expect(seen.length).toBe(1);
});

test('a redirect is not followed', async () => {
  const {url, seen} = await serve(response => {
    response.writeHead(302, {Location: 'http://127.0.0.1:1/'});
    response.end();
  });
  const {client: api} = await client({server: url, token: 't'});
  expect(String(await failure(api.get('/api')))).toContain('redirects (302)');
  expect(seen.length).toBe(1);
});

const refusals = [
  [401, 'Unauthorized', 'Unauthorized', 3, /does not accept the credentials .*log in again/],
  [
    403,
    'Forbidden',
    'pods is forbidden',
    4,
    /^cannot list pods: pods is forbidden: ask .* list pods$/,
  ],
  [404, 'NotFound', 'not found', 3, /^cannot list pods: not found$/],
  [409, 'Conflict', 'modified', 4, /modified: it was changed by someone else/],
  [409, 'AlreadyExists', 'already exists', 4, /already exists$/],
  [422, 'Invalid', 'spec: Required value', 4, /the server finds it invalid: spec: Required value$/],
] as const;

test.for(refusals)(
  '%i %s is one line with what to do',
  async ([code, reason, said, exit, line]) => {
    const {url, seen} = await serve(response => status(response, code, reason, said));
    const {client: api} = await client({server: url, token: 'hush'});
    const error = await failure(api.get('/api/v1/pods?limit=1'));
    expect(error).toMatchObject({status: code, reason, exitCode: exit, path: '/api/v1/pods'});
    expect((error as Error).message).toMatch(line);
    expect((error as Error).message).not.toMatch(/hush|\n/);
    expect([isForbidden(error), isNotFound(error)]).toEqual([code === 403, code === 404]);
    expect(seen.length).toBe(1);
  },
);

test('a server that is not there', async () => {
  const {port} = await serve(() => {});
  const free = createServer();
  await new Promise<void>(resolve => free.listen(0, '127.0.0.1', resolve));
  const address = free.address();
  await new Promise(resolve => free.close(resolve));
  const dead = typeof address === 'object' ? address?.port : 0;
  expect(dead).not.toBe(port);
  const {client: api} = await client({server: `http://127.0.0.1:${dead}`});
  const error = await failure(api.get('/api'));
  expect(error).toMatchObject({status: 0, exitCode: 3, reason: 'Unreachable'});
  expect(String(error)).toContain(`http://127.0.0.1:${dead} refuses connections`);
});

test('a host that does not exist', async () => {
  const {client: api} = await client({server: 'http://nowhere.invalid'});
  expect(String(await failure(api.get('/api')))).toContain('cannot be found');
});

test('impersonation: flags, and one request on its own', async () => {
  const {url, seen} = await serve(response => json(response, {}));
  const flags = {server: url, as: 'jane', asGroup: ['dev', 'ops'], asUid: 'u-1'};
  const {client: api} = await client(flags);
  expect(api.user).toBe('jane');
  await api.get('/api');
  await api.send('POST', '/x', {}, {as: {user: 'système:joe', groups: ['g']}});
  const pairs = seen.map(({rawHeaders}) =>
    rawHeaders.flatMap((name, index) =>
      name.startsWith('Impersonate') ? [[name, rawHeaders[index + 1]]] : [],
    ),
  );
  expect(pairs[0]).toEqual([
    ['Impersonate-User', 'jane'],
    ['Impersonate-Group', 'dev'],
    ['Impersonate-Group', 'ops'],
    ['Impersonate-Uid', 'u-1'],
  ]);
  const asUtf8 = Buffer.from('système:joe').toString('latin1');
  expect(pairs[1]).toEqual([
    ['Impersonate-User', asUtf8],
    ['Impersonate-Group', 'g'],
  ]);
});

test('--as-group alone is a mistake', async () => {
  const made = client({server: 'http://x', asGroup: ['dev']});
  expect(await failure(made)).toMatchObject({exitCode: 2});
});

test('the log names requests and headers, and no secret', async () => {
  const {url} = await serve(response => status(response, 401, 'Unauthorized', 'no'));
  const flags = {kubeconfig: file('c', kubeconfig('a', url, '{username: joe, password: hush}'))};
  const {client: api, lines} = await client(flags, {env: {HOME: folder()}});
  await failure(api.get('/api?watch=0'));
  expect(lines.some(line => /^6 GET .*\/api\?watch=0 401 in \d+ ms$/.test(line))).toBe(true);
  expect(lines).toContain('8 Authorization: (hidden)');
  const base64 = Buffer.from('joe:hush').toString('base64');
  expect(lines.join()).not.toContain('hush');
  expect(lines.join()).not.toContain(base64);
});
