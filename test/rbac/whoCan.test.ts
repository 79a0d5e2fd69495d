import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {identityOf} from '../../src/grant/verifyRights.ts';
import {authorizerOf} from '../../src/rbac/authorize.ts';
import {danglingNotes} from '../../src/rbac/dangling.ts';
import {expandGroup} from '../../src/rbac/expand.ts';
import {isPartOf} from '../../src/rbac/grantee.ts';
import {indirectRights} from '../../src/rbac/indirect.ts';
import {unreadRbac} from '../../src/rbac/unreadRbac.ts';
import {whoCan} from '../../src/rbac/whoCan.ts';
import {
  anyRbac,
  askedSubjects,
  decodeRbac,
  namespaces,
  policies,
} from '../support/builders/anyRbac.ts';
import {runsOf} from '../support/run/runs.ts';

const everything = {policies, namespace: undefined, identity: undefined};

describe('whoCan', () => {
  test('forward and backward answers agree with each other and with the authorizer', () => {
    fc.assert(
      fc.property(anyRbac, objects => {
        const authorizer = authorizerOf(decodeRbac(objects));
        const all = whoCan(authorizer, everything);
        for (const raw of askedSubjects) {
          const identity = identityOf({namespace: undefined, ...raw});
          const backward = whoCan(authorizer, {...everything, identity});
          expect(backward).toEqual(all.filter(({subject}) => isPartOf(subject, identity)));
          for (const policy of policies) {
            for (const namespace of namespaces) {
              const may = backward.some(
                right =>
                  right.policy === policy &&
                  (right.namespace === undefined || right.namespace === namespace),
              );
              expect(authorizer.mayUse(identity, namespace, policy)).toBe(may);
            }
          }
        }
      }),
      {numRuns: runsOf(60)},
    );
  });

  test('a namespace gives its own rows and the cluster-wide ones', () => {
    fc.assert(
      fc.property(anyRbac, fc.constantFrom(...namespaces), (objects, namespace) => {
        const authorizer = authorizerOf(decodeRbac(objects));
        const here = whoCan(authorizer, {...everything, namespace});
        const expected = whoCan(authorizer, everything).filter(
          right => right.namespace === undefined || right.namespace === namespace,
        );
        expect(here).toEqual(expected);
      }),
      {numRuns: runsOf(60)},
    );
  });

  test('names what a grant to controllers or to everybody opens', () => {
    const notesOf = (subject: object, asked: 'rbac' | 'authorizer' = 'rbac') => {
      const objects = decodeRbac([
        {
          metadata: {name: 'use'},
          kind: 'ClusterRole',
          rules: [{verbs: ['use'], apiGroups: ['policy'], resources: ['podsecuritypolicies']}],
        },
        {
          metadata: {name: 'b'},
          kind: 'ClusterRoleBinding',
          roleRef: {kind: 'ClusterRole', name: 'use'},
          subjects: [subject],
        },
      ]);
      const question = {...everything, policies: ['open'], asked};
      return whoCan(authorizerOf(objects), question)[0]?.notes.join('; ');
    };
    const controller = {kind: 'ServiceAccount', namespace: 'kube-system'};
    expect(notesOf({...controller, name: 'daemon-set-controller'})).toContain('every DaemonSet');
    expect(notesOf({...controller, name: 'replicaset-controller'})).toContain(
      'every Deployment and ReplicaSet of the cluster',
    );
    expect(notesOf({...controller, name: 'coredns'})).toBe('');
    for (const name of ['', ':kube-system']) {
      expect(notesOf({kind: 'Group', name: `system:serviceaccounts${name}`})).toContain(
        'opens the policy to every workload of the cluster',
      );
    }
    expect(notesOf({kind: 'Group', name: 'system:authenticated'})).toContain('does not count');
    const masters = {kind: 'Group', name: 'system:masters'};
    expect(notesOf(masters)).toContain('no shortcut');
    expect(notesOf(masters, 'authorizer')).toContain('whatever is bound');
    expect(notesOf({kind: 'Group', name: 'system:serviceaccounts:shop'})).toBe('');
    const user = 'system:serviceaccount:kube-system:job-controller';
    expect(notesOf({kind: 'User', name: user})).toContain('every Job and CronJob');
  });
});

