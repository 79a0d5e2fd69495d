import {expect, test} from 'vitest';
import {perhapsGrants} from '../../src/grant/perhapsGrants.ts';
import {binding, roleFor} from '../support/builders/audits.ts';
import {clusterWith} from '../support/builders/inventory.ts';

const known = clusterWith([
  roleFor('use-web', 'web'),
  binding('known', 'use-web', ['sa:shop/web'], true),
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: {name: 'unread', namespace: 'shop'},
    roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'hidden'},
    subjects: [{kind: 'ServiceAccount', name: 'web', namespace: 'shop'}],
  },
]);
const account = (name: string) => ({kind: 'ServiceAccount' as const, namespace: 'shop', name});

test('bindings of a role that is not known are named, if they name the subject in its namespace', () => {
  const inAll = [{subject: account('web'), namespace: undefined}];
  const text = 'RoleBinding shop/unread, which refers to ClusterRole hidden';
  expect(perhapsGrants(known, inAll)).toEqual([text]);
  expect(perhapsGrants(known, [{subject: account('web'), namespace: 'shop'}])).toEqual([text]);
  expect(perhapsGrants(known, [{subject: account('web'), namespace: 'data'}])).toEqual([]);
  expect(perhapsGrants(known, [{subject: account('other'), namespace: 'shop'}])).toEqual([]);
});
