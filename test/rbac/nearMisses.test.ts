import {describe, expect, test} from 'vitest';
import type {JsonObject} from '../../src/kube/json.ts';
import type {Rule} from '../../src/kube/objects.ts';
import {nearMisses} from '../../src/rbac/nearMisses.ts';
import {missOfRule} from '../../src/rbac/nearRules.ts';
import {binding, grant, role, roleFor, subject} from '../support/builders/audits.ts';
import {clusterWith} from '../support/builders/inventory.ts';
import {patched} from '../support/builders/jsonPatch.ts';

const says = (...objects: readonly JsonObject[]) =>
  nearMisses(clusterWith(objects).rbac, ['web', 'strict']).map(miss => miss.says);
const secrets = {apiGroups: [''], resources: ['secrets'], verbs: ['get']};
const use = {apiGroups: ['policy'], resources: ['podsecuritypolicies'], verbs: ['use']};

describe('a rule that looks like a grant and is none', () => {
  test.each([
    [{...use, apiGroups: ['policy/v1beta1']}, 'names the API group "policy/v1beta1"'],
    [{...use, apiGroups: ['']}, 'names the API group ""'],
    [{...use, resources: ['psp']}, 'names the resource "psp"'],
    [{...use, resources: ['PodSecurityPolicies']}, 'names the resource "PodSecurityPolicies"'],
    [{...use, verbs: ['Use']}, 'has the verb "Use"'],
    [{...use, verbs: ['get', 'list'], resourceNames: ['web']}, 'has the verbs get, list'],
  ])('%j', (rule, words) => {
    expect(says(role('r', rule)).join()).toContain(words);
  });

  test.each<[JsonObject, JsonObject]>([
    [{...use, apiGroups: ['policy/v1beta1', 'apps']}, {apiGroups: ['policy', 'apps']}],
    [{...use, apiGroups: ['Policy']}, {apiGroups: ['policy']}],
    [{...use, apiGroups: ['']}, {apiGroups: ['policy']}],
    [
      {...use, apiGroups: [''], resources: ['pods', 'psp']},
      {apiGroups: ['', 'policy'], resources: ['pods', 'podsecuritypolicies']},
    ],
    [
      {...use, resources: ['psp'], verbs: ['Use', 'get']},
      {resources: ['podsecuritypolicies'], verbs: ['use', 'get']},
    ],
    [{...use, verbs: ['get', 'list'], resourceNames: ['web']}, {verbs: ['get', 'list', 'use']}],
  ])('%j becomes what was meant', (rule, fields) => {
    const [miss] = nearMisses(clusterWith([role('r', secrets, rule)]).rbac, ['web']);
    const steps = Object.entries(fields).map(([field, value]) => ({
      op: 'add',
      path: `/rules/1/${field}`,
      value,
    }));
    expect(miss?.fix).toEqual({kind: 'patch', steps});
    const mended = patched({rules: [{}, rule]}, steps) as {readonly rules: readonly Rule[]};
    expect(mended.rules.map(missOfRule)).toEqual([undefined, undefined]);
  });

  test('in a role that its controller writes is not to be patched there', () => {
    const aggregated = {
      ...role('r', {...use, verbs: ['Use']}),
      aggregationRule: {clusterRoleSelectors: []},
    };
    const misses = nearMisses({...clusterWith([]).rbac, clusterRoles: [aggregated as never]}, []);
    expect(misses.map(({fix}) => fix)).toEqual([undefined]);
  });

  test.each([
    ['a role that reads policies', {...use, verbs: ['get', 'list', 'watch']}],
    ['a role that changes policies', {...use, verbs: ['create', 'update']}],
    ['a role for everything', {apiGroups: ['*'], resources: ['*'], verbs: ['*']}],
    ['a role about other things', {apiGroups: [''], resources: ['pods'], verbs: ['use']}],
  ])('not %s', (_, rule) => {
    expect(says(role('r', rule))).toEqual([]);
  });
});

