import {join} from 'node:path';
import {expect, test} from 'vitest';
import {fileOf} from './files.ts';
import {nodeProblem} from './nodeVersion.ts';
import {runProgram} from './run.ts';

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
  const cwd = join(import.meta.dirname, '../../..');
  const args = ['--require', pretence, 'node_modules/vitest/vitest.mjs', 'run', 'no/such/test'];
  const {code, out, err} = await runProgram(process.execPath, args, {cwd});
  expect({code, out}).toEqual({code: 1, out: ''});
  expect(err).toMatch(/^error: this is Node 20\.1\.0, and the tests need 22\.19 or later: .*\n$/);
});
