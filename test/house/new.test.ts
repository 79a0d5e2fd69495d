import {cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, describe, expect, test} from 'vitest';
import {nameOf} from '../../scripts/new/scaffold.ts';
import {scaffolds} from '../../scripts/new/templates.ts';
import {folderOf} from '../support/run/files.ts';
import {type Ran, runProgram} from '../support/run/run.ts';

const root = join(import.meta.dirname, '../..');
const name = 'near-thing';
const kinds = Object.keys(scaffolds);
const built = Object.values(scaffolds).map(scaffold => scaffold(nameOf(name)));

/** A checkout without a history, in which one of each kind is made. */
const scratch = folderOf();

function node(...args: readonly string[]): Promise<Ran> {
  return runProgram(process.execPath, args, {cwd: scratch});
}

const make = (...args: readonly string[]) => node('scripts/new/index.ts', ...args);

/** The tests that fail in these files, by their full names. */
async function failing(...files: readonly string[]): Promise<readonly string[]> {
  const options = ['--project', 'sources', '--reporter', 'json', '--outputFile', 'report.json'];
  await node('node_modules/vitest/vitest.mjs', 'run', ...options, ...files);
  const {testResults}: VitestReport = JSON.parse(
    readFileSync(join(scratch, 'report.json'), 'utf8'),
  );
  return testResults
    .flatMap(({assertionResults}) => assertionResults)
    .filter(({status}) => status !== 'passed')
    .map(({fullName}) => fullName)
    .sort();
}

interface VitestReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly {readonly status: string; readonly fullName: string}[];
  }[];
}

describe('npm run new', () => {
  const made = new Map<string, Ran>();
  beforeAll(async () => {
    const own = [
      'src',
      'scripts',
      'package.json',
      'tsconfig.json',
      'biome.json',
      '.gitignore',
      'vitest.config.ts',
      'ARCHITECTURE.md',
    ];
    for (const path of own) cpSync(join(root, path), join(scratch, path), {recursive: true});
    mkdirSync(join(scratch, 'test'));
    for (const folder of readdirSync(join(root, 'test'))) {
      const [from, to] = [join(root, 'test', folder), join(scratch, 'test', folder)];
      if (folder === 'fixtures') symlinkSync(from, to);
      else cpSync(from, to, {recursive: true});
    }
    symlinkSync(join(root, 'node_modules'), join(scratch, 'node_modules'));
    for (const kind of kinds) made.set(kind, await make(kind, name));
  });

  test.each(kinds)('%s: says what it made and what is left to do', kind => {
    const {code, out, err} = made.get(kind) ?? {};
    expect({code, err}).toEqual({code: 0, err: ''});
    expect(out).toMatch(/^made +\S+\n(.*\n)*changed +\S+\n(.*\n)*\nThis test fails .*\n\n1\. /);
  });

  test('what it made compiles and is in order', async () => {
    expect(await node('node_modules/typescript/bin/tsc', '--noEmit')).toMatchObject({
      code: 0,
      out: '',
    });
    const paths = built.flatMap(({files, additions}) =>
      [...files, ...additions].map(({path}) => path),
    );
    const lint = ['check', '--error-on-warnings', ...new Set(paths)];
    const {code, out, err} = await runProgram('node_modules/.bin/biome', lint, {cwd: scratch});
    expect(code, out + err).toBe(0);
  });

  test('its tests fail until it is written, and no other does', async () => {
    const files = built.flatMap(({test: own}) => own.slice(0, 1));
    expect(
      await failing(...files, 'test/house/names.test.ts', 'test/house/layers.test.ts'),
    ).toEqual([
      'near-thing is found, with what shows it and what fixes it',
      'near-thing of the demo',
      'the view near-thing says what it is for',
    ]);
  });

  test('what is there already stays as it is', async () => {
    for (const kind of kinds) {
      expect(await make(kind, name)).toEqual({
        code: 2,
        out: '',
        err: expect.stringMatching(/^\S+ is there already\n$/),
      });
    }
  });

  test.each([[], ['rule'], ['policy', 'x'], ['rule', 'x', 'y']])(
    'a wrong command line: %j',
    async (...args) => {
      const err = 'usage: npm run new -- rule|command|view NAME\n';
      expect(await make(...args)).toEqual({code: 2, out: '', err});
    },
  );

  test.each(['', 'Near', 'near_thing', '../near', '1st'])('a wrong name: %j', async wrong => {
    expect((await make('view', wrong)).code).toBe(2);
  });
});
