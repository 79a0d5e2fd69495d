import {spawnSync} from 'node:child_process';
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {writePrivateFile} from '../../src/world/files.ts';
import {folderOf} from '../support/run/files.ts';

const files = join(import.meta.dirname, '../../src/world/files.ts');

test.each([
  'setImmediate(() => process.exit(1))',
  'setTimeout(() => process.exit(1), 1)',
  'await new Promise(setImmediate); process.exit(1)',
])('a file that a process was writing when it ended leaves nothing behind: %s', end => {
  const cwd = folderOf();
  const script = `
    const {writePrivateFile} = await import(${JSON.stringify(files)});
    writePrivateFile('new.txt', 'x'.repeat(60_000_000), false).catch(() => undefined);
    ${end};`;
  const {status} = spawnSync(process.execPath, ['--input-type=module', '-e', script], {cwd});
  expect(status).toBe(1);
  expect(readdirSync(cwd)).toEqual([]);
});

test('two at the same moment are both written', async () => {
  const folder = folderOf();
  const names = ['a', 'b', 'c'];
  await Promise.all(names.map(name => writePrivateFile(join(folder, name), name, false)));
  expect(readdirSync(folder)).toEqual(names);
});
