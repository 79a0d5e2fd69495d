import {describe, expect, test} from 'vitest';
import {policyObject} from '../../support/builders/policies.ts';
import {fileOf} from '../../support/run/files.ts';
import {runHere} from '../../support/run/run.ts';

const from = ['--from', fileOf([policyObject('wide', {hostPID: true}), policyObject('tight')])];

describe('get', () => {
  test('prints a line a policy, with its level', async () => {
    const {code, out, err} = await runHere('get', ...from);
    expect({code, err: err.replace(/^incomplete: .*\n/, '')}).toEqual({code: 0, err: ''});
    expect(out).toMatch(/^NAME +LEVEL\ntight +privileged \(.*\)\nwide +privileged \(.*\)\n$/);
    expect((await runHere('get', 'wide', '--no-headers', ...from)).out).toMatch(/^wide +priv.*\n$/);
  });

  test('prints what apply takes', async () => {
    const {out} = await runHere('get', 'wide', '-o', 'yaml', ...from);
    expect(out).toMatch(/^apiVersion: policy\/v1beta1\nkind: PodSecurityPolicy\n/);
    expect(out).toContain('hostPID: true');
    const again = await runHere('get', '-o', 'yaml', '--from', fileOf(out));
    expect(again.out).toBe(out);
  });

  test('prints JSON and names', async () => {
    const {out} = await runHere('get', '-o', 'json', ...from);
    expect(JSON.parse(out)).toMatchObject({
      kind: 'List',
      items: [{metadata: {name: 'tight'}}, {metadata: {name: 'wide'}, spec: {hostPID: true}}],
    });
    const named = await runHere('get', '-o', 'name', ...from);
    expect(named.out).toBe('podsecuritypolicy.policy/tight\npodsecuritypolicy.policy/wide\n');
  });

  test('says what a misspelt name may mean', async () => {
    const {code, err} = await runHere('get', 'wid', ...from);
    expect(code).toBe(3);
    expect(err).toContain('policy "wid" not found');
    expect(err).toContain('did you mean "wide"?');
  });
});
