import {spawn} from 'node:child_process';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {commands} from '../../src/commands/index.ts';
import {fileOf, folderOf} from '../support/run/files.ts';
import {runBuilt, runHere} from '../support/run/run.ts';

const program = join(import.meta.dirname, '../../bin/kubectl-psp');
const odd = 'a\u001b[31m\u009b\u202eb';
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {name: odd, namespace: 'x'},
  spec: {containers: [{name: odd, image: 'x', securityContext: {privileged: true}}]},
};
const policy = {
  apiVersion: 'policy/v1beta1',
  kind: 'PodSecurityPolicy',
  metadata: {name: `p${odd}`},
  spec: {},
};
const everything = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: {name: 'all'},
  rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}],
};
const binding = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: {name: odd},
  roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'all'},
  subjects: [{kind: 'ServiceAccount', name: 'default', namespace: 'x'}],
};
// Written by JSON, so that YAML's own rules about characters do not come first.
const file = fileOf([pod, policy, everything, binding], 'odd.json');

/** Characters that a terminal acts on or that change the order of what is seen. */
const dangerous = ['\u001b', '\u009b', '\u202e'];

describe('what a terminal sees', () => {
  test.for([
    ...['table', 'wide', 'json', 'name'].map(format => ['why', '-o', format]),
    ['why', odd],
    ['why', odd, '-o', 'wide'],
    ['why', `pod/${odd}x`],
    ...['yaml', 'json', 'table', 'name'].map(format => ['advise', '-o', format]),
    ['snapshot'],
    [],
  ])('%j is escaped', async args => {
    const source = args[0] === 'why' || args[0] === 'advise' ? '-f' : '--from';
    const {out, err} = await runBuilt([...args, source, file]);
    expect(`${out}${err}`.length).toBeGreaterThan(10);
    const safe = args[0] === 'snapshot' ? ['\u001b'] : dangerous;
    expect(safe.filter(character => `${out}${err}`.includes(character))).toEqual([]);
  });

  test('machine output still says the very name', async () => {
    const {out} = await runHere('why', '-f', file, '-o', 'json');
    expect(JSON.parse(out).items[0].name).toBe(odd);
  });
});

describe('kubectl’s habits', () => {
  test('-v tells what is asked, and no secret', async () => {
    const server = 'http://joe:hush@127.0.0.1:1';
    const flags = ['--kubeconfig', '/dev/null', '-s', server, '--token', 'geheim'];
    const quiet = await runBuilt(['who-can', ...flags]);
    expect(quiet.err.trimEnd().split('\n')).toHaveLength(1);
    const {code, err} = await runBuilt(['who-can', ...flags, '-v=9']);
    expect(code).toBe(3);
    expect(err).toMatch(/^GET http:\/\/127\.0\.0\.1:1\/\S+ ECONNREFUSED in \d+ ms$/m);
    expect(err).toContain('Authorization: (hidden)\n');
    expect(err).not.toMatch(/geheim|hush|joe/);
    expect(await runBuilt(['who-can', ...flags, '-v=much'])).toMatchObject({
      code: 2,
      err: 'error: -v: "much" is not a number\n',
    });
  });

  test('flags before the command', async () => {
    const plain = fileOf([{...pod, metadata: {name: 'p', namespace: 'x'}}]);
    const {out} = await runHere('-n', 'x', '--from', plain, 'advise', '-o', 'name');
    expect(out).toBe('podsecuritypolicy.policy/0-least.x.default\n');
    const other = await runHere('-n', 'y', '--from', plain, 'advise');
    expect(other).toEqual({code: 0, out: '', err: 'No resources found in y namespace.\n'});
  });

  test('a context names the namespace', async () => {
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'one',
      contexts: [
        {name: 'one', context: {cluster: 'c', user: 'u', namespace: 'of-one'}},
        {name: 'two', context: {cluster: 'c', user: 'u', namespace: 'of-two'}},
      ],
      clusters: [{name: 'c', cluster: {server: 'http://127.0.0.1:1'}}],
      users: [{name: 'u', user: {}}],
    };
    const kubeconfig = fileOf([config], 'config');
    const unplaced = fileOf([{...pod, metadata: {name: 'p'}}]);
    const named = async (...flags: readonly string[]) =>
      (await runHere('advise', '-o', 'name', '-f', unplaced, '--kubeconfig', kubeconfig, ...flags))
        .out;
    expect(await named()).toContain('0-least.of-one.default');
    expect(await named('--context', 'two')).toContain('0-least.of-two.default');
    const env = {KUBECONFIG: kubeconfig};
    const {out} = await runBuilt(['advise', '-o', 'name', '-f', unplaced], {env});
    expect(out).toContain('0-least.of-one.default');
  });

  test('a pipe that is closed early is no error', async () => {
    const many = Array.from({length: 4000}, (_, index) => ({
      ...pod,
      metadata: {name: `p${index}`, namespace: 'x'},
    }));
    const big = `${folderOf({'many.json': many.map(one => JSON.stringify(one)).join('\n')})}/many.json`;
    const line = `'${program}' advise --for workload -f '${big}' | head -n 1; exit "\${PIPESTATUS[0]}"`;
    const env = {PATH: process.env.PATH, HOME: '/dev/null', KUBECONFIG: '/dev/null'};
    const child = spawn('bash', ['-c', line], {env, stdio: ['ignore', 'pipe', 'pipe']});
    let [out, err] = ['', ''];
    child.stdout.on('data', data => {
      out += data;
    });
    child.stderr.on('data', data => {
      err += data;
    });
    const code = await new Promise(resolve => child.once('close', resolve));
    expect({code, err}).toEqual({code: 0, err: ''});
    expect(out).toBe('# Least privilege for x/p0\n');
  });

  test('every command has help with examples and exit codes', async () => {
    for (const name of ['', ...commands.map(command => command.name)]) {
      const {code, out, err} = await runHere(...(name === '' ? [] : [name]), '--help');
      expect({code, err}, name).toEqual({code: 0, err: ''});
      expect(out).toContain('Examples:');
      expect(out).toMatch(/\n {2}3 {3}a file or server can't be read/);
      const viaHelp = await runHere('help', ...(name === '' ? [] : [name]));
      expect(viaHelp.out).toBe(out);
    }
  });

  test('version, for people and scripts', async () => {
    expect((await runBuilt(['version'])).out).toMatch(
      /^kubectl-psp v\d+\.\d+\.\d+ \(commit .*\)\n$/,
    );
    const {out} = await runBuilt(['version', '-o', 'json']);
    expect(JSON.parse(out).version).toMatch(/^\d/);
  });
});
