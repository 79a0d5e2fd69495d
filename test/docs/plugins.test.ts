import {spawnSync} from 'node:child_process';
import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {readDocuments} from '../../src/yaml/documents.ts';
import {parseOnly} from '../support/run/run.ts';
import {readText} from './markdown.ts';

interface Plugin {
  readonly shortCut: string;
  readonly description: string;
  readonly scopes: readonly string[];
  readonly command: string;
  readonly args: readonly string[];
}

/** What k9s v0.51 wants of a plugin (internal/config/json/schemas/plugins.json), and its type. */
const fieldTypes: Readonly<Record<string, string>> = {
  shortCut: 'string',
  description: 'string',
  scopes: 'strings',
  command: 'string',
  args: 'strings',
  override: 'boolean',
  confirm: 'boolean',
  dangerous: 'boolean',
  background: 'boolean',
  overwriteOutput: 'boolean',
};
const required = ['shortCut', 'description', 'scopes', 'command'];

const [document, ...more] = readDocuments(readText('plugins.yaml'), 'plugins.yaml');
const file = document?.value as unknown as {readonly plugins: Readonly<Record<string, Plugin>>};
const plugins = Object.entries(file.plugins);

/** An argument as k9s v0.51 fills it in (internal/view/env.go). */
function substitute(argument: string, values: Readonly<Record<string, string>>): string {
  return argument.replaceAll(/\$(!?[\w-]+)|\$\{(!?[\w%/-]+)\}/g, (found, bare, braced) => {
    const value = values[String(bare ?? braced).toUpperCase()];
    if (value === undefined) throw new Error(`k9s has no ${found} here`);
    return value;
  });
}

const values = {NAMESPACE: 'shop', NAME: 'web', CONTEXT: 'prod', KUBECONFIG: '/a:/b'};

test('plugins.yaml is one document with plugins and nothing else', () => {
  expect(more).toEqual([]);
  expect(Object.keys(file)).toEqual(['plugins']);
  expect(plugins.length).toBeGreaterThan(0);
});

test('no view has a shortcut twice', () => {
  const keys = plugins.flatMap(([, {scopes, shortCut}]) =>
    scopes.map(scope => `${scope} ${shortCut}`),
  );
  expect(new Set(keys).size).toBe(keys.length);
});

test('the guide has every shortcut of every view', () => {
  const rows = readText('docs/guide/k9s.md').matchAll(/^\| ([\w, ]+) \| (Shift-[A-Z]) \|/gm);
  const documented = [...rows].flatMap(([, views = '', key]) =>
    views.split(', ').map(view => `${view} ${key}`),
  );
  const keys = plugins.flatMap(([, {scopes, shortCut}]) =>
    scopes.map(view => `${view} ${shortCut}`),
  );
  expect(documented.toSorted()).toEqual(keys.toSorted());
});

describe.each(plugins)('%s', (_name, plugin) => {
  test('has the fields that k9s wants, of their types', () => {
    const found = Object.entries(plugin).map(([field, value]) => [
      field,
      Array.isArray(value) && value.every(item => typeof item === 'string')
        ? 'strings'
        : typeof value,
    ]);
    expect(Object.keys(plugin)).toEqual(expect.arrayContaining(required));
    expect(found).toEqual(Object.keys(plugin).map(field => [field, fieldTypes[field]]));
    expect(plugin.shortCut).toMatch(/^Shift-[A-Z]$/);
  });

  test('runs a command line that parses', async () => {
    const args = plugin.args.map(argument => substitute(argument, values));
    const start = args.indexOf('kubectl');
    expect(args.slice(start, start + 2)).toEqual(['kubectl', 'psp']);
    const {exitCode, output} = await parseOnly(args.slice(start + 2));
    expect(exitCode, output).toBe(3); // Parsed, and then there is no cluster.
  });
});

describe.skipIf(process.platform === 'win32')('what a shortcut runs', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubectl-psp-k9s-'));
    const scripts = {
      kubectl: 'printf "%s\\n" "KUBECONFIG=$KUBECONFIG" "$@"; echo failed >&2',
      less: 'cat',
    };
    for (const [name, script] of Object.entries(scripts)) {
      writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(folder, name), 0o755);
    }
  });
  afterAll(() => rmSync(folder, {recursive: true, force: true}));

  test.each(plugins)('%s hands names over as they are', (_name, {command, args}) => {
    const hostile = {
      ...values,
      NAME: 'a b',
      CONTEXT: 'x$(touch pwned)"; \'`id`',
      KUBECONFIG: 'c d:e',
    };
    const {stdout, stderr} = spawnSync(
      command,
      args.map(argument => substitute(argument, hostile)),
      {
        cwd: folder,
        encoding: 'utf8',
        input: '\n',
        env: {...process.env, PATH: `${folder}${delimiter}${process.env.PATH ?? ''}`},
      },
    );
    // A pager shows the errors, too; the session has the terminal itself.
    const lines = `${stdout}${stderr}`.trimEnd().split('\n');
    expect(lines.slice(0, 2)).toEqual(['KUBECONFIG=c d:e', 'psp']);
    expect(lines).toContain(`--context=${hostile.CONTEXT}`);
    const named = args.some(argument => /\$NAME\b/.test(argument));
    expect(lines.some(line => line.endsWith('a b'))).toBe(named);
    expect(lines).toContain('failed');
  });
});
