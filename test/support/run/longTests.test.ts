import {globSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {leftOut, leftOutLine, longTests} from './longTests.ts';

const root = join(import.meta.dirname, '../../..');

test('each of the long tests is there, and a short run keeps some of a server and a terminal', () => {
  for (const glob of longTests) expect(globSync(glob, {cwd: root}), glob).not.toEqual([]);
  const kept = globSync('test/{cluster,journeys}/*.test.ts', {cwd: root, exclude: longTests});
  const folders = kept.map(file => file.split(/[\\/]/)[1]);
  expect(new Set(folders)).toEqual(new Set(['cluster', 'journeys']));
});

test('a short run leaves them out and says so', () => {
  const short = {args: ['run', '--project', 'sources'], env: {}};
  expect(leftOut(short)).toBe(longTests);
  expect(leftOutLine(short)).toMatch(
    /^left out, as they take long: test\/bench\/\S+ .*; PSP_REQUIRE_REFERENCE=1 npm test runs them too$/,
  );
});

test('where nothing may be skipped, or a file is named, nothing is left out', () => {
  const whole = {args: ['run'], env: {PSP_REQUIRE_REFERENCE: '1'}};
  const named = {args: ['run', 'test/faults/apply.test.ts'], env: {}};
  expect([whole, named].map(leftOut)).toEqual([[], []]);
  expect([whole, named].map(leftOutLine)).toEqual([undefined, undefined]);
});
