import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {findBinary, hasReference, isThorough, runReference} from './reference.ts';
import {vectorFiles} from './vectors.ts';

describe('findBinary', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'kubectl-psp-find-'));
    for (const place of ['assets', 'cache', 'path', 'empty']) mkdirSync(join(dir, place));
  });
  afterEach(() => rmSync(dir, {recursive: true}));

  const put = (place: string, mode = 0o755) => {
    writeFileSync(join(dir, place, 'etcd'), '', {mode});
    return join(dir, place, 'etcd');
  };
  const find = () =>
    findBinary('etcd', {
      env: {KUBEBUILDER_ASSETS: join(dir, 'assets'), PATH: `${dir}/empty:${dir}/path`},
      cache: () => join(dir, 'cache'),
    });

  test('looks in $KUBEBUILDER_ASSETS, then in the cache, then in $PATH', () => {
    expect(find()).toBeUndefined();
    const inPath = put('path');
    expect(find()).toBe(inPath);
    const inCache = put('cache');
    expect(find()).toBe(inCache);
    const inAssets = put('assets');
    expect(find()).toBe(inAssets);
  });

  test('passes over what is not executable', () => {
    put('assets', 0o644);
    const inPath = put('path');
    expect(find()).toBe(inPath);
  });
});

const hasGenerators = hasReference('psp-cases', 'psp-reference', 'psp-coverage');
// Making them takes longest of all, and they change with test/kubernetes only.
describe.runIf(hasGenerators && isThorough)('test/fixtures/vectors', () => {
  test('are what the reference programs say', () => {
    const folder = join(import.meta.dirname, '../../fixtures/vectors');
    for (const [name, made] of Object.entries(vectorFiles())) {
      const kept = readFileSync(join(folder, name));
      // Unzipped, as another version of zlib may zip in another way.
      const isSame = name.endsWith('.gz')
        ? gunzipSync(kept).equals(gunzipSync(made))
        : kept.equals(made);
      expect(isSame, `${name} is stale: run npm run fixtures`).toBe(true);
    }
  });
});

describe.runIf(hasReference('yaml-reference'))('yaml-reference', () => {
  const lines = (input: string, ...args: string[]) =>
    runReference('yaml-reference', args, input)
      .toString()
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));

  test('prints a line for each document, and stops at an error, as kubectl does', () => {
    expect(lines('a: 1\n---\n# nothing\n---\nb: [yes, 0x10]\n---\nc: {\n---\nd: 1\n')).toEqual([
      {json: {a: 1}},
      {json: null},
      {json: {b: [true, 16]}},
      {error: 'error converting YAML to JSON: yaml: line 1: did not find expected node content'},
    ]);
  });

  test('reads a stream that begins with a brace as JSON', () => {
    expect(lines('{"a": 1}\n{"b": "\\u00e9"}')).toEqual([{json: {a: 1}}, {json: {b: 'é'}}]);
  });

  test('takes the last of two equal keys, and with -strict refuses them', () => {
    expect(lines('a: 1\na: 2\n')).toEqual([{json: {a: 2}}]);
    expect(lines('a: 1\na: 2\n', '-strict')).toEqual([
      {error: expect.stringContaining('key "a" already set in map')},
    ]);
  });

  test('with -0 reads many streams, and prints a line for each', () => {
    expect(lines('a: 1\n---\nb: 2\n\0\0--- x\n\0', '-0')).toEqual([
      [{json: {a: 1}}, {json: {b: 2}}],
      [],
      [{error: 'invalid Yaml document separator: x'}],
    ]);
    expect(() => lines('a: 1\n', '-0')).toThrow('the last stream is not ended by a NUL');
  });
});
