import {describe, expect, test} from 'vitest';
import {questionsAbout} from '../../src/grant/verifyRights.ts';
import type {UseRight} from '../../src/rbac/whoCan.ts';

const policies = ['open', 'tight'];

function right(kind: 'User' | 'Group', name: string, namespace?: string): UseRight {
  return {
    policy: 'open',
    subject: {kind, namespace: undefined, name},
    namespace,
    via: [],
    notes: [],
  };
}

const asked = (rights: readonly UseRight[], user?: string) =>
  questionsAbout(
    {
      rights,
      identity: user === undefined ? undefined : {user, groups: ['devs', 'system:masters']},
      elsewhere: 'shop',
    },
    policies,
  ).map(({who, policy, namespace}) => `${who} ${policy} ${namespace}`);

describe('what is asked to verify an answer', () => {
  test('each subject, with all policies, where it has the right', () => {
    expect(asked([right('User', 'alice', 'ci'), right('Group', 'ops')])).toEqual([
      'User alice open ci',
      'User alice tight ci',
      'Group ops open shop',
      'Group ops tight shop',
    ]);
  });

  test('the identity that was asked about, also without a right', () => {
    expect(asked([], 'bob')).toEqual(['bob open shop', 'bob tight shop']);
    expect(asked([right('Group', 'devs', 'ci')], 'bob')).toContain('bob open ci');
  });

  test('everybody, if nobody has a right, or none but those whom reviews never deny', () => {
    const everybody = [
      'Group system:authenticated open shop',
      'Group system:authenticated tight shop',
      'Group system:serviceaccounts open shop',
      'Group system:serviceaccounts tight shop',
    ];
    expect(asked([])).toEqual(everybody);
    expect(asked([right('Group', 'system:masters')])).toEqual(everybody);
  });

  test('nobody as a member of system:masters', () => {
    const [first] = questionsAbout(
      {rights: [], identity: {user: 'bob', groups: ['system:masters', 'devs']}, elsewhere: 'a'},
      policies,
    );
    expect(first?.identity).toEqual({user: 'bob', groups: ['devs']});
  });
});
