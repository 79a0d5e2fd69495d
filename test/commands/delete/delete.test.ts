import {describe, expect, test} from 'vitest';
import {runHere} from '../../support/run/run.ts';
import {account, binding, from, group, role} from '../bind/bindWorld.ts';

describe('delete', () => {
  test('shows who is denied, and takes the roles and bindings that would be left behind', async () => {
    const base = from(
      role('psp:web', undefined),
      binding('api', 'shop', [account('api')], {kind: 'ClusterRole', to: 'psp:web'}),
      role('more', 'shop', {resourceNames: ['web', 'wide']}),
      role('all', undefined, {resourceNames: []}),
      binding('all', undefined, [group('admins')]),
    );
    const {code, out, err} = await runHere('delete', 'web', ...base);
    expect({code, err}).toEqual({code: 0, err: ''});
    expect(out).toMatch(
      /^delete PodSecurityPolicy web\ndelete RoleBinding shop\/api\ndelete ClusterRole psp:web\nnote: Role shop\/more names web and grants more, so it stays: kubectl edit role more -n shop takes the name out\n\nNAMESPACE .*\nshop +Deployment +api +web +denied +denied +web is deleted; it may use no other\n\nPods and workloads: 1 would be denied, 1 stays as it is\.\nNothing was changed: .*\/objects.yaml can't be changed\.\n$/,
    );
  });

  test('leaves the grants if asked to, and says what is left', async () => {
    const base = from(role('psp:web', 'shop'), binding('psp:web', 'shop', [account('api')]));
    const {code, out} = await runHere('delete', 'psp/web', '--keep-grants', ...base);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^delete PodSecurityPolicy web\nnote: RoleBinding shop\/psp:web is left behind: kubectl delete rolebinding psp:web -n shop removes it\nnote: Role shop\/psp:web is left behind: .*\n\n/,
    );
  });

  test.each([
    [[], 2, 'error: delete takes one POLICY, got none'],
    [['web', 'wide'], 2, 'error: delete takes one POLICY, got web wide'],
    [['wob'], 3, /^error: policy "wob" not found in .*: did you mean "web"\?$/],
  ])('refuses %j', async (args, code, message) => {
    const ran = await runHere('delete', ...args, ...from());
    expect(ran).toMatchObject({code, out: ''});
    expect(ran.err.trimEnd()).toMatch(message);
  });
});

describe('bind --like', () => {
  const like = (...objects: readonly object[]) => [
    'bind',
    'wide',
    '--like',
    'web',
    '-o',
    'text',
    ...from(...objects),
  ];
  const grants = [
    role('psp:web', undefined),
    binding('api', 'shop', [account('api')], {kind: 'ClusterRole', to: 'psp:web'}),
    binding('devs', undefined, [group('devs')], {to: 'psp:web'}),
    role('all', undefined, {resourceNames: []}),
    binding('all', undefined, [group('admins')]),
  ];

  test('binds all who may use the other policy, each where they may', async () => {
    const {code, out, err} = await runHere(...like(...grants));
    expect({code, err}).toEqual({code: 0, err: ''});
    expect(out).toMatch(
      /^create ClusterRole psp:wide: use of wide\ncreate ClusterRoleBinding psp:wide: ClusterRole psp:wide for Group devs\ncreate Role shop\/psp:wide: use of wide\ncreate RoleBinding shop\/psp:wide: .* for ServiceAccount shop\/api\nnote: Group admins may use wide already\n/m,
    );
  });

  test('with a namespace, just what its bindings give', async () => {
    const {out} = await runHere(...like(...grants), '-n', 'shop');
    expect(out).toContain('RoleBinding shop/psp:wide: Role psp:wide for ServiceAccount shop/api\n');
    expect(out).not.toContain('devs');
  });

  test('asks for a policy that is there', async () => {
    const ran = await runHere('bind', 'wide', '--like', 'wob', ...from());
    expect(ran.err).toMatch(/^error: policy "wob" not found in .*: did you mean "web"\?\n$/);
    expect(ran.code).toBe(3);
  });
});
