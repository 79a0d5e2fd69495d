import {describe, expect, test} from 'vitest';
import type {JsonObject} from '../../src/kube/json.ts';
import {binding, role} from '../../src/kube/objects.ts';
import {
  type Authorizer,
  authorizerOf,
  type Identity,
  podIdentity,
  policiesOf,
  tokenIdentity,
} from '../../src/rbac/authorize.ts';

const useRule: JsonObject = {
  verbs: ['use'],
  apiGroups: ['policy'],
  resources: ['podsecuritypolicies'],
  resourceNames: ['a'],
};
const granting = (rule: JsonObject) => {
  const [read] = role({rules: [rule]}).rules ?? [];
  return read && policiesOf(read);
};
const roleOf = (name: string, rules: readonly JsonObject[], namespace?: string) =>
  role({metadata: {name, namespace}, rules});
const bindingOf = (
  name: string,
  to: readonly [kind: string, name: string],
  subjects: readonly JsonObject[],
  namespace?: string,
) => binding({metadata: {name, namespace}, roleRef: {kind: to[0], name: to[1]}, subjects});

const user = (name: string, ...groups: readonly string[]): Identity => ({user: name, groups});
const alice = user('alice', 'devs', 'system:authenticated');
const useA = roleOf('use-a', [useRule]);

/** Who of two users, and which pod's account, may use the policy a in team-a and in team-b. */
function grantedTo(subject: JsonObject, inNamespace?: string): readonly string[] {
  const made = bindingOf('b', ['ClusterRole', 'use-a'], [subject], inNamespace);
  const authorizer = authorizerOf({
    clusterRoles: [useA],
    roles: [],
    clusterRoleBindings: inNamespace === undefined ? [made] : [],
    roleBindings: inNamespace === undefined ? [] : [made],
  });
  const asking: readonly (readonly [string, Identity, string])[] = [
    ['alice in team-a', alice, 'team-a'],
    ['alice in team-b', alice, 'team-b'],
    ['pod in team-a', podIdentity('team-a', 'app'), 'team-a'],
    ['pod in team-b', podIdentity('team-b', 'app'), 'team-b'],
    ['token of team-a in team-b', tokenIdentity('team-a', 'app'), 'team-b'],
  ];
  return asking
    .filter(([, identity, namespace]) => authorizer.mayUse(identity, namespace, 'a'))
    .map(([name]) => name);
}

describe('a rule grants use', () => {
  test.each<[string, JsonObject]>([
    ['of the group policy', {}],
    ['of the group extensions', {apiGroups: ['extensions']}],
    ['of all groups', {apiGroups: ['*']}],
    ['by all verbs', {verbs: ['*']}],
    ['of all resources', {resources: ['*']}],
    ['beside other things', {verbs: ['get', 'use'], resources: ['pods', 'podsecuritypolicies']}],
  ])('%s', (_name, changes) => {
    expect(granting({...useRule, ...changes})).toEqual(['a']);
  });

  test.each<[string, JsonObject]>([
    ['no names', {resourceNames: undefined}],
    ['an empty list of names', {resourceNames: []}],
    ['null for names', {resourceNames: null}],
  ])('of all policies with %s', (_name, changes) => {
    expect(granting({...useRule, ...changes})).toBe('all');
  });

  test('of a policy with a star for a name, which no policy has', () => {
    expect(granting({...useRule, resourceNames: ['*']})).toEqual(['*']);
  });
});

describe('a rule grants no use', () => {
  test.each<[string, JsonObject]>([
    ['by another verb', {verbs: ['get', 'list', 'USE']}],
    ['without a verb', {verbs: []}],
    ['of the core group', {apiGroups: ['']}],
    ['of a group that begins so', {apiGroups: ['policy/v1beta1']}],
    ['of a subresource', {resources: ['podsecuritypolicies/*', '*/use']}],
    ['of the singular', {resources: ['podsecuritypolicy']}],
    ['in other letters', {resources: ['PodSecurityPolicies']}],
    ['of URLs', {apiGroups: undefined, resources: undefined, nonResourceURLs: ['*'], verbs: ['*']}],
  ])('%s', (_name, changes) => {
    expect(granting({...useRule, ...changes})).toBeUndefined();
  });

  test('together with another rule that has what it lacks', () => {
    const halves = [
      {...useRule, verbs: ['get']},
      {...useRule, resources: ['pods']},
    ];
    const authorizer = authorizerOf({
      clusterRoles: [roleOf('halves', halves)],
      roles: [],
      clusterRoleBindings: [
        bindingOf('b', ['ClusterRole', 'halves'], [{kind: 'User', name: 'alice'}]),
      ],
      roleBindings: [],
    });
    expect(authorizer.mayUse(alice, 'team-a', 'a')).toBe(false);
    expect(authorizer.grants).toEqual([]);
  });
});

