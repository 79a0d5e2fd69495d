import {describe, expect, test} from 'vitest';
import {identityOfSubjects, namedSubject, userNamed} from '../../src/commands/input/subjects.ts';
import {viewsToOpen} from '../../src/commands/summary/openAt.ts';
import {runHere} from '../support/run/run.ts';

/** An account of the namespace `shop`, as kubectl and people write it. */
const spellings = [
  'sa:shop/web',
  'sa/shop/web',
  'sa:shop:web',
  'serviceaccount/shop/web',
  'serviceaccounts/shop/web',
  'ServiceAccount:shop/web',
  'system:serviceaccount:shop:web',
  'sa:web',
  'serviceaccount/web',
];

describe('subjects, in all their spellings', () => {
  test.each(spellings)('%s is an account', text => {
    expect(namedSubject(text, 'shop')).toEqual({
      subject: {kind: 'ServiceAccount', namespace: 'shop', name: 'web'},
      home: 'shop',
    });
    expect(identityOfSubjects([text], 'shop')?.user).toBe('system:serviceaccount:shop:web');
    expect(userNamed(text, 'shop')).toBe('system:serviceaccount:shop:web');
    expect(viewsToOpen(text, 'shop', 'default').at(-1)).toEqual({
      name: 'pods',
      namespace: 'shop',
      account: 'web',
    });
  });

  test('what is written in full does not heed -n', () => {
    expect(namedSubject('sa:shop/web', 'other').home).toBe('shop');
    expect(namedSubject('system:serviceaccount:shop:web', 'other').home).toBe('shop');
  });

  test.for([
    ['user:jane', 'User', 'jane'],
    ['user/jane', 'User', 'jane'],
    ['User:system:serviceaccount:shop:web', 'User', 'system:serviceaccount:shop:web'],
    ['group:devs', 'Group', 'devs'],
    ['group/oidc:devs/a', 'Group', 'oidc:devs/a'],
    ['ns:shop', 'Group', 'system:serviceaccounts:shop'],
  ])('%s', ([text, kind, name]) => {
    expect(namedSubject(text ?? '', undefined).subject).toEqual({kind, namespace: undefined, name});
  });

  test.each(['web', 'sa:', 'sa:a/b/c', 'user:', 'svc:a/b', ''])('%j is none', text => {
    expect(() => namedSubject(text, 'shop')).toThrow(/is not sa:NS\/NAME, user:NAME/);
    expect(() => identityOfSubjects([text], 'shop')).toThrow(/is not sa:NS\/NAME, user:NAME/);
  });

  test('an account without a namespace anywhere asks for one', () => {
    expect(() => namedSubject('sa:web', undefined)).toThrow('give -n');
  });

  test('who-can: a policy or all of them, however kubectl names the kind', async () => {
    const run = (...args: readonly string[]) => runHere('who-can', ...args, '--demo', '-A');
    const all = await run();
    for (const kind of ['psp', 'podsecuritypolicy', 'podsecuritypolicies.policy']) {
      expect(await run('use', kind)).toEqual(all);
    }
    const one = await run('baseline');
    for (const args of [
      ['use', 'baseline'],
      ['use', 'psp', 'baseline'],
      ['use', 'psp/baseline'],
    ]) {
      expect(await run(...args)).toEqual(one);
    }
  });
});
