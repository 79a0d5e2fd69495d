import {describe, expect, test} from 'vitest';
import type {JsonObject} from '../../src/kube/json.ts';
import {dangerousPodRights, dangersOf} from '../../src/policy/danger.ts';
import {authorizerOf} from '../../src/rbac/authorize.ts';
import {podMakers} from '../../src/rbac/indirect.ts';
import {binding, grant, psp, role, roleFor} from '../support/builders/audits.ts';
import {clusterWith} from '../support/builders/inventory.ts';

const open = psp('open', {privileged: true});
const making = (resource: string, verb = 'create', group = '') =>
  role('maker', {apiGroups: [group], resources: [resource], verbs: [verb]});

function makers(objects: readonly JsonObject[], namespace?: string) {
  const {rbac, policies} = clusterWith(objects);
  const opened = dangerousPodRights(policies, authorizerOf(rbac));
  return podMakers(rbac, namespace, opened).map(({subject, namespace: scope, rights, opens}) => [
    `${subject.kind} ${subject.name}`,
    scope,
    rights,
    opens,
  ]);
}

describe('who may create pods has what they may use', () => {
  const toAgent = [open, ...grant('open', 'sa:agent')];

  test.each([
    ['pods', 'create', '', ['create pods']],
    ['deployments', 'patch', 'apps', ['patch deployments']],
    ['cronjobs', '*', 'batch', ['create cronjobs']],
    ['pods', 'delete', '', undefined],
    ['deployments', 'create', '', undefined],
    ['configmaps', 'create', '', undefined],
  ])('%s: %s in group "%s"', (resource, verb, group, rights) => {
    const objects = [...toAgent, making(resource, verb, group), binding('m', 'maker', ['sa:ci'])];
    expect(makers(objects)).toEqual(
      rights === undefined ? [] : [['ServiceAccount ci', 'shop', rights, ['open in shop']]],
    );
  });

  test('in the namespace of the account only, and in all if everybody has the policy', () => {
    const wide = binding('m', 'maker', ['user:ci'], true);
    const objects = [...toAgent, making('pods'), wide];
    expect(makers(objects)).toEqual([['User ci', undefined, ['create pods'], ['open in shop']]]);
    expect(makers(objects, 'data')).toEqual([]);
    const everybody = binding('all', 'open', ['group:system:serviceaccounts'], true);
    expect(
      makers([open, roleFor('open', 'open'), everybody, making('pods'), wide], 'data'),
    ).toEqual([['User ci', undefined, ['create pods'], ['open in all namespaces']]]);
  });

  test('but not where people have it, or a policy that gives no hold on the node', () => {
    const bound = [making('pods'), binding('m', 'maker', ['sa:ci'])];
    expect(makers([open, ...grant('open', 'group:devs', 'user:alice'), ...bound])).toEqual([]);
    expect(makers([psp('mild'), ...grant('mild', 'sa:agent'), ...bound])).toEqual([]);
  });
});

test.each<[JsonObject, readonly string[]]>([
  [{privileged: true, hostNetwork: true}, ['privileged', 'hostNetwork']],
  [{volumes: ['hostPath'], hostPorts: [{min: 1, max: 2}]}, ['hostPorts', 'volumes']],
  [{allowedCapabilities: ['NET_ADMIN']}, ['capabilities']],
  [{allowedCapabilities: ['CHOWN'], allowedUnsafeSysctls: ['*']}, []],
  [{seLinux: {rule: 'RunAsAny'}, allowedProcMountTypes: ['Unmasked']}, []],
])('what gives a hold on the node in %j', (spec, ids) => {
  const [policy] = clusterWith([psp('p', spec)]).policies;
  expect(policy === undefined ? [] : dangersOf(policy).map(({id}) => id)).toEqual(ids);
});
