import {join} from 'node:path';
import {describe, expect, test, vi} from 'vitest';
import {argumentsUsage} from '../../src/commands/command.ts';
import {understand} from '../../src/commands/completion/line.ts';
import {flagName} from '../../src/commands/flags.ts';
import {commands, rootCommand} from '../../src/commands/index.ts';
import {fileOf, folderOf} from '../support/run/files.ts';
import {runBuilt, runHere} from '../support/run/run.ts';
import {json, serve, status} from '../world/fakeApiServer.ts';

/** The values offered for the last of these words, and the directive; however long it takes. */
async function offered(...words: readonly string[]): Promise<readonly [string, ...string[]]> {
  vi.useFakeTimers({toFake: ['setTimeout']});
  try {
    return await offeredInTime(...words);
  } finally {
    vi.useRealTimers();
  }
}

/** The same, as far as it is known when the time for it is over. */
async function offeredInTime(...words: readonly string[]): Promise<readonly [string, ...string[]]> {
  const {code, out, err} = await runHere('__complete', ...words);
  expect([code, err]).toEqual([0, '']);
  const lines = out.trimEnd().split('\n');
  return [lines.at(-1) ?? '', ...lines.slice(0, -1).map(line => line.split('\t')[0] ?? '')];
}

describe('names', () => {
  test('of commands, with what they do', async () => {
    const {out} = await runHere('__complete', '');
    const lines = commands.map(({name, summary}) => `${name}\t${summary}\n`);
    expect(out).toBe(`${lines.join('')}help\tShow help for a command\n:4\n`);
    expect(await offered('w')).toEqual([':4', 'who-can', 'why']);
    expect(await offered('help', 'wh')).toEqual([':4', 'who-can', 'why']);
    expect(await offered('--demo', '-n', 'shop', 'sn')).toEqual([':4', 'snapshot']);
  });

  test('of flags, with what they do, as long as they may still be given', async () => {
    const {out} = await runHere('__complete', 'why', '--all-');
    expect(out).toBe('--all-namespaces\tlook at all namespaces\n:4\n');
    expect(await offered('why', '-A', '--all-')).toEqual([':4']);
    expect(await offered('why', '-f', 'x', '--filen')).toEqual([':4', '--filename']);
    expect(await offered('--fail')).toEqual([':4']);
    for (const {name, flags} of [rootCommand, ...commands]) {
      const shown = Object.entries(flags).filter(([, {hidden}]) => !hidden);
      const names = shown.map(([key]) => `--${flagName(key)}`);
      const [, ...values] = await offered(...[name].filter(Boolean), '--');
      expect(values).toEqual([...names, '--help']);
    }
  });

  test('of nothing where the command is unknown, or flags are over', async () => {
    expect(await offered('frobnicate', '')).toEqual([':4']);
    expect(await offered('help', 'why', '')).toEqual([':4']);
    expect(await offered('why', '--demo', '--', '--al')).toEqual([':4']);
    expect(await offered('version', '')).toEqual([':4']);
  });
});

