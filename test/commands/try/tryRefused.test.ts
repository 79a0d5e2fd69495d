import {describe, expect, test} from 'vitest';
import {fileOf, folderOf} from '../../support/run/files.ts';
import {policy, tryOver} from './tryWorld.ts';

describe('try refuses', () => {
  test.each([
    [[], 2, 'error: name the change to try: -f with its files, or --delete with a policy'],
    [['x'], 2, 'error: try takes no argument, got x: -f names files'],
    [
      ['--delete', 'wid'],
      3,
      /^error: --delete: policy "wid" not found in .*: did you mean "wide"\?/,
    ],
    [['-f', folderOf()], 3, /no \.yaml, \.yml, \.json file in this folder/],
    [['-f', fileOf('a: 1\n')], 3, /apiVersion is not set: this is not a Kubernetes object/],
    [['-f', fileOf('')], 3, /no policies, RBAC objects, pods or workloads in 0 documents/],
    [
      ['-f', fileOf([policy('wide')]), '--delete', 'wide'],
      2,
      'error: --delete: policy "wide" is in the files too: leave out one of the two',
    ],
  ] as const)('%j', async (args, code, message) => {
    const ran = await tryOver(...args);
    expect(ran).toMatchObject({code, out: ''});
    expect(ran.err.trimEnd()).toMatch(message);
    expect(ran.err.trimEnd().split('\n')).toHaveLength(1);
  });
});
