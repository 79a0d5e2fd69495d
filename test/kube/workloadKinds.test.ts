import {describe, expect, test} from 'vitest';
import {resources, workloadResources} from '../../src/inventory/kinds/resources.ts';
import {kinds} from '../../src/kube/protobuf/objects.ts';
import {
  creatorAccountOf,
  kindsCreatedBy,
  workloadKindOf,
  workloadKinds,
} from '../../src/kube/workloadKinds.ts';

describe('who creates the pods of a kind', () => {
  test.each([
    ['Deployment', 'replicaset-controller'],
    ['ReplicaSet', 'replicaset-controller'],
    ['StatefulSet', 'statefulset-controller'],
    ['DaemonSet', 'daemon-set-controller'],
    ['ReplicationController', 'replication-controller'],
    ['Job', 'job-controller'],
    ['CronJob', 'job-controller'],
    ['PodTemplate', undefined],
  ])('%s: %s', (kind, account) => {
    const row = workloadKinds.find(one => one.kind === kind);
    expect(row && creatorAccountOf(row)).toBe(account);
    if (account !== undefined) expect(kindsCreatedBy(account)).toContain(kind);
  });

  test('nobody, of objects that no row has', () => {
    const of = {group: 'example.com', kind: 'ReplicaSet'};
    const [row] = workloadKinds;
    expect(row && creatorAccountOf({...row, creator: {by: 'objects', of}})).toBeUndefined();
  });

  test('an account that creates no pods has no kinds', () => {
    expect(kindsCreatedBy('namespace-controller')).toEqual([]);
  });
});

test.each([
  ['apps/v1', 'Deployment', true],
  ['extensions/v1beta1', 'Deployment', true],
  ['extensions/v1beta1', 'StatefulSet', false],
  ['apps.kruise.io/v1beta1', 'StatefulSet', false],
  ['v1', 'ReplicationController', true],
  ['v1', 'constructor', false],
])('%s %s is of Kubernetes: %s', (apiVersion, kind, isKubernetes) => {
  expect(workloadKindOf(apiVersion, kind) !== undefined).toBe(isKubernetes);
});

test('each kind that is read comes as protobuf in its newest version', () => {
  const read = [...Object.values(resources), ...workloadResources].map(
    ({apiVersions: [version], kind}) => `${version}/${kind}`,
  );
  expect(read.filter(name => !Object.hasOwn(kinds, name))).toEqual([]);
});
