import fc from 'fast-check';
import {parseJson, printJson} from '../../../src/kube/json.ts';
import {binding, role} from '../../../src/kube/objects.ts';
import type {RbacObjects} from '../../../src/rbac/authorize.ts';

/** Small worlds, so that grants meet questions often. */
export const namespaces = ['ns-a', 'ns-b', 'kube-system'];
export const policies = ['open', 'tight', 'other'];
const accounts = ['default', 'web', 'replicaset-controller'];
const users = ['alice', 'bob', 'system:serviceaccount:ns-a:web'];
const groups = [
  'devs',
  'system:serviceaccounts',
  'system:serviceaccounts:ns-a',
  'system:serviceaccounts:kube-system',
  'system:authenticated',
  'system:masters',
];
const rbac = 'rbac.authorization.k8s.io';

export interface RawSubject {
  readonly kind: 'ServiceAccount' | 'User' | 'Group';
  readonly namespace?: string;
  readonly name: string;
}

/** Subjects to ask about. */
export const askedSubjects: readonly RawSubject[] = [
  ...namespaces.flatMap(namespace =>
    accounts.map(name => ({kind: 'ServiceAccount' as const, namespace, name})),
  ),
  ...users.map(name => ({kind: 'User' as const, name})),
  ...groups.map(name => ({kind: 'Group' as const, name})),
];

const anyRule = fc.record({
  verbs: fc.constantFrom(['use'], ['*'], ['get'], ['USE'], ['get', 'use']),
  apiGroups: fc.constantFrom(['policy'], ['extensions'], ['*'], [''], ['apps', 'policy']),
  resources: fc.constantFrom(
    ['podsecuritypolicies'],
    ['*'],
    ['podsecuritypolicies/*'],
    ['*/use'],
    ['podsecuritypolicy'],
    ['pods', 'podsecuritypolicies'],
  ),
  resourceNames: fc.constantFrom([], ['open'], ['tight', 'other'], ['*'], ['gone']),
});

/** A subject of a binding; in a RoleBinding a service account may lack its namespace. */
function anySubject(namespaced: boolean): fc.Arbitrary<object> {
  const place = fc.constantFrom(...namespaces);
  const account = fc.record({
    kind: fc.constant('ServiceAccount'),
    name: fc.constantFrom(...accounts),
    namespace: namespaced ? fc.oneof(place, fc.constant('')) : place,
  });
  const named = (kind: string, names: readonly string[]) =>
    fc.record({
      kind: fc.constant(kind),
      apiGroup: fc.constant(rbac),
      name: fc.constantFrom(...names),
    });
  return fc.oneof(account, named('User', users), named('Group', groups));
}

const roleNames = ['r1', 'r2', 'r3'];

/** RBAC objects as they are sent to a server, which takes all of them. */
export const anyRbac: fc.Arbitrary<readonly object[]> = fc
  .record({
    clusterRules: fc.array(fc.array(anyRule, {maxLength: 2}), {minLength: 3, maxLength: 3}),
    rules: fc.array(fc.array(anyRule, {maxLength: 2}), {minLength: 9, maxLength: 9}),
    clusterBindings: fc.array(
      fc.tuple(
        fc.constantFrom(...roleNames, 'missing'),
        fc.array(anySubject(false), {maxLength: 2}),
      ),
      {maxLength: 3},
    ),
    bindings: fc.array(
      fc.tuple(
        fc.constantFrom(...namespaces),
        fc.constantFrom('Role', 'ClusterRole'),
        fc.constantFrom(...roleNames, 'missing'),
        fc.array(anySubject(true), {maxLength: 3}),
      ),
      {maxLength: 6},
    ),
  })
  .map(({clusterRules, rules, clusterBindings, bindings}) => [
    ...clusterRules.map((list, i) => ({
      ...head('ClusterRole', roleNames[i] ?? ''),
      rules: list,
    })),
    ...rules.map((list, i) => ({
      ...head('Role', roleNames[i % 3] ?? '', namespaces[Math.floor(i / 3)]),
      rules: list,
    })),
    ...clusterBindings.map(([name, subjects], i) => ({
      ...head('ClusterRoleBinding', `b${i}`),
      roleRef: {apiGroup: rbac, kind: 'ClusterRole', name},
      subjects,
    })),
    ...bindings.map(([namespace, kind, name, subjects], i) => ({
      ...head('RoleBinding', `b${i}`, namespace),
      roleRef: {apiGroup: rbac, kind, name},
      subjects,
    })),
  ]);

function head(kind: string, name: string, namespace?: string) {
  const metadata = namespace === undefined ? {name} : {name, namespace};
  return {apiVersion: `${rbac}/v1`, kind, metadata};
}

/** The objects as the program reads them. */
export function decodeRbac(objects: readonly object[]): RbacObjects {
  const ofKind = (kind: string) =>
    objects.filter(object => (object as {readonly kind: string}).kind === kind);
  const read = <T>(kind: string, decode: (value: ReturnType<typeof parseJson>) => T) =>
    ofKind(kind).map(object => decode(parseJson(printJson(object))));
  return {
    clusterRoles: read('ClusterRole', role),
    roles: read('Role', role),
    clusterRoleBindings: read('ClusterRoleBinding', binding),
    roleBindings: read('RoleBinding', binding),
  };
}