test('where the server itself is asked, its masters may use every policy without a binding', () => {
  const authorizer = authorizerOf(decodeRbac([]));
  const question = {...everything, policies: ['open'], asked: 'authorizer'} as const;
  const identity = {user: 'admin', groups: ['system:masters']};
  const alice = {user: 'alice', groups: ['devs']};
  expect(whoCan(authorizer, {...question, identity}).map(({policy, via}) => [policy, via])).toEqual(
    [['open', []]],
  );
  expect(whoCan(authorizer, {...question, identity: alice})).toEqual([]);
  expect(whoCan(authorizer, {...question, asked: 'rbac'})).toEqual([]);
});

test('dangling grants are told', () => {
  const objects = decodeRbac([
    {
      metadata: {name: 'r'},
      kind: 'ClusterRole',
      rules: [
        {
          verbs: ['use'],
          apiGroups: ['policy'],
          resources: ['podsecuritypolicies'],
          resourceNames: ['gone', '*', 'open'],
        },
      ],
    },
    {
      metadata: {name: 'b', namespace: 'ns-a'},
      kind: 'RoleBinding',
      roleRef: {kind: 'Role', name: 'missing'},
      subjects: [],
    },
  ]);
  const read = unreadRbac({origin: 'cluster', rbac: objects, gaps: []});
  expect(danglingNotes(objects, authorizerOf(objects), ['open'], {unread: read})).toEqual([
    'ClusterRole/r has the resource name "*", which is not a wildcard: it grants nothing',
    'ClusterRole/r names policy "gone", which does not exist',
    'RoleBinding/ns-a/b refers to Role/ns-a/missing, which does not exist',
  ]);
  const of = (namespace: string) =>
    danglingNotes(objects, authorizerOf(objects), ['open'], {namespace, unread: read}).length;
  expect([of('ns-a'), of('ns-b')]).toEqual([3, 2]);
  const gap = (namespace: string) => ({resource: 'roles', namespace, reason: 'forbidden'});
  const lacking = (namespace: string) =>
    danglingNotes(objects, authorizerOf(objects), ['open'], {
      unread: unreadRbac({origin: 'cluster', rbac: objects, gaps: [gap(namespace)]}),
    });
  // Where the roles could not be read, it may be there.
  expect(lacking('ns-a')).toHaveLength(2);
  expect(lacking('ns-b')).toHaveLength(3);
});

test('rights over bindings, roles and policies are indirect rights', () => {
  const bind = {kind: 'ClusterRole', name: 'r'};
  const subjects = [{kind: 'User', name: 'alice'}];
  const of = (rules: readonly object[], namespace?: string) => {
    const metadata = namespace === undefined ? {name: 'b'} : {name: 'b', namespace};
    const kind = namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding';
    return indirectRights(
      decodeRbac([
        {metadata: {name: 'r'}, kind: 'ClusterRole', rules},
        {metadata, kind, roleRef: bind, subjects},
      ]),
      undefined,
    ).flatMap(({rights}) => rights);
  };
  const apiGroups = ['rbac.authorization.k8s.io'];
  expect(of([{verbs: ['update'], apiGroups: ['policy'], resources: ['*']}])).toEqual([
    'update podsecuritypolicies',
  ]);
  expect(of([{verbs: ['create'], apiGroups, resources: ['rolebindings']}], 'ns-a')).toEqual([
    'create rolebindings',
  ]);
  expect(of([{verbs: ['bind'], apiGroups, resources: ['clusterroles']}], 'ns-a')).toEqual([
    'bind clusterroles',
  ]);
  expect(of([{verbs: ['escalate'], apiGroups, resources: ['clusterroles']}], 'ns-a')).toEqual([]);
  expect(of([{verbs: ['*'], apiGroups: ['*'], resources: ['*']}])).toHaveLength(13);
  expect(of([{verbs: ['get'], apiGroups, resources: ['roles']}])).toEqual([]);
});

test('groups of service accounts are expanded to those that admission counts in', () => {
  const accounts = [
    {namespace: 'ns-a', name: 'web', pods: ['web-0']},
    {namespace: 'ns-b', name: 'db', pods: []},
  ];
  const names = (name: string, namespace?: string) =>
    expandGroup({kind: 'Group', namespace: undefined, name}, namespace, accounts).map(
      ({account}) => account.name,
    );
  expect(names('system:serviceaccounts')).toEqual(['web', 'db']);
  expect(names('system:serviceaccounts', 'ns-b')).toEqual(['db']);
  expect(names('system:serviceaccounts:ns-a')).toEqual(['web']);
  expect(names('system:serviceaccounts:ns-a', 'ns-b')).toEqual([]);
  expect(names('system:authenticated')).toEqual([]);
});
