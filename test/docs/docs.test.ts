import {existsSync, readdirSync} from 'node:fs';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {commands} from '../../src/commands/index.ts';
import {exitCodes} from '../../src/errors.ts';
import {readCluster} from '../../src/inventory/read/readCluster.ts';
import type {ClusterReader} from '../../src/inventory/read/reader.ts';
import {readDocuments} from '../../src/yaml/documents.ts';
import {parseOnly, runShown} from '../support/run/run.ts';
import {blocksOf, commandLines, readText, replaceBlocks, root, wordsOf} from './markdown.ts';

const guide = readdirSync(join(root, 'docs/guide')).map(name => `docs/guide/${name}`);
const pages = ['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md', 'CHANGELOG.md', ...guide];
const readme = readText('README.md');

describe('the README', () => {
  test('names every command, and no other', () => {
    const table = /\n\| command \|[\s\S]*?\n\n/.exec(readme)?.[0] ?? '';
    const named = [...table.matchAll(/^\| `kubectl psp ?([\w-]*)`/gm)].map(([, name]) => name);
    expect(named.toSorted()).toEqual(['', ...commands.map(({name}) => name)].toSorted());
  });

  test('is short, and links to every page of the guide', () => {
    expect(readme.split('\n').length).toBeLessThanOrEqual(201);
    expect(guide.filter(page => !readme.includes(`(${page})`))).toEqual([]);
  });
});

describe('the guide', () => {
  test('has every exit code of --help', async () => {
    const {output} = await parseOnly(['--help']);
    const codes = (text: string, line: RegExp) => [...text.matchAll(line)].map(([, code]) => code);
    const documented = codes(readText('docs/guide/output.md'), /^\| (\d+) \|/gm);
    expect(documented).toEqual(codes(output.split('Exit codes:')[1] ?? '', /^ {2}(\d+) /gm));
    expect(documented.length).toBeGreaterThan(0);
  });

  test('asks for just the rights that reading a cluster takes', async () => {
    const asked: string[] = [];
    const resource = /^\/apis?\/(?:([^/]+)\/)?v[^/]+\/([^/]+)$/;
    const reader: ClusterReader = {
      context: 'c',
      namespace: 'default',
      server: 'https://c',
      user: 'u',
      get: async () => ({gitVersion: 'v1.24.17'}),
      send: async () => ({}),
      list: async path => {
        const [, group = '', plural] = resource.exec(path) ?? [];
        asked.push(`${group}/${plural}`);
      },
      isForbidden: () => false,
      isNotFound: () => false,
    };
    const everything = {policies: true, workloads: true, caller: true, whole: true, time: ''};
    await readCluster(reader, {namespace: undefined, ...everything});
    const role = blocksOf(readText('docs/guide/rights.md')).find(({text}) =>
      text.includes('kubectl-psp-reader'),
    );
    const [document] = readDocuments(role?.text ?? '', 'rights.md');
    const {rules = []} = (document?.value ?? {}) as unknown as {rules?: readonly Rule[]};
    const granted = rules.flatMap(({apiGroups, resources}) =>
      apiGroups.flatMap(group => resources.map(plural => `${group}/${plural}`)),
    );
    expect(granted.toSorted()).toEqual(asked.toSorted());
    expect(new Set(rules.flatMap(({verbs}) => verbs))).toEqual(new Set(['list']));
  });
});

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

describe('the recorded sessions', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubectl-psp-docs-'));
    // A page may go on with the files that another one shows.
    for (const {language, text} of pages.map(readText).flatMap(blocksOf)) {
      const name = /^# ([\w.-]+\.yaml)\n/.exec(text)?.[1];
      if (language === 'yaml' && name !== undefined) await writeFile(join(folder, name), text);
    }
  });
  afterAll(() => rm(folder, {recursive: true, force: true}));

  const recorded = pages.filter(page => readText(page).includes('```console'));
  test('are in the README and in most pages of the guide', () => {
    expect(recorded).toContain('README.md');
    expect(recorded.length).toBeGreaterThan(guide.length / 2);
  });

  // `npx vitest run test/docs -u` records again what the program prints.
  test.each(recorded)('are what the program prints: %s', async page => {
    const regenerated = await replaceBlocks(readText(page), 'console', async text => {
      const line = text.split('\n')[0] ?? '';
      const [dollar, program, plugin, ...args] = wordsOf(line);
      expect([dollar, program, plugin]).toEqual(['$', 'kubectl', 'psp']);
      const {output, exitCode} = await runShown(args, folder);
      // That two policies differ is an answer, too; so is what breaks, or that it can't be told.
      const codes = {diff: [1], migrate: [0, 1, 3]}[args[0] ?? ''] ?? [0];
      expect(codes, output).toContain(exitCode);
      return `${line}\n${output}`;
    });
    await expect(regenerated).toMatchFileSnapshot(join(root, page));
  });
});

