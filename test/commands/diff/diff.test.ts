import {expect, test} from 'vitest';
import {controls} from '../../../src/controls/index.ts';
import type {JsonObject} from '../../../src/kube/json.ts';
import {policyObject} from '../../support/builders/policies.ts';
import {fileOf, folderOf} from '../../support/run/files.ts';
import {itemsOf} from '../../support/run/output.ts';
import {itemsHere, runHere} from '../../support/run/run.ts';

test('tells by control which way B is from A, and exits with 1', async () => {
  const file = fileOf([
    policyObject('a', {hostNetwork: true, hostPorts: [{min: 80, max: 90}], volumes: ['secret']}),
    policyObject('b', {hostPID: true, hostPorts: [{min: 85, max: 95}], volumes: ['secret', 'nfs']}),
  ]);
  expect(await runHere('diff', 'a', 'b', '--from', file)).toEqual({
    code: 1,
    err: '',
    out: `CONTROL         A: a       B: b         B IS
Host network    allowed    forbidden    tighter
Host processes  forbidden  allowed      looser
Host ports      80-90      85-95        incomparable
Volumes         secret     secret, nfs  looser

B (b) is neither tighter nor looser than A (a); 18 of 22 controls are equal.
`,
  });
});

test('equal policies: exit code 0; --all lists every control', async () => {
  const file = fileOf([
    policyObject('a', {hostPorts: [{min: 80, max: 81}]}),
    policyObject('b', {
      hostPorts: [
        {min: 81, max: 81},
        {min: 80, max: 80},
      ],
    }),
  ]);
  const {code, out} = await runHere('diff', 'a', 'b', '--from', file);
  expect({code, out}).toEqual({
    code: 0,
    out: 'B (b) equals A (a); 22 of 22 controls are equal.\n',
  });
  const all = await runHere(
    'diff',
    'a',
    'b',
    '--from',
    file,
    '--all',
    '--no-headers',
    '-o',
    'wide',
  );
  expect(all.out.split('\n\n')[0]?.split('\n')).toHaveLength(controls.length);
});

test('what fills in otherwise is a difference', async () => {
  const user = (ranges: readonly JsonObject[]) => ({runAsUser: {rule: 'MustRunAs', ranges}});
  const [low, high] = [
    {min: 1, max: 4},
    {min: 5, max: 9},
  ] as const;
  const file = fileOf([policyObject('a', user([low, high])), policyObject('b', user([high, low]))]);
  const {code, out} = await runHere('diff', 'a', 'b', '--from', file);
  expect(code).toBe(1);
  expect(out).toContain('equal *');
  expect(out).toContain('admits the same pods as A (a), but fills in different values');
});

test('a policy that admission leaves out is marked', async () => {
  const file = fileOf([policyObject('a'), policyObject('b', {runAsUser: {rule: 'MustRunAs'}})]);
  const {out} = await runHere('diff', 'a', 'b', '--from', file);
  expect(out).toContain('note: admission leaves b out, it admits no pod: MustRunAs requires');
  const [item] = itemsOf((await runHere('diff', 'a', 'b', '--from', file, '-o', 'json')).out);
  expect(item).toMatchObject({a: {name: 'a'}, b: {name: 'b', unusable: expect.any(String)}});
});

test('files, parts of files, built-in policies and names go together', async () => {
  const one = fileOf([policyObject('one', {privileged: true})], 'one.yaml');
  const two = fileOf([policyObject('x'), policyObject('y', {hostIPC: true})], 'two.json');
  const sides = async (...args: readonly string[]) => {
    const {code, out, err} = await runHere('diff', ...args, '-o', 'json');
    expect(code, err).toBeLessThan(2);
    const [item] = itemsOf(out);
    return item;
  };
  expect(await sides(one, `${two}#y`)).toMatchObject({
    a: {name: 'one', from: one},
    b: {name: 'y'},
    order: 'incomparable',
    equal: false,
  });
  expect(await sides('builtin:baseline', 'builtin:restricted')).toMatchObject({order: 'tighter'});
  expect(await sides('psp/restricted', 'restricted', '--demo')).toMatchObject({
    order: 'equal',
    equal: true,
    a: {name: 'restricted', from: 'psp/restricted'},
  });
  expect(await sides('privileged', one, '--demo')).toMatchObject({order: 'tighter'});
});

test('bad input is one line and an exit code', async () => {
  const two = fileOf([policyObject('x'), policyObject('y')]);
  const none = fileOf([{apiVersion: 'v1', kind: 'Pod', metadata: {name: 'p'}, spec: {}}]);
  const folder = folderOf();
  const cases: readonly (readonly [code: number, says: string, ...args: readonly string[]])[] = [
    [2, 'diff takes two policies, got none'],
    [2, 'diff takes two policies, got a b c', 'a', 'b', 'c'],
    [2, 'contains 2 policies; choose one with', two, two],
    [2, 'standard input can only be read once', '-', '-'],
    [2, 'no built-in policy "basline": did you mean "baseline"?', 'builtin:basline', two],
    [3, 'contains no PodSecurityPolicy', none, two],
    [3, 'contains no policy "zebra": there are "x", "y"', `${two}#zebra`, two],
    [3, 'no such file or folder', './nope.yaml', two],
    [3, 'no .yaml, .yml, .json file in this folder', `${folder}/`, two],
    [3, 'policy "restrictd" not found in context demo: did you mean', 'restrictd', 'x', '--demo'],
  ];
  for (const [code, says, ...args] of cases) {
    const ran = await runHere('diff', ...args);
    expect({...ran, err: ran.err.trimEnd().split('\n').length}).toEqual({code, out: '', err: 1});
    expect(ran.err).toContain(says);
  }
});

test('names and values are data: nothing that a terminal acts on is printed', async () => {
  const file = fileOf([
    policyObject('a'),
    policyObject('b', {allowedCapabilities: ['\u001b[31mred']}),
  ]);
  const {out} = await runHere('diff', 'a', 'b', '--from', file);
  expect(out).toContain('\\u{1b}[31mred');
  expect(await itemsHere('diff', 'a', 'a', '--from', file)).toHaveLength(1);
});
