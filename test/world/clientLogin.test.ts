import {readFileSync} from 'node:fs';
import {createServer, type Server as HttpServer} from 'node:http';
import {createServer as createSecureServer} from 'node:https';
import {type AddressInfo, connect as connectSocket} from 'node:net';
import {join} from 'node:path';
import type {TLSSocket} from 'node:tls';
import {describe, expect, onTestFinished, test} from 'vitest';
import {client, failure, file, folder, json, kubeconfig, serve, status} from './fakeApiServer.ts';
import {pki} from './pki.ts';

const windows = process.platform === 'win32';

/** A credential plugin that runs `body` in a shell; the user entry that names it. */
function pluginUser(body: string, more = ''): {user: string; plugin: string} {
  const plugin = file('plugin.sh', `#!/bin/sh\n${body}\n`, 0o700);
  const version = 'client.authentication.k8s.io/v1';
  const exec = `{apiVersion: ${version}, interactiveMode: Never, command: ${plugin}${more}}`;
  return {user: `{exec: ${exec}}`, plugin};
}

function printing(status: string): string {
  const credential = `{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":${status}}`;
  return `cat <<END\n${credential}\nEND`;
}

describe.skipIf(windows)('credential plugins', () => {
  test('its token is used, it is told the cluster, and may speak to the user', async () => {
    const {url, seen} = await serve(response => json(response, {}));
    const told = join(folder(), 'told');
    const script = `echo "open a browser" >&2\nprintf '%s' "$KUBERNETES_EXEC_INFO $WHO $1" > ${told}\n${printing('{"token":"hush"}')}`;
    const {user} = pluginUser(
      script,
      ', provideClusterInfo: true, args: [one], env: [{name: WHO, value: me}]',
    );
    const config = file('c', kubeconfig('dev', url, user));
    const {client: api, warnings} = await client({kubeconfig: config});
    await Promise.all([api.get('/api'), api.get('/apis')]);
    expect(seen.map(one => one.headers.authorization)).toEqual(['Bearer hush', 'Bearer hush']);
    // Once, though two requests came at the same time.
    expect(warnings).toEqual(['open a browser']);
    const [info = '', ...rest] = readFileSync(told, 'utf8').split(' ');
    expect(JSON.parse(info)).toMatchObject({
      kind: 'ExecCredential',
      spec: {interactive: false, cluster: {server: url}},
    });
    expect(rest).toEqual(['me', 'one']);
  });

  test('after a 401 it is run again, once', async () => {
    const {url, seen} = await serve((response, {headers}) => {
      if (headers.authorization === 'Bearer 2') json(response, {});
      else status(response, 401, 'Unauthorized', 'expired');
    });
    const count = file('count', '');
    const {user} = pluginUser(
      `printf x >> ${count}\nN=$(wc -c < ${count} | tr -d ' ')\n${printing('{"token":"$N"}')}`,
    );
    const {client: api} = await client({kubeconfig: file('c', kubeconfig('dev', url, user))});
    expect(await api.send('POST', '/api', {})).toEqual({});
    expect(seen.map(one => one.headers.authorization)).toEqual(['Bearer 1', 'Bearer 2']);
  });

  test.for([
    ['echo no >&2; exit 3', /failed with exit code 3/],
    ['echo hush', /its output is not JSON/],
    [printing('{}'), /holds neither a token nor a client certificate/],
  ] as const)('%s', async ([script, expected]) => {
    const {user} = pluginUser(script);
    const config = file('c', kubeconfig('dev', 'http://127.0.0.1:1', user));
    const {client: api} = await client({kubeconfig: config});
    const error = await failure(api.get('/api'));
    expect(error).toMatchObject({name: 'UserError', exitCode: 3});
    expect(String(error)).toMatch(expected);
    expect(String(error)).not.toContain('hush');
  });

  test('one that is not installed', async () => {
    const exec =
      '{exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin, installHint: get it}}';
    const config = file('c', kubeconfig('dev', 'http://127.0.0.1:1', exec));
    const {client: api} = await client({kubeconfig: config});
    expect(String(await failure(api.get('/api')))).toContain(
      'exec plugin no-such-plugin is not installed, or not in PATH: get it',
    );
  });
});

test('a token file is read without its line end', async () => {
  const {url, seen} = await serve(response => json(response, {}));
  const at = folder();
  file('token', 'hush\n', 0o600, at);
  const config = file('c', kubeconfig('dev', url, '{tokenFile: token}'), 0o600, at);
  const {client: api} = await client({kubeconfig: config});
  await api.get('/api');
  expect(seen[0]?.headers.authorization).toBe('Bearer hush');
});

