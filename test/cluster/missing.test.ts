import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {JsonObject} from '../../src/kube/json.ts';
import {binding, roleFor} from '../support/builders/audits.ts';
import {policyObject} from '../support/builders/policies.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {fileOf} from '../support/run/files.ts';
import {objectOf} from '../support/run/output.ts';
import {itemsHere} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {createTriedRole, documentedRules, grant, reader} from './documentedRoles.ts';
import {expectSame, replicaSetOf} from './trials.ts';
import {podOf} from './whyWorlds.ts';

/** A ReplicaSet in a namespace, whose policy may write a class. */
function replicaSet(namespace: string, name: string, spec: JsonObject): JsonObject {
  const containers = [{name: 'c', image: 'x'}];
  return replicaSetOf(namespace, name, {spec: {...spec, containers}});
}

const classes: readonly JsonObject[] = ['gvisor', 'kata'].map(name => ({
  apiVersion: 'node.k8s.io/v1',
  kind: 'RuntimeClass',
  metadata: {name},
  handler: name,
}));

const sets = ['plain', 'there', 'gone'].flatMap(namespace => [
  replicaSet(namespace, 'bare', {}),
  replicaSet(namespace, 'classed', {runtimeClassName: 'kata'}),
  replicaSet(namespace, 'lost', {runtimeClassName: 'nowhere'}),
  replicaSet(namespace, 'strange', {serviceAccountName: 'nobody', runtimeClassName: 'nowhere'}),
  replicaSet(namespace, 'odd', {runtimeClassName: 'nowhere', hostNetwork: true}),
]);

/** Namespaces whose accounts may use a policy of their own, with a class to write or without. */
const worlds = [
  ['plain', {}],
  ['there', {defaultRuntimeClassName: 'gvisor'}],
  ['gone', {defaultRuntimeClassName: 'runc'}],
].flatMap(([name, own]): readonly JsonObject[] => {
  const namespace = String(name);
  const runtimeClass = {allowedRuntimeClassNames: ['*'], ...objectOf(own)};
  return [
    {apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}},
    {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: 'default', namespace}},
    policyObject(namespace, {volumes: ['*'], runtimeClass}),
    roleFor(namespace, namespace),
    binding(namespace, namespace, [`group:system:serviceaccounts:${namespace}`], true),
  ];
});

describe.runIf(hasReference('etcd', 'kube-apiserver'))('pods that name what is not there', () => {
  let server: ApiServer;

  beforeAll(async () => {
    server = await startApiServer({users: [reader]});
    await createTriedRole(server);
    await server.createAll([...classes, ...worlds]);
    await server.createAll(sets);
  });
  afterAll(() => server?.stop());

  test.each([
    ['of the cluster', []],
    ['of files', ['-f', fileOf(sets)]],
  ])('why foresees what the server says of workloads %s', async (_, more) => {
    const verdicts = await itemsHere('why', '-A', ...more, '--kubeconfig', server.kubeconfig);
    const seen = await expectSame(
      server,
      sets.map(set => {
        const {namespace, name} = objectOf(set.metadata);
        const found = verdicts.find(item => item.namespace === namespace && item.name === name);
        return {
          label: `${namespace}/${name}`,
          pod: podOf(set),
          user: 'system:serviceaccount:kube-system:replicaset-controller',
          groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system'],
          verdict: objectOf(found),
        };
      }),
    );
    expect(seen).toEqual({ok: 4, mutated: 1, denied: 10});
  });

  test('who may not list classes is told that these pods are unknown, and no others', async () => {
    const rules = documentedRules('kubectl-psp-read');
    const states = async () => {
      const live = ['--kubeconfig', server.kubeconfig, '--token', reader.token];
      const verdicts = await itemsHere('why', '-n', 'plain', ...live);
      return Object.fromEntries(verdicts.map(({name, state}) => [String(name), state]));
    };
    await grant(server, rules);
    const whole = {bare: 'ok', classed: 'ok', lost: 'denied', strange: 'denied', odd: 'denied'};
    expect(await states()).toEqual(whole);
    await grant(
      server,
      rules.filter(({resources}) => !resources.includes('runtimeclasses')),
    );
    expect(await states()).toEqual({...whole, classed: 'unknown', lost: 'unknown'});
  });
});
