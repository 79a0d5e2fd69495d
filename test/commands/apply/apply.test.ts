import {describe, expect, test} from 'vitest';
import type {JsonObject} from '../../../src/kube/json.ts';
import {policyObject} from '../../support/builders/policies.ts';
import {fileOf} from '../../support/run/files.ts';
import {runHere} from '../../support/run/run.ts';
import {account, binding, from, role} from '../bind/bindWorld.ts';

const base = from(
  role('psp:web', undefined),
  binding('api', 'shop', [account('api')], {kind: 'ClusterRole', to: 'psp:web'}),
);
const apply = (...objects: readonly JsonObject[]) =>
  runHere('apply', '-f', fileOf(objects), ...base);

describe('apply', () => {
  test('shows what a change does, and does not change files', async () => {
    const uid = {rule: 'MustRunAs', ranges: [{min: 5000, max: 5000}]};
    const {code, out} = await apply(policyObject('web', {runAsUser: uid, volumes: ['*']}));
    expect(code).toBe(0);
    expect(out).toMatch(/shop +Deployment +api +web +web \(mutates\) +mutated/);
    expect(out).toMatch(/Nothing was changed: .*objects\.yaml can't be changed\.\n$/);
  });

  test.each([
    [[], 2, 'name the policies to apply: -f with their files'],
    [['web'], 2, 'apply takes files with -f, got web'],
  ])('refuses %j', async (args, code, message) => {
    const ran = await runHere('apply', ...args, ...base);
    expect(ran).toMatchObject({code, out: ''});
    expect(ran.err).toContain(message);
  });

  test('takes policies alone', async () => {
    const other = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: {name: 'r'},
      rules: [],
    };
    const both = await apply(policyObject('web'), other);
    expect(both).toMatchObject({code: 2, out: ''});
    expect(both.err).toContain('the files have other objects too, which kubectl apply makes');
    expect((await apply(other)).err).toContain('the files have none');
  });

  test('says what the server would refuse', async () => {
    const {code, err} = await apply(policyObject('web', {runAsUser: {rule: 'Sometimes'}}));
    expect(code).toBe(3);
    expect(err).toContain('policy "web" would be refused');
  });
});
