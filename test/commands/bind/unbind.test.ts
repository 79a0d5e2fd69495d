import {describe, expect, test} from 'vitest';
import {runHere} from '../../support/run/run.ts';
import {account, binding, from, group, own, role} from './bindWorld.ts';

describe('unbind', () => {
  test('takes a subject out; deletes what bind made once nobody needs it', async () => {
    const made = [
      role('psp:web', 'shop', {}, own),
      binding('psp:web', 'shop', [account('api'), account('agent')], {labels: own}),
    ];
    const one = await runHere('unbind', 'web', '--to', 'sa:shop/agent', ...from(...made));
    expect(one.out).toMatch(/^update RoleBinding shop\/psp:web: - ServiceAccount shop\/agent\n/);
    const both = await runHere(
      'unbind',
      'web',
      '--to',
      'sa:shop/agent',
      '--to',
      'sa:shop/api',
      ...from(...made),
    );
    expect(both.out).toMatch(/^delete RoleBinding shop\/psp:web\ndelete Role shop\/psp:web\n\n/);
    expect(both.out).toMatch(/^shop .* api +web +denied +denied +may no longer use web/m);
    expect(both.out).toContain('to delete: kubectl delete rolebinding psp:web -n shop\n');
    // A role that another binding uses stays.
    const used = from(...made, binding('b', 'shop', [account('x')], {to: 'psp:web'}));
    const kept = await runHere('unbind', 'web', '--to', 'sa:shop/api', ...used);
    expect(kept.out).not.toContain('delete');
  });

  test('what others made stays, and is named', async () => {
    const base = from(role('r', undefined), binding('r', undefined, [account('api')]));
    const {code, out} = await runHere('unbind', 'web', '--to', 'sa:shop/api', ...base);
    expect(code).toBe(0);
    expect(out).toContain(
      'note: ClusterRoleBinding r still exists, without subjects: it was not made by kubectl psp, so it stays; kubectl delete clusterrolebinding r removes it\n',
    );
    expect(out).not.toMatch(/^delete/m);
  });

  test('what is more than the policy is not cut: it says so, and so does the exit code', async () => {
    const base = from(
      role('all', undefined, {resourceNames: []}),
      binding('all', undefined, [group('g')]),
      role('two', 'shop', {resourceNames: ['web', 'wide']}),
      binding('two', 'shop', [group('g')]),
      role('web', 'ci'),
      binding('web', 'ci', [group('g')]),
    );
    const {code, out} = await runHere('unbind', 'web', '--to', 'group:g', ...base);
    expect(code).toBe(1);
    expect(out.split('\n').slice(0, 4)).toEqual([
      'update RoleBinding ci/web: - Group g',
      expect.stringMatching(/^note: RoleBinding ci\/web still exists, without subjects/),
      expect.stringMatching(
        /^kept: Group g may still use web through ClusterRoleBinding all, as ClusterRole all grants all policies: .* kubectl edit clusterrolebinding all$/,
      ),
      expect.stringMatching(
        /^kept: Group g may still .* RoleBinding shop\/two, as Role shop\/two grants the policies web, wide: .* kubectl edit rolebinding two -n shop$/,
      ),
    ]);
    const here = await runHere('unbind', 'web', '--to', 'group:g', '-n', 'ci', ...base);
    expect(here.code).toBe(0);
    expect(here.out).not.toContain('kept');
  });

  test('an account that keeps the right through a group is told so', async () => {
    const all = 'system:serviceaccounts:shop';
    const base = from(role('web', 'shop'), binding('web', 'shop', [account('api'), group(all)]));
    const {code, out} = await runHere('unbind', 'web', '--to', 'sa:shop/api', ...base);
    expect(code).toBe(0);
    expect(out).toContain(
      `note: ServiceAccount shop/api may also use web as a member of Group ${all}: RoleBinding shop/web\n`,
    );
    const none = await runHere('unbind', 'wide', '--to', 'sa:shop/api', ...base);
    expect(none).toMatchObject({code: 0, err: ''});
    expect(none.out).toContain('note: no binding gives wide to ServiceAccount shop/api itself\n');
  });

  test('a grant may outlive its policy', async () => {
    const base = from(
      role('old', 'shop', {resourceNames: ['gone']}),
      binding('old', 'shop', [account('api')]),
    );
    const {code, out} = await runHere('unbind', 'gone', '--to', 'sa:shop/api', ...base);
    expect(code).toBe(0);
    expect(out).toMatch(/^update RoleBinding shop\/old: - ServiceAccount shop\/api\n/);
  });
});
