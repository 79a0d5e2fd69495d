import {spawnSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
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

test('parts stand in the file one after the other; one that fails leaves the old file and no draft', async () => {
  const folder = folderOf();
  const file = join(folder, 'parts');
  await writePrivateFile(file, ['one ', 'two ', 'three'], false);
  expect(readFileSync(file, 'utf8')).toBe('one two three');
  function* failing() {
    yield 'four';
    throw new RangeError('damaged');
  }
  await expect(writePrivateFile(file, failing(), true)).rejects.toThrow(RangeError);
  expect([readdirSync(folder), readFileSync(file, 'utf8')]).toEqual([['parts'], 'one two three']);
});
