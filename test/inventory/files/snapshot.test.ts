import {expect, test} from 'vitest';
import {snapshotText} from '../../../src/inventory/files/snapshot.ts';
import {emptyInventory} from '../../../src/inventory/inventory.ts';
import {decodeLateWorkload} from '../../../src/inventory/kinds/workloads.ts';
import {DecodeError} from '../../../src/kube/decode.ts';
import {objectMeta} from '../../../src/kube/objects.ts';
import {decodeLatePod} from '../../../src/kube/pod.ts';

const metadata = objectMeta({name: 'web', namespace: 'shop'});
const likeness = () => '';

test('specs that are read late are read for the text alone, and not kept', () => {
  let reads = 0;
  const containers = [{name: 'c'}];
  const pod = decodeLatePod({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    likeness,
    spec: () => {
      reads++;
      return {containers};
    },
  });
  const workload = decodeLateWorkload({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    likeness,
    spec: () => ({replicas: 2, template: {spec: {containers}}}),
  });
  const inventory = {...emptyInventory, pods: [pod], workloads: [workload]};
  const [once, again] = [
    [...snapshotText(inventory)].join(''),
    [...snapshotText(inventory)].join(''),
  ];
  expect(reads).toBe(2);
  expect(again).toBe(once);
  const {pods, workloads} = JSON.parse(once);
  expect(pods).toEqual([{metadata, spec: {containers}}]);
  expect(workloads).toEqual([
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      replicas: 2,
      template: {metadata: {}, spec: {containers}},
    },
  ]);
});

test('a damaged spec fails, in whatever part it is', () => {
  const pod = decodeLatePod({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    likeness,
    spec: () => {
      throw new DecodeError('spec', 'protobuf', 'an end');
    },
  });
  expect(() => [...snapshotText({...emptyInventory, pods: [pod]})]).toThrow(DecodeError);
});