test('a certificate that is not there', async () => {
  const config = file(
    'c',
    kubeconfig('dev', 'https://127.0.0.1:1', '{client-certificate: no.pem}'),
  );
  const {client: api} = await client({kubeconfig: config});
  expect(String(await failure(api.get('/api')))).toMatch(/cannot read .*no\.pem/);
});

const files = pki();

describe.skipIf(!files)('TLS', () => {
  const {ca, key, cert} = files ?? {ca: '', key: '', cert: ''};
  const secure = async (): Promise<string> => {
    const pems = {key: readFileSync(key), cert: readFileSync(cert), ca: readFileSync(ca)};
    const create = (listener: Parameters<typeof createServer>[1]) =>
      createSecureServer({...pems, requestCert: true, rejectUnauthorized: false}, listener);
    const {port} = await serve(
      response => {
        const peer = (response.socket as TLSSocket).getPeerCertificate();
        json(response, {user: peer.subject?.CN ?? 'nobody'});
      },
      listener => create(listener),
    );
    return `https://127.0.0.1:${port}`;
  };

  test('the authority of the kubeconfig, tls-server-name and a client certificate', async () => {
    const server = await secure();
    const extra = `, certificate-authority: ${ca}, tls-server-name: api.test`;
    const user = `{client-certificate: ${cert}, client-key: ${key}}`;
    const config = file('c', kubeconfig('dev', server, user, extra));
    const {client: api} = await client({kubeconfig: config});
    expect(await api.get('/api')).toMatchObject({user: 'jane'});
  });

  test('a client certificate from a plugin', async () => {
    const server = await secure();
    const pems = {
      clientCertificateData: readFileSync(cert, 'utf8'),
      clientKeyData: readFileSync(key, 'utf8'),
    };
    const {user} = pluginUser(printing(JSON.stringify(pems)).replace('<<END', "<<'END'"));
    const config = file('c', kubeconfig('dev', server, user));
    const {client: api} = await client({kubeconfig: config, insecureSkipTlsVerify: true});
    expect(await api.get('/api')).toMatchObject({user: 'jane'});
  });

  test('an unknown authority, another name, and no check at all', async () => {
    const server = await secure();
    const line = async (flags: object): Promise<string> =>
      String(await failure((await client({server, ...flags})).client.get('/api')));
    expect(await line({})).toContain('is signed by an unknown authority');
    expect(await line({certificateAuthority: ca})).toContain('is for another name');
    const {client: api} = await client({server, insecureSkipTlsVerify: true});
    expect(await api.get('/api')).toMatchObject({user: 'nobody'});
  });

  test('plain HTTP on a TLS port', async () => {
    const server = (await secure()).replace('https', 'http');
    const error = await failure((await client({server})).client.get('/api'));
    expect(error).toMatchObject({exitCode: 3});
  });

  test('TLS on a plain port', async () => {
    const {url} = await serve(response => json(response, {}));
    const flags = {server: url.replace('http', 'https'), insecureSkipTlsVerify: true};
    const error = await failure((await client(flags)).client.get('/api'));
    expect(String(error)).toContain('does not speak TLS as expected');
  });

  test('through a proxy, with one tunnel for several requests', async () => {
    const server = await secure();
    const tunnels: string[] = [];
    const proxy = await tunnelling(tunnels);
    const extra = `, certificate-authority: ${ca}, tls-server-name: api.test, proxy-url: "http://joe:hush@${proxy}"`;
    const config = file('c', kubeconfig('dev', server, '{}', extra));
    const {client: api} = await client({kubeconfig: config});
    await api.get('/api');
    await api.get('/apis');
    const basic = Buffer.from('joe:hush').toString('base64');
    expect(tunnels).toEqual([`${new URL(server).host} Basic ${basic}`]);
  });
});

/** An HTTP proxy that notes whereto and as whom it was asked to tunnel; its host and port. */
async function tunnelling(tunnels: string[]): Promise<string> {
  const proxy: HttpServer = createServer();
  proxy.on('connect', (request, socket) => {
    tunnels.push(`${request.url} ${request.headers['proxy-authorization']}`);
    const {hostname, port} = new URL(`http://${request.url}`);
    const onward = connectSocket(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [onward, socket]) end.on('error', () => {});
  });
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void proxy.close());
  return `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

test('a proxy that says no', async () => {
  const proxy = createServer();
  proxy.on('connect', (_request, socket) => socket.end('HTTP/1.1 407 Auth\r\n\r\n'));
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void proxy.close());
  const {port} = proxy.address() as AddressInfo;
  const extra = `, proxy-url: "http://joe:hush@127.0.0.1:${port}"`;
  const config = file('c', kubeconfig('dev', 'https://10.0.0.1', '{}', extra));
  const {client: api} = await client({kubeconfig: config});
  const error = String(await failure(api.get('/api')));
  expect(error).toContain('the proxy on the way to https://10.0.0.1 answers 407');
  expect(error).not.toContain('hush');
});
