import {describe, expect, test} from 'vitest';
import {policyObject} from '../../support/builders/policies.ts';
import {fileOf} from '../../support/run/files.ts';
import {runHere} from '../../support/run/run.ts';

const rbac = 'rbac.authorization.k8s.io';

const world = [
  ...['open', 'tight'].map(name => policyObject(name)),
  ...['shop', 'ci'].map(name => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name}})),
  {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: 'web', namespace: 'shop'}},
  {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: {name: 'use-tight'},
    rules: [
      {
        apiGroups: ['extensions'],
        resources: ['podsecuritypolicies'],
        resourceNames: ['tight', 'gone'],
        verbs: ['use'],
      },
    ],
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: {name: 'all'},
    rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}],
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: {name: 'shop-tight', namespace: 'shop'},
    roleRef: {apiGroup: rbac, kind: 'ClusterRole', name: 'use-tight'},
    subjects: [
      {kind: 'ServiceAccount', name: 'web'},
      {kind: 'Group', apiGroup: rbac, name: 'system:serviceaccounts:shop'},
    ],
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: {name: 'admins'},
    roleRef: {apiGroup: rbac, kind: 'ClusterRole', name: 'all'},
    subjects: [{kind: 'User', apiGroup: rbac, name: 'alice'}],
  },
];
const from = ['--from', fileOf(world)];

describe('who-can', () => {
  test('names subjects, scopes and ways; a dangling name is a note', async () => {
    const {code, out, err} = await runHere('who-can', 'tight', '-n', 'shop', ...from);
    expect(code).toBe(0);
    expect(out).toBe(
      [
        'POLICY   SUBJECT                             SCOPE     VIA                                               NOTE',
        'tight    User alice                          cluster   ClusterRoleBinding/admins -> ClusterRole/all',
        'tight    Group system:serviceaccounts:shop   shop      RoleBinding/shop-tight -> ClusterRole/use-tight',
        'tight    ServiceAccount shop/web             shop      RoleBinding/shop-tight -> ClusterRole/use-tight',
        '',
      ].join('\n'),
    );
    expect(err).toContain('note: ClusterRole/use-tight names policy "gone", which does not exist');
  });

  test('takes a policy as kubectl writes it, and "use" before it', async () => {
    const [plain] = [(await runHere('who-can', 'open', ...from)).out];
    for (const words of [['use', 'open'], ['psp/open'], ['use', 'podsecuritypolicy/open']]) {
      expect((await runHere('who-can', ...words, ...from)).out).toBe(plain);
    }
    expect(plain).toContain('User alice');
  });

  test('the other way round, several subjects are one identity', async () => {
    const rows = async (...subjects: readonly string[]) => {
      const flags = subjects.flatMap(subject => ['--subject', subject]);
      const {out} = await runHere('who-can', ...flags, '-o', 'json', ...from);
      const {items} = JSON.parse(out) as {
        readonly items: readonly {
          readonly policy: string;
          readonly scope: {readonly namespace: string} | null;
        }[];
      };
      return items.map(item => `${item.policy} ${item.scope?.namespace ?? '*'}`);
    };
    expect(await rows('sa:shop/web')).toEqual(['tight shop', 'tight shop']);
    expect(await rows('sa:shop/other')).toEqual(['tight shop']);
    expect(await rows('sa:ci/web')).toEqual([]);
    expect(await rows('user:alice')).toEqual(['open *', 'tight *']);
    // The same account, as who makes requests and as -o name writes it.
    expect(await rows('user:system:serviceaccount:shop:web')).toEqual(['tight shop', 'tight shop']);
    expect(await rows('system:serviceaccount:shop:web')).toEqual(['tight shop', 'tight shop']);
    expect(await rows('serviceaccount/shop/web')).toEqual(['tight shop', 'tight shop']);
    expect(await rows('user/alice')).toEqual(['open *', 'tight *']);
    expect(await rows('user:alice', 'group:system:serviceaccounts:shop')).toEqual([
      'open *',
      'tight *',
      'tight shop',
    ]);
  });

  test('a user is in system:authenticated, the account of a pod is not', async () => {
    const granted = fileOf([
      ...world,
      {
        apiVersion: `${rbac}/v1`,
        kind: 'ClusterRoleBinding',
        metadata: {name: 'everybody'},
        roleRef: {apiGroup: rbac, kind: 'ClusterRole', name: 'use-tight'},
        subjects: [{kind: 'Group', apiGroup: rbac, name: 'system:authenticated'}],
      },
    ]);
    const subjectsFor = async (subject: string) => {
      const {out} = await runHere('who-can', '--subject', subject, '-o', 'name', '--from', granted);
      return out.trimEnd().split('\n');
    };
    expect(await subjectsFor('user:Bob')).toEqual(['group/system:authenticated']);
    expect(await subjectsFor('user:system:serviceaccount:ci:web')).toEqual([
      'group/system:authenticated',
    ]);
    expect(await subjectsFor('sa:ci/web')).toEqual(['']);
    expect(await subjectsFor('user:system:anonymous')).toEqual(['']);
  });

  test('JSON has the shape that scripts rely on', async () => {
    const {out} = await runHere('who-can', 'tight', '-n', 'shop', '-o', 'json', ...from);
    const answer = JSON.parse(out);
    expect(answer).toMatchObject({apiVersion: 'psp.kubectl/v1alpha1', kind: 'WhoCan'});
    expect(answer.items[0]).toEqual({
      policy: 'tight',
      subject: {kind: 'User', name: 'alice'},
      scope: null,
      via: [
        {
          binding: {kind: 'ClusterRoleBinding', name: 'admins'},
          role: {kind: 'ClusterRole', name: 'all'},
        },
      ],
      notes: [],
    });
    expect(answer.items[2]).toMatchObject({
      subject: {kind: 'ServiceAccount', namespace: 'shop', name: 'web'},
      scope: {namespace: 'shop'},
    });
  });

  test('--expand names accounts, --indirect who could help themselves, -o name subjects', async () => {
    const expanded = await runHere('who-can', 'tight', '-n', 'shop', '--expand', ...from);
    expect(expanded.out).toMatch(
      /ServiceAccount shop\/web +shop +member of system:serviceaccounts:shop/,
    );
    const indirect = await runHere('who-can', 'open', '--indirect', ...from);
    expect(indirect.out).toMatch(/User alice +cluster +bind clusterroles, bind roles, create/);
    const named = await runHere('who-can', 'tight', '-n', 'shop', '-o', 'name', ...from);
    expect(named.out.split('\n')[0]).toBe('user/alice');
  });

  test.each([
    [['opne'], 3, 'policy "opne" not found'],
    [['open', 'tight'], 2, 'who-can takes one policy'],
    [['open', '-n', 'shpo'], 3, 'namespace "shpo" not found: did you mean "shop"?'],
    [['--subject', 'web'], 2, '--subject: "web" is not sa:NS/NAME'],
    [['--subject', 'user:a', '--subject', 'user:b'], 2, 'one identity has one user'],
    [['--verify'], 2, '--verify asks a live cluster'],
    [['-o', 'csv'], 2, '-o: "csv" is not one of'],
  ])('%j is one clear line', async (words, code, line) => {
    const result = await runHere('who-can', ...words, ...from);
    expect(result.code).toBe(code);
    expect(result.err.trimEnd().split('\n').at(-1)).toContain(line);
  });
});
