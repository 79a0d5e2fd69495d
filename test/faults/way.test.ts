import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {createServer as createPlainServer} from 'node:http';
import {type AddressInfo, createServer, type Server, type Socket} from 'node:net';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {completion, mainRows, rows, runAgainst, tooLongMs} from '../support/faults/commands.ts';
import {breaks, isSilent, lists, refuses} from '../support/faults/faults.ts';
import {renewingLogin} from '../support/faults/login.ts';
import {clusterObjects} from '../support/faults/objects.ts';
import {type Fault, openFaultProxy} from '../support/faults/proxy.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {folderOf} from '../support/run/files.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';

const tokens = ['first-token', 'second-token'] as const;
const users = tokens.map(token => ({token, name: token, groups: ['system:masters']}));
const short = '--request-timeout=1s';

describe.runIf(hasReference('etcd', 'kube-apiserver'))('on the way to the server', () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await startApiServer({admissionPlugins: [], users});
    await server.createAll(clusterObjects);
  });
  afterAll(() => server?.stop());

  /** Every command fails with one line that says this, in time; a completion has no names. */
  async function expectFailures(says: RegExp, connection: readonly string[]): Promise<void> {
    const flags = ['--kubeconfig', server.kubeconfig, ...connection];
    const ran = [...rows, completion].map(async row => ({row, ...(await runAgainst(row, flags))}));
    for (const {row, code, out, err, ms} of await Promise.all(ran)) {
      expect(ms, row.name).toBeLessThan(tooLongMs);
      if (row === completion) expect({code, err}).toEqual({code: 0, err: ''});
      else expect({code, out, err}).toEqual({code: 3, out: '', err: expect.stringMatching(says)});
      expect(err.trim().split('\n')).toHaveLength(1);
    }
  }

  test('a certificate that nobody vouches for', async () => {
    const proxy = await openFaultProxy(server, undefined, {identity: selfSigned()});
    onTestFinished(() => proxy.close());
    await expectFailures(/signed by an unknown authority: give the right/, ['-s', proxy.url]);
    expect(proxy.seen).toEqual([]);
  });

  test('a certificate for another name', () =>
    expectFailures(/is for another name/, ['--tls-server-name', 'other.example']));

  test('HTTP where HTTPS is expected', async () => {
    const port = await listening(createPlainServer((_, response) => void response.end('hello')));
    await expectFailures(/does not speak TLS/, ['-s', `https://127.0.0.1:${port}`]);
  });

  test('HTTPS where HTTP is expected', () =>
    expectFailures(/HTTP request to an HTTPS server/, ['-s', server.url.replace('https', 'http')]));

  test('a port that nobody listens on', async () => {
    const gone = createServer();
    const port = await listening(gone);
    gone.close();
    await expectFailures(/refuses connections/, ['-s', `https://127.0.0.1:${port}`]);
  });

  test('a port that takes connections and says nothing', async () => {
    const port = await listening(createServer());
    await expectFailures(/within the 1 s/, ['-s', `https://127.0.0.1:${port}`, short]);
  });

  test('a port that closes every connection', async () => {
    const port = await listening(createServer(socket => void socket.destroy()));
    await expectFailures(/closed the connection/, ['-s', `https://127.0.0.1:${port}`]);
  });

  test('a login that expires in the middle is renewed by its plugin', async () => {
    for (const row of mainRows) {
      let good = 3;
      const isOld: Fault['strikes'] = ({headers}) =>
        headers.authorization === `Bearer ${tokens[0]}` && good-- <= 0;
      const expired = refuses(401, 'Unauthorized', 'expired');
      const proxy = await openFaultProxy(server, {...expired, strikes: isOld});
      onTestFinished(() => proxy.close());
      const login = renewingLogin(server, proxy.url, tokens);
      const {code, err} = await runAgainst(row, ['--kubeconfig', login.kubeconfig]);
      expect(code, err).toBe(0);
      expect(proxy.strikes()).toBeGreaterThan(0);
      expect(login.runs()).toBe(2);
    }
  });

  test('a login that stays expired ends in one line, after one more try', async () => {
    const proxy = await openFaultProxy(server, refuses(401, 'Unauthorized', 'expired'));
    onTestFinished(() => proxy.close());
    const login = renewingLogin(server, proxy.url, tokens);
    const flags = ['--kubeconfig', login.kubeconfig];
    const [row = completion] = rows;
    const {code, out, err} = await runAgainst(row, flags);
    expect({code, out}).toEqual({code: 3, out: ''});
    expect(err).toMatch(/^error: .*log in again.*\n$/);
    expect(login.runs()).toBeLessThan(4);
  });

  test('a server that dies in the middle of a list and starts again', async () => {
    const right = await Promise.all(mainRows.map(row => runAgainst(row, whole())));
    let deaths = 0;
    const proxy = await openFaultProxy(server, {
      strikes: request => lists(request) && request.index > 3,
      async act({socket}) {
        deaths += 1;
        // A request that comes late must not kill the server that is started again.
        if (deaths === 1) await server.kill();
        socket.destroy();
      },
    });
    onTestFinished(() => proxy.close());
    const failed = await Promise.all(
      mainRows.map(row => runAgainst(row, [...whole(), '-s', proxy.url])),
    );
    expect(deaths).toBeGreaterThan(0);
    for (const {code, out, err} of failed) {
      expect({code, out}, err).toEqual({code: 3, out: ''});
      expect(err).toMatch(/^error: .*\n$/);
    }
    let isOver = false;
    const restarted = server.restart().finally(() => {
      isOver = true;
    });
    let isBack = false;
    while (!isBack) {
      const last = isOver; // once it is ready, the next round has to be right
      const results = await Promise.all(mainRows.map(row => runAgainst(row, whole())));
      for (const [index, {code, out, err}] of results.entries()) {
        if (code === 0 && err === right[index]?.err) expect(out).toBe(right[index]?.out);
        else if (code === 0) expect(err).toMatch(/^incomplete: /m);
        else expect({code: [3, 4].includes(code), out}, err).toEqual({code: true, out: ''});
      }
      isBack = results.every(({code, err}, index) => code === 0 && err === right[index]?.err);
      if (last && !isBack) await restarted.then(() => expect(results).toEqual(right));
    }
    await restarted;
  });

  test('an interruption ends all that is under way, at once', async () => {
    for (const fault of [isSilent(), breaks()]) {
      const proxy = await openFaultProxy(server, fault);
      onTestFinished(() => proxy.close());
      const controller = new AbortController();
      const reason = new Error('interrupted');
      const ran = rows.map(row =>
        runAgainst(row, [...whole(), '-s', proxy.url], controller.signal),
      );
      await expect.poll(proxy.strikes).toBeGreaterThanOrEqual(rows.length);
      controller.abort(reason);
      // The client waits a minute for a silent server: longer than there is time for here.
      for (const {out} of await Promise.all(ran)) expect(out).toBe('');
    }
  }, 50_000);

  const whole = (): readonly string[] => ['--kubeconfig', server.kubeconfig];
});

/** The port of a server that ends with the test. */
async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', socket => void sockets.add(socket));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

/** A certificate for this machine that no authority has signed. */
function selfSigned(): {readonly cert: string; readonly key: string} {
  const cwd = folderOf();
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const names = ['-subj', '/CN=other', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const args = ['req', '-x509', ...newKey, '-keyout', 'key.pem', '-out', 'cert.pem', ...names];
  execFileSync('openssl', args, {cwd, stdio: 'ignore'});
  const read = (name: string) => readFileSync(join(cwd, name), 'utf8');
  return {cert: read('cert.pem'), key: read('key.pem')};
}
