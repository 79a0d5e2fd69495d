import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {fileOf} from './files.ts';
import {nodeProblem} from './nodeVersion.ts';
import {runProgram} from './run.ts';

const root = join(import.meta.dirname, '../../..');

test.each([
  ['22.19.0', true],
  ['22.20.1', true],
  ['24.0.0', true],
  ['22.18.9', false],
  ['20.20.2', false],
])('Node %s will do: %s', (version, isGood) => {
  expect(nodeProblem(version, {engines: {node: '>=22.19'}}) === undefined).toBe(isGood);
});

test('with a Node that is too old vitest ends with one line', async () => {
  const older = "{value: {...process.versions, node: '20.1.0'}}";
  const pretence = fileOf(`Object.defineProperty(process, 'versions', ${older});`, 'old.cjs');
  const args = ['--require', pretence, 'node_modules/vitest/vitest.mjs', 'run', 'no/such/test'];
  const {code, out, err} = await runProgram(process.execPath, args, {cwd: root});
  expect({code, out}).toEqual({code: 1, out: ''});
  expect(err).toMatch(/^error: this is Node 20\.1\.0, and the tests need 22\.19 or later: .*\n$/);
});

test('with a Node that can not run TypeScript a script ends with one line', async () => {
  const args = ['--no-experimental-strip-types', 'scripts/run.mjs', 'scripts/build.ts'];
  const {code, out, err} = await runProgram(process.execPath, args, {cwd: root});
  expect({code, out}).toEqual({code: 1, out: ''});
  expect(err).toMatch(/^error: this is Node \S+, which can't run TypeScript: .*\n$/);
});

test('a script of package.json gets its arguments, and says how it went', async () => {
  const script = fileOf('console.log(process.argv.slice(2)); process.exitCode = 2;', 'script.ts');
  const args = [join(root, 'scripts/run.mjs'), script, 'a', '--b'];
  expect(await runProgram(process.execPath, args)).toEqual({
    code: 2,
    out: "[ 'a', '--b' ]\n",
    err: '',
  });
});

test('npm runs every script of TypeScript that way', () => {
  const {scripts} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const lines: readonly string[] = Object.values(scripts);
  const typed = lines.filter(line => line.includes('.ts'));
  expect(typed.length).toBeGreaterThan(5);
  expect(typed.filter(line => !/\bscripts\/run\.mjs \S+\.ts$/.test(line))).toEqual([]);
});