describe('values', () => {
  test('of flags with choices, however they are written', async () => {
    const formats = [':4', 'table', 'wide', 'name', 'json', 'yaml'];
    expect(await offered('why', '-o', '')).toEqual(formats);
    expect(await offered('why', '--output', '')).toEqual(formats);
    expect(await offered('why', '--output=')).toEqual(formats);
    expect(await offered('why', '-o=')).toEqual(formats);
    expect(await offered('advise', '--for', 'n')).toEqual([':4', 'namespace']);
    expect(await offered('completion', 'z')).toEqual([':4', 'zsh']);
  });

  test('of a flag that may stand alone, and of what comes after it', async () => {
    expect(await offered('advise', '--harden', '')).toEqual([':4', 'restricted', 'baseline']);
    expect(await offered('advise', '--harden', '--sel')).toEqual([':4', '--selector']);
    expect(await offered('advise', '--harden', '-o', 'ku')).toEqual([':4', 'kustomize']);
  });

  test('of files: the shell finds them', async () => {
    for (const words of [['snapshot'], ['why', '-f'], ['why', '--from'], ['--kubeconfig']]) {
      expect(await offered(...words, '')).toEqual([':0']);
    }
    expect(await offered('why', '--from=')).toEqual([':0']);
  });

  test('of the demo', async () => {
    expect(await offered('--demo', '-n', 'kube-')).toEqual([
      ':4',
      'kube-node-lease',
      'kube-public',
      'kube-system',
    ]);
    expect(await offered('who-can', '--demo', 'lo')).toEqual([':4', 'log-shipper']);
    expect(await offered('who-can', '--demo', 'use', 're')).toEqual([':4', 'restricted']);
    expect(await offered('who-can', '--demo', 'u')).toEqual([':4', 'use']);
    expect(await offered('who-can', '--demo', 'use', 'web', '')).toEqual([':4']);
    expect(await offered('why', '--demo', '-n', 'shop', 'deploy/c')).toEqual([
      ':4',
      'deploy/cart',
      'deploy/catalog',
      'deploy/checkout',
    ]);
    expect(await offered('why', '--demo', '-A', 'statefulsets/')).toContain(
      'statefulsets/orders-db',
    );
    const [, ...pods] = await offered('why', '--demo', '-n', 'shop', 'one', 'storefront');
    expect(pods.length).toBeGreaterThan(0);
    for (const pod of pods) expect(pod).toMatch(/^storefront-\w+-\w+$/);
  });

  test('of subjects, one part after the other', async () => {
    expect(await offered('who-can', '--demo', '--subject', '')).toEqual([
      ':6',
      'sa:',
      'user:',
      'group:',
    ]);
    expect(await offered('who-can', '--demo', '--subject', 'sa:s')).toEqual([':6', 'sa:shop/']);
    expect(await offered('who-can', '--demo', '--subject=sa:shop/c')).toEqual([
      ':4',
      'sa:shop/catalog',
      'sa:shop/checkout',
    ]);
    expect(await offered('who-can', '--demo', '--subject', 'user:')).toEqual([':6', 'user:']);
  });

  test('of a file; names that a shell would take apart are left out', async () => {
    const pod = (name: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\n`;
    const file = fileOf([pod('web'), pod('"two\\nlines"'), pod('"\\e[1m"')].join('---\n'));
    expect(await offered('why', '--from', file, '')).toContain('web');
    const out = (await offered('why', '--from', file, '')).join('\n');
    expect(out).not.toContain('two');
    expect(out).not.toContain('\u001b');
    expect(await offered('why', '--from', `${file}.gone`, 'w')).toEqual([':4']);
  });

  test('of the kubeconfig', async () => {
    const file = kubeconfigOf('https://127.0.0.1:1');
    expect(await offered('--kubeconfig', file, '--context', '')).toEqual([':4', 'here', 'there']);
    expect(await offered('--kubeconfig', file, '--cluster', '')).toEqual([':4', 'c']);
    expect(await offered('--kubeconfig', file, '--user', '')).toEqual([':4', 'u']);
    expect(await offered('--kubeconfig', `${file}.gone`, '--context', '')).toEqual([':4']);
  });
});

function kubeconfigOf(server: string): string {
  const text = [
    'current-context: here',
    `clusters: [{name: c, cluster: {server: '${server}'}}]`,
    'users: [{name: u, user: {token: t}}]',
    'contexts:',
    '- {name: here, context: {cluster: c, user: u, namespace: mine}}',
    '- {name: there, context: {cluster: c, user: u}}',
  ];
  return join(folderOf({config: text.join('\n')}), 'config');
}

describe('a live cluster', () => {
  test('is asked for just what is wanted, in the namespace of the line or the context', async () => {
    const {url, seen} = await serve((response, {url: path}) => {
      if (path.startsWith('/apis/policy/')) return status(response, 404, 'NotFound', 'none');
      const items = [{metadata: {name: 'one'}}, {metadata: {name: 'two'}}];
      json(response, {kind: 'List', metadata: {resourceVersion: '1'}, items});
    });
    const config = kubeconfigOf(url);
    const words = [
      ['why', 'o'],
      ['why', '-n', 'shop', 'o'],
      ['why', '-A', 'sts/o'],
      ['who-can', 'o'],
      ['why', '-n', 'o'],
      ['who-can', '--subject', 'sa:shop/o'],
    ];
    const values: string[] = [];
    for (const [command = '', ...rest] of words) {
      const [directive, ...found] = await offered(command, '--kubeconfig', config, ...rest);
      expect(directive).toBe(':4');
      values.push(...found);
    }
    expect(values).toEqual(['one', 'one', 'sts/one', 'one', 'one', 'sa:shop/one']);
    expect(seen.map(({url: path}) => path.split('?')[0])).toEqual([
      '/api/v1/namespaces/mine/pods',
      '/api/v1/namespaces/shop/pods',
      '/apis/apps/v1/statefulsets',
      '/apis/policy/v1beta1/podsecuritypolicies',
      '/apis/extensions/v1beta1/podsecuritypolicies',
      '/api/v1/namespaces',
      '/api/v1/namespaces/shop/serviceaccounts',
    ]);
  });

  test('that refuses, or fails, is silence', async () => {
    for (const code of [401, 404, 500]) {
      const {url} = await serve(response => status(response, code, 'Reason', 'no'));
      const config = kubeconfigOf(url);
      expect(await offered('--kubeconfig', config, '-n', '')).toEqual([':4']);
    }
    const gone = kubeconfigOf('http://127.0.0.1:1');
    expect(await offered('--kubeconfig', gone, '-n', '')).toEqual([':4']);
  });

  test('that lets a user read one namespace offers that one, and what is in it', async () => {
    const {url} = await serve((response, {url: path}) => {
      if (!path.startsWith('/api/v1/namespaces/mine/')) {
        return status(response, 403, 'Forbidden', 'no');
      }
      json(response, {
        kind: 'List',
        metadata: {resourceVersion: '1'},
        items: [{metadata: {name: 'one'}}],
      });
    });
    const config = kubeconfigOf(url);
    const at = (...words: readonly string[]) => offered('why', '--kubeconfig', config, ...words);
    expect(await at('-n', '')).toEqual([':4', 'mine']);
    expect(await at('-A', 'o')).toEqual([':4', 'one']);
    expect(await at('o')).toEqual([':4', 'one']);
    expect(await at('-n', 'shop', 'o')).toEqual([':4']);
    expect(await offered('who-can', '--kubeconfig', config, 'w')).toEqual([':4']);
    expect(await offered('who-can', '--kubeconfig', config, '--subject', 'sa:')).toEqual([
      ':6',
      'sa:mine/',
    ]);
  });

  test('that does not answer is not waited for, and the process ends', async () => {
    const {url} = await serve(() => {});
    const config = kubeconfigOf(url);
    const started = performance.now();
    const {code, out, err} = await runBuilt(['__complete', '--kubeconfig', config, '-n', '']);
    expect([code, out, err]).toEqual([0, ':4\n', '']);
    // A second on a machine that is free; a request by itself would wait for a minute.
    expect(performance.now() - started).toBeLessThan(30_000);
  });

  test('that is late with a page gives the pages before', async () => {
    const {url} = await serve((response, {url: path}) => {
      if (path.includes('continue=')) return;
      const metadata = {resourceVersion: '1', continue: 'more'};
      json(response, {kind: 'List', metadata, items: [{metadata: {name: 'first'}}]});
    });
    const words = ['--kubeconfig', kubeconfigOf(url), '-n', ''];
    expect(await offeredInTime(...words)).toEqual([':4', 'first']);
  });
});

test('every flag with a value has choices, something to look up, or is known to be free', () => {
  const free = [
    'as',
    'asGroup',
    'asUid',
    'cases',
    'fieldSelector',
    'maxPolicies',
    'open',
    'requestTimeout',
    'requester',
    'role',
    'selector',
    'server',
  ];
  const without = [rootCommand, ...commands].flatMap(({flags}) =>
    Object.entries(flags).flatMap(([key, {type, choices, completes}]) =>
      type === 'boolean' || choices || completes ? [] : [key],
    ),
  );
  expect([...new Set(without)].toSorted()).toEqual([...free, 'tlsServerName', 'token', 'v']);
});

test('the arguments of every command are understood', () => {
  const table = {root: rootCommand, commands};
  const kinds = commands.map(command => {
    const {wanted} = understand([command.name, ''], table);
    if (typeof wanted === 'string') return [command.name, wanted];
    const found = wanted.map(({words, completes}) => completes ?? words.join('|'));
    return [argumentsUsage(command).replace(/^\[flags\] ?/, ''), ...found];
  });
  expect(kinds).toEqual(
    expect.arrayContaining([
      ['[use] [POLICY]', 'use', 'policies'],
      ['[POD | KIND/NAME]...', 'pods'],
      ['[FILE]', 'files'],
      ['A B', 'policies'],
      ['OLD NEW', 'files'],
      ['bash | zsh | fish | powershell | install', 'bash|zsh|fish|powershell|install'],
    ]),
  );
  for (const [positionals, ...found] of kinds) {
    expect(found.length > 0, positionals).toBe(positionals !== '');
  }
});
