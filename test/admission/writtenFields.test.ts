import {expect, test} from 'vitest';
import {judgeOf} from '../../src/admission/judge.ts';
import {itemsOf} from '../../src/inventory/submissions/items.ts';
import {nativeObjects} from '../../src/migrate/native/nativeObjects.ts';
import {clusterWith} from '../support/builders/inventory.ts';
import {fullOptions} from '../support/builders/nativeOptions.ts';
import {policyObject} from '../support/builders/policies.ts';
import {grantOfUse} from '../support/builders/useGrants.ts';

const profiles = {
  'seccomp.security.alpha.kubernetes.io/allowedProfileNames': '*',
  'seccomp.security.alpha.kubernetes.io/defaultProfileName': 'runtime/default',
  'apparmor.security.beta.kubernetes.io/defaultProfileName': 'localhost/b',
};

const objects = [
  {...policyObject('web', {volumes: ['*']}), metadata: {name: 'web', annotations: profiles}},
  {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'shop'}},
  ...grantOfUse('web', {kind: 'ServiceAccount', namespace: 'shop', name: 'default'}),
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name: 'p', namespace: 'shop'},
    spec: {initContainers: [{name: 'i', image: 'i'}], containers: [{name: 'c', image: 'i'}]},
  },
];

test('where policies live in admission policies, the profiles that they write are fields', () => {
  const source = clusterWith(objects);
  const {objects: admissionPolicies} = nativeObjects(source.policies, fullOptions);
  const later = {
    ...source,
    serverVersion: 'v1.37.2',
    policyApi: 'absent',
    admissionPolicies,
  } as const;
  const changesIn = (inventory: typeof source) => {
    const judge = judgeOf(inventory);
    return itemsOf(inventory).flatMap(item => judge.verdict(item).changes);
  };
  const appArmorProfile = {type: 'Localhost', localhostProfile: 'b'};
  expect(changesIn(later)).toEqual([
    {op: 'add', path: '/spec/containers/0/securityContext', value: {appArmorProfile}},
    {op: 'add', path: '/spec/initContainers/0/securityContext', value: {appArmorProfile}},
    {
      op: 'add',
      path: '/spec/securityContext',
      value: {seccompProfile: {type: 'RuntimeDefault', localhostProfile: undefined}},
    },
  ]);
  expect(changesIn(source).map(({path}) => path)).toEqual(['/metadata/annotations']);
});
