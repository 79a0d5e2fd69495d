import {readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test} from 'vitest';
import {parseJson, printJson} from '../../src/kube/json.ts';
import {podObject} from '../support/builders/pods.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {folderOf} from '../support/run/files.ts';
import {objectOf} from '../support/run/output.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {changing, made, nextChart, pathOf, standing} from './rightsWorld.ts';
import {hasTmux, openTerminal} from './tmux.ts';

const program = join(import.meta.dirname, '../../bin/kubectl-psp');
const isReady = hasReference('etcd', 'kube-apiserver') && hasTmux();
const sizes: readonly (readonly [columns: number, rows: number])[] = [
  [80, 24],
  [120, 40],
];

/** A session in a terminal, which counts the keys that a job takes. */
interface Job {
  /** Presses keys by tmux's names for them. */
  press(...keys: readonly string[]): void;
  /** Types a text, a key a letter. */
  type(text: string): void;
  shows(text: string | RegExp): Promise<string>;
  keys(): number;
}

describe.runIf(isReady)('the jobs of an admin who has only the session', {timeout: 120_000}, () => {
  let server: ApiServer;
  const folder = folderOf({'next.yaml': nextChart});
  beforeAll(async () => {
    server = await startApiServer({users: [{token: 'dev-token', name: 'dev'}]});
    await server.createAll(standing);
  }, 120_000);
  afterAll(() => server?.stop());
  beforeEach(async () => {
    for (const object of [...changing, ...made]) await server.request('DELETE', pathOf(object));
    await server.createAll(changing);
    await expect.poll(() => admittedBy('shop', 'web')).toBe('web');
  });

  /** Opens the session and waits until it follows the cluster. */
  async function begin(size: (typeof sizes)[number], ...flags: readonly string[]): Promise<Job> {
    const [columns, rows] = size;
    const screen = openTerminal({cwd: folder, columns, rows});
    onTestFinished(() => screen.close());
    const given = flags.length > 0 ? flags : ['--kubeconfig', server.kubeconfig];
    screen.type([program, ...given].join(' '));
    await screen.shows(/live \d\d:/);
    let count = 0;
    const press = (...keys: readonly string[]) => {
      count += keys.length;
      screen.press(...keys);
    };
    return {
      press,
      type: text => press(...Array.from(text, letter => (letter === ' ' ? 'Space' : letter))),
      shows: text => screen.shows(text),
      keys: () => count,
    };
  }

  const status = async (path: string) => (await server.request('GET', path)).status;
  const statuses = (...paths: readonly string[]) => Promise.all(paths.map(status));

  /** The policy that lets a pod of the account in as its controller would make it, or the refusal. */
  async function admittedBy(namespace: string, account: string): Promise<string> {
    const pod = podObject(
      {generateName: 'x-', namespace},
      {serviceAccountName: account, automountServiceAccountToken: false},
    );
    const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All`;
    const {json} = await server.request('POST', path, pod, {
      as: 'system:serviceaccount:kube-system:replicaset-controller',
      asGroups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system'],
    });
    const {metadata, message} = objectOf(json ?? null);
    const annotations = metadata === undefined ? undefined : objectOf(metadata).annotations;
    return String(annotations ? objectOf(annotations)['kubernetes.io/psp'] : message);
  }

  test.each(sizes)('which binding lets a privileged pod in, at %ix%i', async (...size) => {
    const job = await begin(size);
    job.type(':deploy ops');
    job.press('Enter');
    await job.shows(/> Deployment .*node-agent .*privileged/);
    job.press('Enter');
    await job.shows('admitted by privileged');
    job.press('w');
    const shown = await job.shows('Who may use privileged');
    expect(shown).toMatch(/^> sa:ops\/agent +ops +node-agents +psp:privileged +1$/m);
    expect(job.keys()).toBe(14);
  });

  test.each(sizes)('who may use the privileged policy, at %ix%i', async (...size) => {
    const job = await begin(size);
    job.type(':who-can privileged');
    job.press('Enter');
    const shown = await job.shows('through which binding');
    expect(shown).toMatch(/^> sa:ops\/agent +ops +node-agents +psp:privileged +1$/m);
    expect(shown).toMatch(
      /^ {2}group:system:masters +\(cluster\) +cluster-admin +cluster-admin +0$/m,
    );
    job.press('Enter');
    await job.shows(/What sa:ops\/agent may use/);
    expect(await job.shows(/^> privileged /m)).toMatch(/^> privileged +privileged +ops +itself/m);
    expect(job.keys()).toBe(21);
  });

  test.each(sizes)("a chart's upgrade held against the cluster, at %ix%i", async (...size) => {
    const job = await begin(size);
    job.type(':try next.yaml');
    job.press('Enter');
    const shown = await job.shows('Try next.yaml');
    expect(shown).toContain('1 would be denied');
    expect(shown).toMatch(/^> shop +Deployment +front +web +denied +denied/m);
    job.press('Enter');
    await job.shows('sets hostNetwork: true; allowed: false');
    job.press('Escape');
    await job.shows('1 would be denied');
    expect(job.keys()).toBe(17);
    expect(await admittedBy('shop', 'web')).toBe('web');
  });

  test.each(sizes)('the findings, and one of them fixed, at %ix%i', async (...size) => {
    const forgotten = '/apis/rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings/forgotten';
    const job = await begin(size);
    job.type(':findings');
    job.press('Enter');
    await job.shows(/RoleBinding shop\/forgotten +refers to Role\/shop\/long-gone/);
    job.type('/forgotten');
    job.press('Enter', 'Enter');
    await job.shows('f: delete RoleBinding/forgotten, after a look at what that does');
    job.press('f');
    await job.shows('Delete RoleBinding forgotten? y/n');
    expect(await status(forgotten)).toBe(200);
    job.press('y');
    await job.shows('deleted RoleBinding shop/forgotten');
    expect(await status(forgotten)).toBe(404);
    job.press('Escape', 'Escape');
    await job.shows('No row has what the filter says.');
    expect(job.keys()).toBe(26);
  });

  test.each(sizes)('a snapshot saved, at %ix%i', async (...size) => {
    const job = await begin(size);
    const file = `at-${size[0]}.json`;
    job.type(`:snapshot ${file}`);
    job.press('Enter');
    await job.shows(`Wrote ${file}`);
    const path = join(folder, file);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const {kind, pods, workloads} = objectOf(parseJson(readFileSync(path, 'utf8')));
    expect(kind).toBe('Snapshot');
    expect(pods).toEqual([]);
    expect(workloads).toHaveLength(2);
    expect(job.keys()).toBe(file.length + 11);
  });

  test.each(sizes)('an unused policy removed, and taken back as one, at %ix%i', async (...size) => {
    const gone = changing.filter(({metadata}) =>
      ['z-legacy', 'psp:legacy', 'psp-legacy'].includes(String(objectOf(metadata ?? null).name)),
    );
    const paths = gone.map(pathOf);
    const job = await begin(size);
    job.type(':psp');
    job.press('Enter', 'G');
    await job.shows(/^> z-legacy .* shadowed/m);
    job.press('D');
    expect(await job.shows('Delete z-legacy? y/n')).toContain('2 stay as they are');
    job.press('y');
    await job.shows('deleted PodSecurityPolicy z-legacy');
    expect(await statuses(...paths)).toEqual([404, 404, 404]);
    job.press('Escape');
    await job.shows(/^> web-v2 /m);
    job.press('u');
    expect(await job.shows('Type z-legacy to apply:')).toMatch(
      /is opened to:[\s┃│]+ServiceAccount/,
    );
    job.type('z-legacy');
    job.press('Enter');
    await job.shows(/created .*psp:legacy/);
    expect(await statuses(...paths)).toEqual([200, 200, 200]);
    expect(job.keys()).toBe(19);
  });

  test.each(sizes)('a policy replaced without a moment of denial, at %ix%i', async (...size) => {
    const job = await begin(size);
    const seen: string[] = [];
    const watching = {isOver: false};
    const watch = async () => {
      while (!watching.isOver) seen.push(await admittedBy('shop', 'web'));
    };
    const watched = watch();
    job.type(':who-can web-v2');
    job.press('Enter', 'b');
    job.type('like:web');
    job.press('Enter');
    await job.shows('Let all who may use web use web-v2? y/n');
    job.press('y');
    await job.shows('created RoleBinding shop/psp:web-v2');
    // The server reads RBAC a moment after it has changed.
    await expect.poll(() => admittedBy('shop', 'web')).toBe('web');
    job.type(':psp');
    job.press('Enter');
    await job.shows(/^ {2}web-v2 /m);
    job.type('/web');
    job.press('Enter', 'D');
    expect(await job.shows('Delete web? y/n')).toContain('1 moves to another policy');
    job.press('y');
    await job.shows('deleted PodSecurityPolicy web');
    await expect.poll(() => admittedBy('shop', 'web')).toBe('web-v2');
    watching.isOver = true;
    await watched;
    expect(new Set(seen)).toEqual(new Set(['web', 'web-v2']));
    expect(job.keys()).toBe(39);
  });

  test.each(sizes)('with rights in one namespace, at %ix%i', async (...size) => {
    const config = objectOf(parseJson(readFileSync(server.kubeconfig, 'utf8')));
    const name = 'reference';
    const mine = {
      ...config,
      users: [{name, user: {token: 'dev-token'}}],
      contexts: [{name, context: {cluster: name, user: name, namespace: 'shop'}}],
    };
    const file = join(folder, 'mine.yaml');
    writeFileSync(file, printJson(mine));
    const job = await begin(size, '--kubeconfig', file);
    const opened = await job.shows('You may list pods in shop alone');
    expect(opened).toMatch(/^> web +1 +/m);
    job.press('w');
    expect(await job.shows('Not all grants could be read')).toContain('What sa:shop/web may use');
    job.press('Escape');
    job.type(':psp web');
    job.press('Enter');
    await job.shows('Nothing is edited yet');
    job.press('Right');
    await job.shows(/So far: no pod that was read is affected, unknown (for what runs )?in /);
    expect(job.keys()).toBe(12);
  });
});
