import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Script} from 'node:vm';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {mainChunk, root} from '../../scripts/bundle/bundle.ts';
import {makeCaches} from '../../scripts/bundle/codeCaches.ts';
import {commitOf} from '../../scripts/bundle/commit.ts';
import {buildProgram, type Program} from '../../scripts/release/chunks.ts';
import {bundledPackages} from '../../scripts/release/packages.ts';

const folders: string[] = [];
let programs: readonly Program[] = [];
beforeAll(async () => {
  folders.push(...['a', 'bb'].map(name => mkdtempSync(join(tmpdir(), `kubectl-psp-${name}-`))));
  programs = await Promise.all(folders.map(folder => buildProgram(folder, commitOf(root))));
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, {recursive: true});
});

test('two builds of a program are the same files, and say nothing of their folders', () => {
  const [first, second] = programs.map(filesOf);
  expect(first).toEqual(second);
  expect(Object.keys(first ?? {})).toContain(mainChunk);
  const text = Object.values(first ?? {}).join('\n');
  for (const folder of [...folders, root]) expect(text).not.toContain(folder);
});

test('each file is a script whose value are functions, its chunks by their names', () => {
  const files = Object.entries(filesOf(programs[0])).filter(([name]) => name !== 'start.cjs');
  const packs = files.map(([name, text]) => [name, new Script(text).runInThisContext()] as const);
  for (const [name, pack] of packs) {
    expect(Object.keys(pack)[0]).toBe(name);
    expect(Object.values(pack).every(chunk => typeof chunk === 'function')).toBe(true);
  }
  const chunks = packs.flatMap(([, pack]) => Object.keys(pack));
  expect(new Set(chunks).size).toBe(chunks.length);
});

test('a short command loads few files', () => {
  const requiredBy = (text = '') =>
    [...text.matchAll(/require\("\.\/([\w.-]+)\//g)].map(([, to]) => to);
  const files = filesOf(programs[0]);
  const run = Object.keys(files).find(name => name.startsWith('whoCanRun')) ?? '';
  expect(new Set(requiredBy(files[run])).size).toBeLessThan(15);
});

test('what starts the program and says its version leaves the rest where it is', () => {
  const main = filesOf(programs[0])[mainChunk] ?? '';
  expect(main.length).toBeLessThan(20_000);
  expect(main).not.toContain('commander');
});

test('every bundled package has a version and a licence, and stands there once', () => {
  const packages = programs.flatMap(({metafile}) => bundledPackages(metafile).map(idOf));
  expect(packages).toContain('ink@8.0.0 MIT');
  expect(packages.filter(id => /undefined|^@types/.test(id))).toEqual([]);
  expect(new Set(packages).size * 2).toBe(packages.length);
});

test('what usual commands load is compiled already, what few load is not', () => {
  const {chunks} = programs[0] as Program;
  makeCaches(chunks, process.execPath);
  const cached = readdirSync(chunks).filter(name => name.endsWith('.cache'));
  const isCached = (part: string) => cached.some(name => name.startsWith(part));
  expect(['kubectl-psp', 'cli', 'whyRun', 'adviseRun', 'whoCanRun'].map(isCached)).toEqual(
    Array(5).fill(true),
  );
  expect(isCached('config')).toBe(false);
});

function idOf({name, version, license}: {name: string; version: string; license: string}) {
  return `${name}@${version} ${license}`;
}

function filesOf(program: Program | undefined): Readonly<Record<string, string>> {
  if (program === undefined) throw new Error('nothing was built');
  const {main, chunks} = program;
  const names = readdirSync(chunks).sort();
  return {
    'start.cjs': readFileSync(main, 'utf8'),
    ...Object.fromEntries(names.map(name => [name, readFileSync(join(chunks, name), 'utf8')])),
  };
}