describe('a subject is', () => {
  const everyone = [
    'alice in team-a',
    'alice in team-b',
    'pod in team-a',
    'pod in team-b',
    'token of team-a in team-b',
  ];
  const teamA = ['pod in team-a', 'token of team-a in team-b'];

  test.each<[string, JsonObject, readonly string[]]>([
    ['a user by the very name', {kind: 'User', name: 'alice'}, everyone.slice(0, 2)],
    ['no user in other letters', {kind: 'User', name: 'Alice'}, []],
    ['no user by a star', {kind: 'User', name: '*'}, []],
    [
      'a service account by its user name',
      {kind: 'User', name: 'system:serviceaccount:team-a:app'},
      teamA,
    ],
    ['a group', {kind: 'Group', name: 'devs'}, everyone.slice(0, 2)],
    ['no group of a user name', {kind: 'Group', name: 'alice'}, []],
    ['all service accounts', {kind: 'Group', name: 'system:serviceaccounts'}, everyone.slice(2)],
    ['those of a namespace', {kind: 'Group', name: 'system:serviceaccounts:team-a'}, teamA],
    [
      'whoever is authenticated: a pod is not, its token is',
      {kind: 'Group', name: 'system:authenticated'},
      ['alice in team-a', 'alice in team-b', 'token of team-a in team-b'],
    ],
    ['a service account', {kind: 'ServiceAccount', namespace: 'team-a', name: 'app'}, teamA],
    ['no service account without a namespace', {kind: 'ServiceAccount', name: 'app'}, []],
    ['nobody of another kind', {kind: 'Robot', name: 'alice'}, []],
    [
      'a user of any API group',
      {kind: 'User', apiGroup: 'none', name: 'alice'},
      everyone.slice(0, 2),
    ],
  ])('%s', (_name, subject, granted) => {
    expect(grantedTo(subject)).toEqual(granted);
  });

  test('in a namespace, bound there alone', () => {
    expect(grantedTo({kind: 'User', name: 'alice'}, 'team-b')).toEqual(['alice in team-b']);
    expect(grantedTo({kind: 'Group', name: 'system:serviceaccounts'}, 'team-a')).toEqual([
      'pod in team-a',
    ]);
  });

  test('a service account of the namespace of its binding if it names none', () => {
    expect(grantedTo({kind: 'ServiceAccount', name: 'app'}, 'team-a')).toEqual(['pod in team-a']);
  });

  test('a service account of another namespace than that of its binding', () => {
    const subject = {kind: 'ServiceAccount', namespace: 'team-a', name: 'app'};
    expect(grantedTo(subject, 'team-b')).toEqual(['token of team-a in team-b']);
  });
});

describe('a role', () => {
  const bound = (to: readonly [string, string], namespace?: string): Authorizer => {
    const made = bindingOf('b', to, [{kind: 'User', name: 'alice'}], namespace);
    return authorizerOf({
      clusterRoles: [roleOf('use', [useRule])],
      roles: [roleOf('use', [{...useRule, resourceNames: ['b']}], 'team-a')],
      clusterRoleBindings: namespace === undefined ? [made] : [],
      roleBindings: namespace === undefined ? [] : [made],
    });
  };
  const granted = (authorizer: Authorizer) =>
    ['team-a', 'team-b'].flatMap(namespace =>
      ['a', 'b']
        .filter(policy => authorizer.mayUse(alice, namespace, policy))
        .map(policy => `${policy} in ${namespace}`),
    );

  test('of the cluster, bound in the cluster, grants everywhere', () => {
    expect(granted(bound(['ClusterRole', 'use']))).toEqual(['a in team-a', 'a in team-b']);
  });
  test('of the cluster, bound in a namespace, grants there', () => {
    expect(granted(bound(['ClusterRole', 'use'], 'team-b'))).toEqual(['a in team-b']);
  });
  test('of a namespace grants there', () => {
    expect(granted(bound(['Role', 'use'], 'team-a'))).toEqual(['b in team-a']);
  });
  test('of another namespace than its binding is not found', () => {
    expect(granted(bound(['Role', 'use'], 'team-b'))).toEqual([]);
  });
  test('of a namespace, bound in the cluster, is not found', () => {
    expect(granted(bound(['Role', 'use']))).toEqual([]);
  });
  test('of another kind, or that is not there, grants nothing', () => {
    expect(granted(bound(['Roles', 'use'], 'team-a'))).toEqual([]);
    expect(granted(bound(['ClusterRole', 'missing']))).toEqual([]);
  });
});

