import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {readdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {JsonObject} from '../../src/kube/json.ts';
import {hasTmux, openTerminal} from '../journeys/tmux.ts';
import {about, isLate, isSilent, lists, refuses, type Which} from '../support/faults/faults.ts';
import {clusterObjects} from '../support/faults/objects.ts';
import {
  type Exchange,
  type Fault,
  type FaultProxy,
  isCollection,
  openFaultProxy,
} from '../support/faults/proxy.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {folderOf} from '../support/run/files.ts';
import {objectOf} from '../support/run/output.ts';
import {builtProgram as program, runBuilt} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';

const policies = '/apis/policy/v1beta1/podsecuritypolicies';
const rbac = 'rbac.authorization.k8s.io';
const advised = [
  `${policies}/0-least.shop.app`,
  `/apis/${rbac}/v1/namespaces/shop/roles/psp:0-least.shop.app`,
  `/apis/${rbac}/v1/namespaces/shop/rolebindings/psp:0-least.shop.app`,
];

/** What an apply asks: the objects that it is about, one by one, and the changes. */
const ofApply: Which = ({method, path}) =>
  !path.startsWith('/apis/authorization.k8s.io/') &&
  (method !== 'GET' || (!isCollection(path) && path !== '/version'));

describe.runIf(hasReference('etcd', 'kube-apiserver')).concurrent('the program', () => {
  let server: ApiServer;
  const compiled = folderOf();
  beforeAll(async () => {
    server = await startApiServer({admissionPlugins: []});
    await server.createAll(clusterObjects);
  });
  afterAll(() => server?.stop());

  async function stored(path: string): Promise<JsonObject | undefined> {
    const {status, json} = await server.request('GET', path);
    return status === 404 ? undefined : objectOf(json);
  }

  const isLoosened = async () =>
    objectOf((await stored(`${policies}/tight`))?.spec).hostPID === true;
  const standing = async () =>
    Promise.all(advised.map(async path => (await stored(path)) !== undefined));

  /** Runs one apply in a process of its own. */
  async function applyAside(what: 'policy' | 'advice', folder: string, fault: AsideFault) {
    let child: ChildProcess | undefined;
    const proxy = await openFaultProxy(server, {
      strikes: ofApply,
      act: exchange => fault(exchange, () => child?.kill('SIGKILL')),
    });
    const script = join(import.meta.dirname, '../support/server/applyOnce.ts');
    const args = [script, server.kubeconfig, proxy.url, folder, what];
    const running = spawn(process.execPath, args, {
      env: {...process.env, NODE_COMPILE_CACHE: compiled},
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = running;
    const [out, err, [code, signal]] = await Promise.all([
      text(running.stdout),
      text(running.stderr),
      once(running, 'exit'),
    ]);
    const requests = proxy.strikes();
    proxy.close();
    return {out, err, code, signal, requests};
  }

  type AsideFault = (exchange: Exchange, kill: () => void) => Promise<void> | void;
  const none: AsideFault = ({pass}) => pass();

  /** Kills the process at its request number `nth`, before or after the server has got it. */
  function killing(nth: number, when: 'before' | 'after'): AsideFault {
    return async ({count, ask, pass}, kill) => {
      if (count + 1 < nth) return pass();
      if (count + 1 === nth && when === 'after') await ask();
      return kill();
    };
  }

  test('an apply of a policy, killed at any request: old or new, and the old one is in a file', async () => {
    for (const [nth, when] of [
      [1, 'after'],
      [2, 'before'],
      [2, 'after'],
    ] as const) {
      const where = `${when} ${nth}`;
      await server.request('PATCH', `${policies}/tight`, {spec: {hostPID: null}}, merge);
      const folder = folderOf();
      const killed = await applyAside('policy', folder, killing(nth, when));
      expect(killed, `${where}: ${killed.err}`).toMatchObject({signal: 'SIGKILL', out: ''});
      expect(await isLoosened(), where).toBe(nth === 2 && when === 'after');
      const files = readdirSync(folder);
      expect(files, where).toHaveLength(nth === 2 ? 1 : 0);
      for (const file of files) expectOldPolicy(join(folder, file));
    }
    await server.request('PATCH', `${policies}/tight`, {spec: {hostPID: null}}, merge);
    const again = await applyAside('policy', folderOf(), none);
    expect(again).toMatchObject({code: 0, err: '', requests: 2});
    expect(JSON.parse(again.out)).toMatchObject({ok: true});
    expect(await isLoosened()).toBe(true);
  });

  function expectOldPolicy(path: string): void {
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const backup = readFileSync(path, 'utf8');
    expect(backup).toMatch(/^kind: PodSecurityPolicy$/m);
    expect(backup).toMatch(/^ {2}name: tight$/m);
    expect(backup).not.toContain('hostPID');
  }

  test('an apply of a policy and its grant, killed at any request: what is there is whole', async () => {
    // Whether policies are served there, and what is there of each object.
    const reads = 1 + advised.length;
    for (const [made, when] of [
      [0, 'before'],
      [1, 'after'],
      [1, 'before'],
      [3, 'after'],
    ] as const) {
      const nth = reads + made + (when === 'before' ? 1 : 0);
      const where = `${when} ${nth}`;
      await Promise.all(advised.map(path => server.request('DELETE', path)));
      const killed = await applyAside('advice', folderOf(), killing(nth, when));
      expect(killed.signal, `${where}: ${killed.err}`).toBe('SIGKILL');
      expect(await standing(), where).toEqual(advised.map((_, index) => index < made));
    }
    await server.request('DELETE', advised[1] ?? '');
    const again = await applyAside('advice', folderOf(), none);
    expect(await standing()).toEqual([true, true, true]);
    expect(again).toMatchObject({code: 0, err: '', requests: reads + 1});
  });

  test('Ctrl-C ends a list that never comes', async () => {
    // For a list that never comes the program waits a minute: longer than there is time for here.
    const proxy = await openFaultProxy(server, isSilent({which: lists}));
    const running = spawn(program, ['advise', '-A', ...flagsTo(proxy)], {stdio: 'pipe'});
    await expect.poll(proxy.strikes).toBeGreaterThan(2);
    running.kill('SIGINT');
    const [out, err, [code]] = await Promise.all([
      text(running.stdout),
      text(running.stderr),
      once(running, 'exit'),
    ]);
    proxy.close();
    expect({code, out, err}).toEqual({code: 130, out: '', err: ''});
  }, 50_000);

  test.for<[string, Fault]>([
    ['says nothing', isSilent({which: about('pods')})],
    [
      'asks for patience',
      refuses(429, 'TooManyRequests', 'later', {
        which: about('pods'),
        headers: {'Retry-After': '30'},
      }),
    ],
  ])(
    'a failure does not wait for a list that %s',
    {timeout: 50_000}, // the other list would take a minute or more
    async ([, slow]) => {
      const failing = refuses(409, 'Conflict', 'made up', {which: about('serviceaccounts')});
      const isWaiting = Promise.withResolvers<void>();
      const proxy = await openFaultProxy(server, {
        strikes: request => slow.strikes(request) || failing.strikes(request),
        async act(exchange) {
          if (slow.strikes(exchange.request)) {
            isWaiting.resolve();
            return slow.act(exchange);
          }
          await isWaiting.promise;
          return failing.act(exchange);
        },
      });
      const ran = await runBuilt(['why', '-A', ...flagsTo(proxy)]);
      proxy.close();
      expect(ran).toMatchObject({code: 4, out: '', err: expect.stringContaining('made up')});
    },
  );

  test.runIf(hasTmux())(
    'a slow list in a terminal: how far it is, and no trace of that',
    async () => {
      const slow = isLate(700, {which: request => lists(request) && about('pods')(request)});
      const proxy = await openFaultProxy(server, slow, {pageSize: 2});
      const screen = openTerminal({cwd: folderOf()});
      try {
        screen.type(`${program} advise -A -o name ${flagsTo(proxy).join(' ')}`);
        await screen.shows(/^reading pods: [24] of about 6 \.\.\.$/m);
        const after = await screen.shows(/0-least\.shop\.app\n/);
        expect(after).not.toContain('reading');
        screen.type('clear');
        await screen.shows(/^.*[$#] *\n+$/);
        screen.type(`${program} advise -A -o name ${flagsTo(proxy).join(' ')} 2> told; cat told`);
        expect(await screen.shows(/0-least\.shop\.app\n/)).not.toContain('reading');
        screen.type('clear');
        await screen.shows(/^.*[$#] *\n+$/);
        proxy.set(isLate(20_000, {which: lists}));
        screen.type(`${program} advise -A ${flagsTo(proxy).join(' ')}`);
        await screen.shows(/^reading .*and \d+ more \.\.\.$/m);
        screen.press('C-c');
        await screen.shows('^C');
        screen.type('echo "code $?"');
        expect(await screen.shows('code 130')).not.toContain('reading');
      } finally {
        screen.close();
        proxy.close();
      }
    },
  );

  const flagsTo = ({url}: FaultProxy) => ['--kubeconfig', server.kubeconfig, '--server', url];
});

const merge = {contentType: 'application/merge-patch+json'};
