import {expect, test} from 'vitest';
import {boundTo, perhapsBoundTo} from '../../src/advice/excess.ts';
import {itemsOf} from '../../src/inventory/submissions/items.ts';
import {binding, roleFor} from '../support/builders/audits.ts';
import {clusterWith} from '../support/builders/inventory.ts';
import {policyObject} from '../support/builders/policies.ts';

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {name: 'web', namespace: 'shop'},
  spec: {template: {spec: {containers: [{name: 'c', image: 'x'}]}}},
};

test('where rights were not read, what is perhaps bound to a policy is not taken for unbound', () => {
  const gaps = ['clusterroles', 'clusterrolebindings'].map(resource => ({
    resource,
    namespace: undefined,
    reason: 'forbidden',
  }));
  const unread = clusterWith([policyObject('wide', {volumes: ['*']}), deployment], {gaps});
  const named = (list: readonly {readonly name: string}[]) => list.map(({name}) => name);
  expect(named(boundTo('wide', itemsOf(unread), unread))).toEqual([]);
  expect(perhapsBoundTo('wide', itemsOf(unread), unread)).toHaveLength(1);
  const read = clusterWith([
    policyObject('wide', {volumes: ['*']}),
    roleFor('use', 'wide'),
    binding('use', 'use', ['group:system:serviceaccounts'], true),
    deployment,
  ]);
  expect(boundTo('wide', itemsOf(read), read)).toHaveLength(1);
  expect(perhapsBoundTo('wide', itemsOf(read), read)).toEqual([]);
});
