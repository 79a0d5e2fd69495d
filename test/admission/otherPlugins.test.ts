import {expect, test} from 'vitest';
import {judgeOf} from '../../src/admission/judge.ts';
import type {Verdict} from '../../src/admission/judgement.ts';
import type {Inventory} from '../../src/inventory/inventory.ts';
import {itemsOf} from '../../src/inventory/submissions/items.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {whyStory} from '../../src/report/whyStory.ts';
import {binding, roleFor} from '../support/builders/audits.ts';
import {clusterWith} from '../support/builders/inventory.ts';
import {policyObject} from '../support/builders/policies.ts';

const policy = (runtimeClass: JsonObject): JsonObject =>
  policyObject('only', {
    volumes: ['*'],
    runtimeClass: {allowedRuntimeClassNames: ['*'], ...runtimeClass},
  });

interface World {
  readonly spec?: JsonObject;
  readonly runtimeClass?: JsonObject;
  readonly objects?: readonly JsonObject[];
  readonly changes?: Partial<Inventory>;
}

/** The verdict on a Deployment of namespace shop under a policy that lets everything in. */
function verdictOn({spec = {}, runtimeClass = {}, objects = [], changes = {}}: World): Verdict {
  const world = clusterWith(
    [
      policy(runtimeClass),
      roleFor('use', 'only'),
      binding('use', 'use', ['group:system:serviceaccounts'], true),
      {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: 'default', namespace: 'shop'}},
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: {name: 'web', namespace: 'shop'},
        spec: {template: {spec: {...spec, containers: [{name: 'c', image: 'x'}]}}},
      },
      ...objects,
    ],
    changes,
  );
  const [verdict] = itemsOf(world).map(judgeOf(world).verdict);
  if (verdict === undefined) throw new Error('there is a Deployment');
  return verdict;
}

const gvisor = {
  apiVersion: 'node.k8s.io/v1',
  kind: 'RuntimeClass',
  metadata: {name: 'gvisor'},
  handler: 'runsc',
};
const inGvisor = {runtimeClassName: 'gvisor'};
const open = {
  state: 'unknown',
  allowed: undefined,
  unknown: [{about: 'whether there is a RuntimeClass gvisor', needs: 'runtimeclasses'}],
};

test('a pod that names a class which the cluster does not have is denied in the words of the server', () => {
  const verdict = verdictOn({spec: inGvisor});
  expect([verdict.state, verdict.message]).toEqual([
    'denied',
    'pods "web-" is forbidden: pod rejected: RuntimeClass "gvisor" not found',
  ]);
  expect(verdict.waysOut).toEqual({byUse: [], byChange: undefined});
  const story = whyStory([verdict], {wide: false, all: false});
  expect(story).toContain(
    'Deployment/web in namespace shop: denied: there is no RuntimeClass gvisor',
  );
  expect(story).not.toContain('advise');
  expect(verdictOn({spec: inGvisor, objects: [gvisor]}).state).toBe('ok');
});

test('so is one that gets the class from the policy', () => {
  const runtimeClass = {defaultRuntimeClassName: 'gvisor'};
  expect(verdictOn({runtimeClass}).state).toBe('denied');
  expect(verdictOn({runtimeClass, objects: [gvisor]}).state).toBe('mutated');
  expect(
    verdictOn({runtimeClass, spec: {runtimeClassName: 'kata'}, objects: [gvisor]}).message,
  ).toContain('"kata" not found');
});

test('where classes were not read, only what names one is unknown', () => {
  const changes = {runtimeClasses: undefined};
  expect(verdictOn({spec: inGvisor, changes})).toMatchObject(open);
  expect(verdictOn({changes}).state).toBe('ok');
  expect(verdictOn({spec: {...inGvisor, hostNetwork: true}, changes}).state).toBe('denied');
});

test('files without classes take them for granted; others may leave some out', () => {
  const changes = {origin: 'manifests'} as const;
  expect(verdictOn({spec: inGvisor, changes}).state).toBe('ok');
  const kata = {...gvisor, metadata: {name: 'kata'}};
  expect(verdictOn({spec: inGvisor, objects: [kata], changes})).toMatchObject(open);
  expect(verdictOn({spec: inGvisor, objects: [gvisor], changes}).state).toBe('ok');
});

test('a pod whose account the cluster does not have is denied before any policy is asked', () => {
  const spec = {serviceAccountName: 'app'};
  const verdict = verdictOn({spec});
  expect([verdict.state, verdict.message]).toEqual([
    'denied',
    'pods "web-" is forbidden: error looking up service account shop/app: serviceaccount "app" not found',
  ]);
  const account = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {name: 'app', namespace: 'shop'},
  };
  expect(verdictOn({spec, objects: [account]}).state).toBe('ok');
});

test('what nobody can know about accounts is taken to be there', () => {
  const spec = {serviceAccountName: 'app'};
  const gaps = [{resource: 'serviceaccounts', namespace: 'shop', reason: 'forbidden'}];
  const unread = verdictOn({spec, changes: {gaps}});
  const inFiles = verdictOn({spec, changes: {origin: 'manifests'}});
  const isNew = verdictOn({spec, changes: {serviceAccounts: []}});
  expect([unread, inFiles, isNew].map(({state}) => state)).toEqual(['ok', 'ok', 'ok']);
});