const blocks = pages.map(readText).flatMap(blocksOf);

test('the command lines of all pages parse', async () => {
  const lines = blocks.flatMap(block => commandLines(block, 'kubectl psp'));
  const named = new Set(lines.map(([, , name]) => name));
  expect(commands.map(({name}) => name).filter(name => !named.has(name))).toEqual([]);
  for (const [, , ...args] of lines) {
    const {exitCode, output} = await parseOnly(args);
    expect.soft(exitCode, `kubectl psp ${args.join(' ')}: ${output}`).not.toBe(exitCodes.usage);
  }
});

test('the npm scripts of all pages are there', () => {
  const lines = blocks.flatMap(block => commandLines(block, 'npm run '));
  const used = lines.flatMap(([, , ...words]) => words.find(word => !word.startsWith('-')) ?? []);
  const known = Object.keys(JSON.parse(readText('package.json')).scripts);
  expect(used.length).toBeGreaterThan(0);
  expect(used.filter(name => !known.includes(name))).toEqual([]);
});

test('each claim of CONTRIBUTING has a test that is there', () => {
  const [, section = ''] =
    /^## How do we know\?\n([\s\S]*?)^## /m.exec(readText('CONTRIBUTING.md')) ?? [];
  const claims = section
    .split('\n')
    .filter(line => line.startsWith('| '))
    .slice(2);
  expect(claims.length).toBeGreaterThan(25);
  for (const claim of claims) {
    const files = [...claim.matchAll(/`(test\/[\w./-]+\.test\.tsx?)`/g)].map(
      ([, file = '']) => file,
    );
    expect(files.length, claim).toBeGreaterThan(0);
    for (const file of files) expect(readText(file), file).toMatch(/^ *(test\w*|describe)\b/m);
  }
});

const otherPages = [
  'SECURITY.md',
  'docs/BENCHMARKS.md',
  'docs/RELEASING.md',
  'test/kubernetes/README.md',
  'test/support/README.md',
];

test.each([...pages, ...otherPages])('%s refers to files that are there', page => {
  const prose = readText(page).replaceAll(/^```[\s\S]*?^```$/gm, '');
  const found = (pattern: RegExp) => [...prose.matchAll(pattern)].map(([, path = '']) => path);
  const nextToIt = [...found(/\]\((?!https?:)([^)#]+)/g), ...found(/`(\.\.?\/[\w./-]+)`/g)].filter(
    path => !existsSync(join(root, dirname(page), path)),
  );
  const inTheCheckout = found(/`((?:src|test|scripts|bin|docs|\.ci|\.github)\/[\w./-]*)`/g).filter(
    path => !existsSync(join(root, path)),
  );
  expect([...nextToIt, ...inTheCheckout]).toEqual([]);
});

describe.each(pages)('%s', page => {
  const markdown = readText(page);

  test('has links to headings that are there', () => {
    const links = [...markdown.matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)];
    const lost = links.filter(([, file = '', anchor = '']) => {
      const target = file === '' ? markdown : readText(join(dirname(page), file));
      return !anchorsOf(target).includes(anchor);
    });
    expect(lost.map(([link]) => link)).toEqual([]);
  });
});

/** The headings of a Markdown text, as links name them. */
function anchorsOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
}

test('the change log has the version of package.json', () => {
  const {version} = JSON.parse(readText('package.json'));
  const headings = readText('CHANGELOG.md').matchAll(/^## \[(.+?)\]/gm);
  expect([...headings].map(([, name]) => name)).toContain(version);
});

test('the licence is the one that package.json names', () => {
  const words = readText('LICENSE').split(/\s+/).filter(Boolean);
  expect(JSON.parse(readText('package.json')).license).toBe('Apache-2.0');
  expect(words.slice(0, 4).join(' ')).toBe('Apache License Version 2.0,');
  // Word for word, but for the brackets around the placeholders, as a dependency ships it.
  const plain = (text: string) =>
    text
      .replaceAll(/[{}[\]]/g, '')
      .split(/\s+/)
      .filter(Boolean);
  expect(plain(readText('LICENSE'))).toEqual(
    plain(readText('node_modules/@kubernetes/client-node/LICENSE')),
  );
});
