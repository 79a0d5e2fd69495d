import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {runBuilt} from '../../support/run/run.ts';

const {version} = JSON.parse(readFileSync('package.json', 'utf8'));

test('version tells what runs, for people and for scripts', async () => {
  const text = await runBuilt(['version']);
  expect(text.out).toMatch(/^kubectl-psp v\S+ \(commit \S+, node v\d+\.\d+\.\d+, \w+\/\w+\)\n$/);
  const json = JSON.parse((await runBuilt(['version', '-o', 'json'])).out);
  expect(json).toMatchObject({version, platform: `${process.platform}/${process.arch}`});
  expect(Object.keys(json)).toEqual(
    expect.arrayContaining(['version', 'commit', 'node', 'platform']),
  );
  const yaml = await runBuilt(['version', '-o', 'yaml']);
  expect(yaml.out).toContain(`version: "${version}"`);
});
