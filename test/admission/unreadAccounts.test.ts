import {expect, test} from 'vitest';
import {judgeOf} from '../../src/admission/judge.ts';
import type {Verdict} from '../../src/admission/judgement.ts';
import type {Gap} from '../../src/inventory/inventory.ts';
import {itemsOf} from '../../src/inventory/submissions/items.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {binding, roleFor} from '../support/builders/audits.ts';
import {clusterWith} from '../support/builders/inventory.ts';
import {policyObject} from '../support/builders/policies.ts';

const gaps: readonly Gap[] = [
  {resource: 'serviceaccounts', namespace: 'shop', reason: 'forbidden'},
];

/** The verdict on a Deployment under a policy of these volumes, where accounts of shop were not read. */
function verdictOn(volumes: readonly string[], spec: JsonObject = {}): Verdict | undefined {
  const world = clusterWith(
    [
      policyObject('only', {volumes: [...volumes]}),
      roleFor('use', 'only'),
      binding('use', 'use', ['group:system:serviceaccounts'], true),
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: {name: 'web', namespace: 'shop'},
        spec: {template: {spec: {...spec, containers: [{name: 'c', image: 'x'}]}}},
      },
    ],
    {gaps},
  );
  return itemsOf(world).map(judgeOf(world).verdict)[0];
}

test('whether a token is mounted is unknown where the account was not read, if that decides', () => {
  const open = verdictOn(['emptyDir']);
  expect(open).toMatchObject({
    state: 'unknown',
    allowed: undefined,
    unknown: [
      {
        about: 'whether service account default mounts its token',
        needs: 'serviceaccounts in shop',
      },
    ],
  });
  expect(verdictOn(['projected'])?.state).toBe('ok');
});

test('a pod that says itself whether it wants one leaves nothing open', () => {
  expect(verdictOn(['emptyDir'], {automountServiceAccountToken: true})?.state).toBe('denied');
  expect(verdictOn(['emptyDir'], {automountServiceAccountToken: false})?.state).toBe('ok');
});

test('what denies both denies', () => {
  expect(verdictOn(['emptyDir'], {hostNetwork: true})?.state).toBe('denied');
});
