import {mkdirSync, writeFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {expect, test} from 'vitest';
import type {ConnectionFlags} from '../../src/commands/flags.ts';
import {type ConnectionTarget, resolveTarget} from '../../src/world/kubeconfig.ts';
import {failure, file, folder, kubeconfig} from './fakeApiServer.ts';

const nowhere = '/nonexistent';
const home = folder();

function target(flags: ConnectionFlags, env: NodeJS.ProcessEnv = {}): ConnectionTarget {
  return resolveTarget(flags, {HOME: home, ...env}, nowhere);
}

async function line(flags: ConnectionFlags, env?: NodeJS.ProcessEnv): Promise<string> {
  const error = await failure((async () => target(flags, env))());
  expect(error).toMatchObject({name: 'UserError', exitCode: 3});
  const {message} = error as Error;
  expect(message).not.toContain('\n');
  return message;
}

test('the current context, its namespace, cluster and user', () => {
  const config = file('c', kubeconfig('dev', 'https://10.0.0.1:6443/', '{token: hush}'));
  expect(target({kubeconfig: config})).toMatchObject({
    context: 'dev',
    namespace: 'dev-space',
    cluster: {name: 'dev', server: 'https://10.0.0.1:6443', skipTLSVerify: false},
    user: {name: 'dev', token: 'hush'},
  });
});

test('CRLF, a byte order mark and JSON', () => {
  const text = kubeconfig('dev', 'https://a');
  const crlf = file('c', `\uFEFF${text.replaceAll('\n', '\r\n')}`);
  expect(target({kubeconfig: crlf})).toMatchObject({context: 'dev', namespace: 'dev-space'});
  const json = file('c', JSON.stringify({clusters: [{name: 'j', cluster: {server: 'https://j'}}]}));
  expect(target({kubeconfig: json, cluster: 'j'}).cluster.server).toBe('https://j');
});

test('several files: the first that says something wins, missing ones are skipped', () => {
  const one = file('1', kubeconfig('both', 'https://first').replace('current-context: both', ''));
  const two = file('2', kubeconfig('two', 'https://second'));
  const three = file('3', kubeconfig('both', 'https://third', '{token: third}'));
  const KUBECONFIG = [one, nowhere, '', two, three].join(delimiter);
  expect(target({}, {KUBECONFIG})).toMatchObject({context: 'two'});
  const both = target({context: 'both'}, {KUBECONFIG});
  expect(both.cluster.server).toBe('https://first');
  expect(both.user.token).toBeUndefined();
});

test('~/.kube/config, also for --kubeconfig with nothing in it', () => {
  const HOME = folder();
  mkdirSync(join(HOME, '.kube'));
  writeFileSync(join(HOME, '.kube', 'config'), kubeconfig('home', 'https://a'));
  expect(target({kubeconfig: ''}, {HOME}).context).toBe('home');
});

test('flags replace what the kubeconfig says', () => {
  const extra = ', certificate-authority-data: QQ==, tls-server-name: other';
  const config = file('c', kubeconfig('dev', 'https://a', '{exec: {command: x}}', extra));
  expect(target({kubeconfig: config})).toMatchObject({
    cluster: {caData: 'QQ==', tlsServerName: 'other'},
    exec: {fields: {command: 'x'}},
  });
  const flags = {kubeconfig: config, server: 'https://b', insecureSkipTlsVerify: true, token: 't'};
  const changed = target(flags);
  expect(changed.cluster).toEqual({name: 'dev', server: 'https://b', skipTLSVerify: true});
  expect(changed.user).toEqual({name: 'dev', token: 't'});
  expect(changed.exec).toBeUndefined();
});

test('paths are relative to the kubeconfig, and data goes before files', () => {
  const user =
    '{client-certificate: c.pem, client-key: k.pem, client-key-data: Sw==, tokenFile: t}';
  const config = file('c', kubeconfig('dev', 'https://a', user, ', certificate-authority: ca.pem'));
  const at = join(config, '..');
  const found = target({kubeconfig: config});
  expect(found.cluster.caFile).toBe(join(at, 'ca.pem'));
  expect(found.tokenFile).toBe(join(at, 't'));
  expect(found.user).toEqual({name: 'dev', certFile: join(at, 'c.pem'), keyData: 'Sw=='});
});

test('impersonation from the kubeconfig', () => {
  const user = '{as: jane, as-groups: [a, b], as-uid: "7", as-user-extra: {scopes: [x]}}';
  const config = file('c', kubeconfig('dev', 'https://a', user));
  const expected = {user: 'jane', groups: ['a', 'b'], uid: '7', extra: {scopes: ['x']}};
  expect(target({kubeconfig: config}).impersonation).toEqual(expected);
  expect(target({kubeconfig: config, as: 'joe'}).impersonation?.user).toBe('joe');
});

test('in a pod without a kubeconfig: its service account', () => {
  const pod = folder();
  writeFileSync(join(pod, 'token'), 'hush\n');
  writeFileSync(join(pod, 'namespace'), 'here');
  const env = {HOME: home, KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443'};
  expect(resolveTarget({}, env, pod)).toMatchObject({
    namespace: 'here',
    cluster: {server: 'https://[fd00::1]', caFile: join(pod, 'ca.crt')},
    tokenFile: join(pod, 'token'),
  });
});

test('--server alone needs no kubeconfig', () => {
  expect(target({server: 'localhost:8080'})).toMatchObject({
    context: '',
    namespace: 'default',
    cluster: {server: 'http://localhost:8080'},
  });
});

test('no kubeconfig at all', async () => {
  const advice = 'set KUBECONFIG or pass --kubeconfig FILE (or use --from FILE or --demo)';
  expect(await line({})).toBe(`no kubeconfig found: ${advice}`);
  expect(await line({}, {KUBECONFIG: '/a/b'})).toContain('(/a/b)');
  expect(await line({kubeconfig: '/a/b'})).toBe('kubeconfig /a/b: there is no such file');
  expect(await line({kubeconfig: home})).toBe(`kubeconfig ${home}: it is a folder`);
});

test('names that do not exist', async () => {
  const config = file('c', kubeconfig('staging', 'https://a'));
  const asked = {kubeconfig: config};
  const hint = 'in the kubeconfig: did you mean "staging"?';
  expect(await line({...asked, context: 'stagin'})).toBe(`no context "stagin" ${hint}`);
  expect(await line({...asked, cluster: 'STAG'})).toBe(`no cluster "STAG" ${hint}`);
  expect(await line({...asked, user: 'admin'})).toBe(
    'no user "admin" in the kubeconfig: there are "staging"',
  );
  const lost = file('c', kubeconfig('a', 'https://a').replace('current-context: a', ''));
  expect(await line({kubeconfig: lost})).toContain('pass --context NAME (there are "a")');
});

test('files that are not a kubeconfig, without quoting them', async () => {
  const bad = file('c', 'users:\n- name: x\n  user: {token: hush\n');
  expect(await line({kubeconfig: bad})).toMatch(/c:\d+: not YAML: /);
  expect(await line({kubeconfig: bad})).not.toContain('hush');
  const number = file('c', kubeconfig('a', 'https://a', '{token: 12345678}'));
  expect(await line({kubeconfig: number})).toContain('token is not a string');
  expect(await line({kubeconfig: number})).not.toContain('12345678');
  const twice = file('c', 'clusters: [{name: a, cluster: {}}, {name: a, cluster: {}}]');
  expect(await line({kubeconfig: twice})).toContain('clusters has "a" twice');
  expect(await line({kubeconfig: file('c', '[1]')})).toContain('not a kubeconfig');
});

const proxied = [
  ['https://api.example.com', {HTTPS_PROXY: 'proxy:3128'}, 'http://proxy:3128/'],
  ['https://api.example.com', {https_proxy: 'socks5://proxy:1080'}, 'socks5://proxy:1080'],
  ['http://api.example.com', {HTTPS_PROXY: 'http://proxy'}, undefined],
  ['https://127.0.0.1:6443', {HTTPS_PROXY: 'http://proxy'}, undefined],
  ['https://api.example.com', {HTTPS_PROXY: 'http://p', NO_PROXY: 'x, example.com'}, undefined],
  ['https://example.com', {HTTPS_PROXY: 'http://p', NO_PROXY: '.example.com'}, 'http://p/'],
  ['https://10.1.2.3:6443', {HTTPS_PROXY: 'http://p', NO_PROXY: '10.0.0.0/8'}, undefined],
  ['https://11.1.2.3:6443', {HTTPS_PROXY: 'http://p', NO_PROXY: '10.0.0.0/8'}, 'http://p/'],
  [
    'https://api.example.com:6443',
    {HTTPS_PROXY: 'http://p', NO_PROXY: 'example.com:443'},
    'http://p/',
  ],
  ['https://api.example.com', {HTTPS_PROXY: 'http://p', NO_PROXY: '*'}, undefined],
] as const;

test.for(proxied)('the proxy for %s with %j', ([server, env, expected]) => {
  expect(target({server}, env).cluster.proxyUrl).toBe(expected);
});

test('proxy-url goes before the environment', () => {
  const config = file('c', kubeconfig('dev', 'https://a.b', '{}', ', proxy-url: "http://own:1"'));
  const found = target({kubeconfig: config}, {HTTPS_PROXY: 'http://p'});
  expect(found.cluster.proxyUrl).toBe('http://own:1/');
});