describe('grants', () => {
  const authorizer = authorizerOf({
    clusterRoles: [
      useA,
      roleOf('cluster-admin', [{verbs: ['*'], apiGroups: ['*'], resources: ['*']}]),
    ],
    roles: [roleOf('use-b', [{...useRule, resourceNames: ['b', 'a']}], 'team-a')],
    clusterRoleBindings: [
      bindingOf('broken', ['ClusterRole', 'missing'], [{kind: 'Group', name: 'devs'}]),
      bindingOf('devs', ['ClusterRole', 'use-a'], [{kind: 'Group', name: 'devs'}]),
      bindingOf(
        'masters',
        ['ClusterRole', 'cluster-admin'],
        [{kind: 'Group', name: 'system:masters'}],
      ),
    ],
    roleBindings: [
      bindingOf(
        'alice',
        ['Role', 'use-b'],
        [
          {kind: 'User', name: 'alice'},
          {kind: 'Group', name: 'devs'},
        ],
        'team-a',
      ),
    ],
  });
  const names = (identity: Identity, namespace: string, policy: string) =>
    authorizer.grantsOf(identity, namespace, policy).map(({binding}) => binding.name);

  test('are named once each, those of the cluster first; a broken one hides no other', () => {
    expect(names(alice, 'team-a', 'a')).toEqual(['devs', 'alice']);
    expect(names(alice, 'team-b', 'a')).toEqual(['devs']);
    expect(names(alice, 'team-a', 'b')).toEqual(['alice']);
    expect(names(alice, 'team-b', 'b')).toEqual([]);
  });

  test('name policies for an identity where they count, and again the same ones', () => {
    const named = (identity: Identity, namespace: string) =>
      [...authorizer.namedFor(identity, namespace)].sort();
    for (const _ of ['first', 'again']) {
      expect(named(alice, 'team-a')).toEqual(['a', 'b']);
      expect(named(alice, 'team-b')).toEqual(['a']);
      // All of them, none by name.
      expect(named(user('root', 'system:masters'), 'team-b')).toEqual([]);
    }
  });

  test('of masters come from their binding, like all others', () => {
    expect(names(user('root', 'system:masters'), 'team-a', 'any')).toEqual(['masters']);
    const without = authorizerOf({
      clusterRoles: [],
      roles: [],
      clusterRoleBindings: [],
      roleBindings: [],
    });
    expect(without.mayUse(user('root', 'system:masters'), 'team-a', 'any')).toBe(false);
  });

  test('tell the way: binding, role, policies', () => {
    expect(authorizer.grants.map(({binding, role, policies}) => [binding, role, policies])).toEqual(
      [
        [
          {kind: 'ClusterRoleBinding', namespace: undefined, name: 'devs'},
          {kind: 'ClusterRole', namespace: undefined, name: 'use-a'},
          new Set(['a']),
        ],
        [
          {kind: 'ClusterRoleBinding', namespace: undefined, name: 'masters'},
          {kind: 'ClusterRole', namespace: undefined, name: 'cluster-admin'},
          undefined,
        ],
        [
          {kind: 'RoleBinding', namespace: 'team-a', name: 'alice'},
          {kind: 'Role', namespace: 'team-a', name: 'use-b'},
          new Set(['b', 'a']),
        ],
      ],
    );
  });
});
