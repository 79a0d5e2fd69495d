import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {unifiedDiff} from '../../src/apply/unifiedDiff.ts';
import {folderOf} from '../support/run/files.ts';
import {runsOf} from '../support/run/runs.ts';

const names = {before: 'web (cluster)', after: 'web (edited)'};

test('equal texts have no diff', () => {
  expect(unifiedDiff('a: 1\n', 'a: 1\n', names)).toBe('');
});

test('three lines of context, far changes apart', () => {
  const lines = Array.from({length: 20}, (_, index) => `k${index}: 0\n`);
  const after = lines.with(1, 'k1: 1\n').with(15, 'k15: 1\n').join('');
  expect(unifiedDiff(lines.join(''), after, names)).toBe(`--- web (cluster)
+++ web (edited)
@@ -1,5 +1,5 @@
 k0: 0
-k1: 0
+k1: 1
 k2: 0
 k3: 0
 k4: 0
@@ -13,7 +13,7 @@
 k12: 0
 k13: 0
 k14: 0
-k15: 0
+k15: 1
 k16: 0
 k17: 0
 k18: 0
`);
});

test('patch(1) makes the one text of the other', () => {
  const text = fc
    .array(fc.constantFrom('a: 1', 'b: 2', '- c', '--- d', '+++ e', ''), {maxLength: 12})
    .map(lines => lines.map(line => `${line}\n`).join(''));
  const folder = folderOf();
  fc.assert(
    fc.property(text, text, (before, after) => {
      fc.pre(before !== after);
      const input = join(folder, 'input');
      const script = 'printf %s "$1" >"$3" && printf %s "$2" | patch -s -o - "$3" -';
      const diff = unifiedDiff(before, after, names);
      const {stdout, stderr} = spawnSync('sh', ['-c', script, 'sh', before, diff, input], {
        encoding: 'utf8',
      });
      expect({stdout, stderr}).toEqual({stdout: after, stderr: ''});
    }),
    {numRuns: runsOf(40)},
  );
});