describe('a binding that looks right', () => {
  const bound = (...subjects: readonly JsonObject[]) =>
    says(roleFor('r', 'web'), {...binding('b', 'r', []), subjects: [...subjects]});
  const roleRef = (kind: string, name: string) => ({
    roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind, name},
  });

  test.each([
    [subject('group:system:serviceaccount:shop'), 'Group system:serviceaccounts:NAMESPACE'],
    [subject('user:serviceaccount:shop:web'), 'is system:serviceaccount:shop:web'],
    [subject('user:system:serviceaccounts'), 'which is the name of a group'],
    [{kind: 'ServiceAccount', name: 'web', namespace: 'ci'}, 'whose own pods are in namespace ci'],
    [{kind: 'serviceaccount', name: 'web'}, 'kinds are User, Group and ServiceAccount'],
  ])('%j', (one, words) => {
    expect(bound(one).join()).toContain(words);
  });

  test('with subjects that are what they seem says nothing', () => {
    const controller = {kind: 'ServiceAccount', name: 'job-controller', namespace: 'kube-system'};
    expect(
      bound(
        subject('sa:web'),
        subject('user:system:serviceaccount:ci:deployer'),
        subject('user:alice'),
        subject('group:system:serviceaccounts:shop'),
        controller,
      ),
    ).toEqual([]);
  });

  test('may refer to the wrong kind of role, or to a name that a role nearly has', () => {
    const wide = binding('b', 'r', ['sa:web'], true);
    expect(says(roleFor('r', 'web'), {...wide, ...roleRef('Role', 'r')})).toEqual([
      'is invalid: it refers to Role/r, and a ClusterRoleBinding can only refer to a ClusterRole',
    ]);
    expect(says(roleFor('r', 'web'), {...binding('b', 'r', []), ...roleRef('Role', 'r')})).toEqual([
      'refers to Role/r, but there is only ClusterRole/r',
    ]);
    expect(says(roleFor('web-psp', 'web'), binding('web-psp', 'web', ['sa:web']))).toEqual([
      'refers to ClusterRole/web, which does not exist; ClusterRole/web-psp does',
    ]);
  });

  test('of a role that itself grants nothing yet is a near miss too', () => {
    const wrong = role('web-psp', {...use, verbs: ['Use'], resourceNames: ['web']});
    const typo = {
      ...binding('b', 'web-psp', []),
      subjects: [subject('group:system:serviceaccount:shop')],
    };
    expect(says(wrong, typo)).toHaveLength(2);
    expect(says(wrong, binding('c', 'web', ['sa:web'])).join()).toContain(
      'ClusterRole/web-psp does',
    );
  });

  test.each<[JsonObject, JsonObject]>([
    [subject('group:system:serviceaccount:shop'), subject('group:system:serviceaccounts:shop')],
    [subject('group:system:serviceaccount:shop:web'), subject('sa:web')],
    [subject('user:serviceaccount:shop:web'), subject('sa:web')],
    [subject('user:system:authenticated'), subject('group:system:authenticated')],
    [{kind: 'serviceaccounts', name: 'web', namespace: 'shop'}, subject('sa:web')],
  ])('with %j becomes one with %j', (one, meant) => {
    const rbac = clusterWith([
      roleFor('r', 'web'),
      {...binding('b', 'r', []), subjects: [one]},
    ]).rbac;
    expect(nearMisses(rbac, ['web']).map(({fix}) => fix)).toEqual([
      {
        kind: 'patch',
        steps: [{op: 'replace', path: '/subjects/0', value: expect.objectContaining(meant)}],
      },
    ]);
  });

  test.each([
    ['psp:web', 'web', true],
    ['web-psp', 'psp-web', true],
    ['frontend-role', 'frontend', true],
    ['use-ingress-psp', 'psp:ingress', true],
    ['restrcted', 'restricted', true],
    ['r1', 'r0', false],
    ['worker-1', 'worker-2', false],
    ['web', 'wep', false],
    ['psp', 'use', false],
  ])('to role %s means %s: %s', (written, existing, isNear) => {
    const misses = says(roleFor(existing, 'web'), binding('b', written, ['sa:web']));
    expect(misses).toHaveLength(isNear ? 1 : 0);
  });

  test('of a role that is just missing is no near miss', () => {
    expect(says(...grant('strict', 'sa:web'), binding('b', 'nothing-like-it', ['sa:web']))).toEqual(
      [],
    );
  });
});
