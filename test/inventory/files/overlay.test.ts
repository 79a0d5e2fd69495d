import {describe, expect, test} from 'vitest';
import {layOver} from '../../../src/inventory/files/overlay.ts';
import type {Inventory} from '../../../src/inventory/inventory.ts';
import {itemsOf} from '../../../src/inventory/submissions/items.ts';
import type {JsonObject} from '../../../src/kube/json.ts';
import {clusterWith} from '../../support/builders/inventory.ts';

const owner = (kind: string, name: string) => [{kind, name, uid: `uid-${name}`, controller: true}];
const template = (container: string): JsonObject => ({spec: {containers: [{name: container}]}});

function workload(kind: string, name: string, container: string, owners?: JsonObject[]) {
  const spec =
    kind === 'CronJob'
      ? {jobTemplate: {spec: {template: template(container)}}}
      : {template: template(container)};
  return {
    apiVersion: /Job/.test(kind) ? 'batch/v1' : 'apps/v1',
    kind,
    spec,
    metadata: {name, namespace: 'a', uid: `uid-${name}`, ownerReferences: owners ?? []},
  };
}

function pod(name: string, container: string, owners?: JsonObject[]): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    ...template(container),
    metadata: {name, namespace: 'a', ownerReferences: owners ?? []},
  };
}

/** `Pod web-1: new` for each item: the container that it is judged with. */
function judged(value: Inventory): readonly string[] {
  return itemsOf(value).map(
    ({kind, name, submission}) =>
      `${kind} ${name}: ${submission.view.containers.map(({name}) => name).join()}`,
  );
}

describe('files laid over a base', () => {
  const base = clusterWith([
    workload('Deployment', 'web', 'old'),
    workload('ReplicaSet', 'web-1', 'old', owner('Deployment', 'web')),
    pod('web-1-x', 'old', owner('ReplicaSet', 'web-1')),
    workload('CronJob', 'night', 'old'),
    workload('Job', 'night-1', 'old', owner('CronJob', 'night')),
    pod('night-1-x', 'old', owner('Job', 'night-1')),
    workload('StatefulSet', 'db', 'old'),
    pod('db-0', 'old', owner('StatefulSet', 'db')),
    pod('bare', 'old'),
  ]);

  test('pods are judged by the template that a file gives their workload, at any depth', () => {
    const files = clusterWith([
      workload('Deployment', 'web', 'new'),
      workload('CronJob', 'night', 'new'),
      pod('bare', 'new'),
      workload('Deployment', 'other', 'new'),
    ]);
    // In files nothing has a uid or an owner.
    const plain = {
      ...files,
      workloads: files.workloads.map(each => ({
        ...each,
        metadata: {...each.metadata, uid: undefined, ownerReferences: undefined},
      })),
    };
    expect(judged(layOver(base, plain))).toEqual([
      'Deployment other: new',
      'Pod bare: new',
      'Pod db-0: old',
      'Pod night-1-x: new',
      'Pod web-1-x: new',
    ]);
  });

  test('what no file touches stays the same value', () => {
    const {workloads, pods, serviceAccounts, policies} = layOver(base, clusterWith([]));
    expect(workloads).toBe(base.workloads);
    expect(pods).toBe(base.pods);
    expect(serviceAccounts).toBe(base.serviceAccounts);
    expect(policies).toBe(base.policies);
  });

  test('workloads that own each other do no harm', () => {
    const ring = clusterWith([
      workload('ReplicaSet', 'x', 'old', owner('ReplicaSet', 'y')),
      workload('ReplicaSet', 'y', 'old', owner('ReplicaSet', 'x')),
    ]);
    const after = layOver(ring, clusterWith([workload('Deployment', 'web', 'new')]));
    expect(after.workloads.map(({metadata}) => metadata.name)).toEqual(['x', 'y', 'web']);
  });

  test('objects that the server will name are each their own', () => {
    const unnamed = (): JsonObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      ...template('c'),
      metadata: {generateName: 'x-', namespace: 'a'},
    });
    const twice = clusterWith([unnamed(), unnamed()]);
    expect(layOver(twice, clusterWith([unnamed()])).pods).toHaveLength(3);
  });

  test('a role that a file adds goes into the aggregated role that asks for it', () => {
    const aggregated: JsonObject = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: {name: 'all'},
      aggregationRule: {clusterRoleSelectors: [{matchLabels: {to: 'all'}}]},
    };
    const part: JsonObject = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: {name: 'part', labels: {to: 'all'}},
      rules: [{verbs: ['use'], apiGroups: ['policy'], resources: ['podsecuritypolicies']}],
    };
    const after = layOver(clusterWith([aggregated]), clusterWith([part]));
    const role = after.rbac.clusterRoles.find(({metadata}) => metadata?.name === 'all');
    expect(role?.rules).toMatchObject([{verbs: ['use']}]);
  });

  test('policies are replaced by name, and deleted', () => {
    const named = (name: string, privileged: boolean): JsonObject => ({
      apiVersion: 'policy/v1beta1',
      kind: 'PodSecurityPolicy',
      metadata: {name},
      spec: {privileged},
    });
    const two = clusterWith([named('one', false), named('two', false)]);
    const after = layOver(two, clusterWith([named('two', true), named('three', true)]), ['one']);
    expect(after.policies.map(({metadata, spec}) => [metadata.name, spec.privileged])).toEqual([
      ['two', true],
      ['three', true],
    ]);
  });
});
