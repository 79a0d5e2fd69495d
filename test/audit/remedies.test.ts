import {spawnSync} from 'node:child_process';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {commandLine, kubectl, patch} from '../../src/audit/remedies.ts';
import {runsOf} from '../support/run/runs.ts';

/** The words that a shell makes of a command line. */
function wordsOfShell(line: string): readonly string[] {
  const {stdout, status} = spawnSync('sh', ['-c', `printf '%s\\0' ${line}`], {encoding: 'utf8'});
  expect(status).toBe(0);
  return stdout.split('\0').slice(0, -1);
}

test('a shell reads the words that were meant, whatever objects are called', () => {
  const words = fc.array(fc.stringMatching(/^[ -~é]+$/), {minLength: 1, maxLength: 5});
  fc.assert(
    fc.property(words, list => {
      expect(wordsOfShell(commandLine(...list))).toEqual(list);
    }),
    {numRuns: runsOf(50)},
  );
  const hostile = ["a'b", '$(id)', '`id`', 'x; rm -rf /', '-n', '*', '', 'a\nb', '"', '\\'];
  expect(wordsOfShell(commandLine(...hostile))).toEqual(hostile);
});

test('objects are named with their kind, so that no name is taken for a flag', () => {
  const object = {kind: 'RoleBinding', namespace: 'shop', name: '-A'};
  expect(kubectl('delete', object)).toBe('kubectl delete rolebinding/-A -n shop');
  expect(patch({kind: 'ClusterRole', namespace: undefined, name: 'a b'}, [{op: 'x'}])).toBe(
    `kubectl patch 'clusterrole/a b' --type=json -p '[{"op":"x"}]'`,
  );
});
