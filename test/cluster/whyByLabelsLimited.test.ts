import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {realClock} from '../../src/inventory/follow/followCluster.ts';
import {regimeOf} from '../../src/inventory/regime.ts';
import {connect} from '../../src/world/client.ts';
import {binding, role} from '../support/builders/audits.ts';
import {
  deploymentOf,
  hostSpec,
  labelled,
  restrictedSpec,
} from '../support/builders/labelledCluster.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {successorApiServer} from '../support/kubernetes/successor.ts';
import {itemsOf} from '../support/run/output.ts';
import {runHere} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {followed, untilState} from '../support/server/following.ts';

const successor = hasReference('etcd') ? successorApiServer() : undefined;

describe.runIf(successor !== undefined)('who may see one namespace alone', () => {
  let server: ApiServer;
  const view = {
    apiGroups: ['', 'apps', 'batch'],
    resources: ['*'],
    verbs: ['get', 'list', 'watch'],
  };
  const subjects = [{kind: 'User', name: 'jane', apiGroup: 'rbac.authorization.k8s.io'}];
  const list = {
    apiGroups: ['admissionregistration.k8s.io'],
    resources: ['validatingadmissionpolicies'],
    verbs: ['list', 'watch'],
  };

  beforeAll(async () => {
    server = await startApiServer({admissionPlugins: [], program: successor ?? ''});
    await server.createAll([labelled('shop', {enforce: 'baseline'})]);
    await server.createAll([
      deploymentOf('shop', 'tight', restrictedSpec),
      deploymentOf('shop', 'host', hostSpec),
      role('viewer', view),
      {...binding('viewer', 'viewer', []), subjects},
      role('lister', list),
    ]);
  }, 120_000);
  afterAll(() => server?.stop());

  const asJane = (...args: readonly string[]) =>
    runHere(...args, '-n', 'shop', '--kubeconfig', server.kubeconfig, '--as', 'jane');
  const states = (out: string) => itemsOf(out).map(({name, state}) => `${name}: ${state}`);

  test('is told of denials, and of the rest that policies may live where nobody could look', async () => {
    const {code, out, err} = await asJane('why', '-o', 'json');
    expect(code).toBe(0);
    expect(err).toBe(
      "incomplete: can't list validatingadmissionpolicies (forbidden); affected answers say unknown\n",
    );
    expect(states(out)).toEqual(['host: denied', 'tight: unknown']);
    const summary = await asJane('-o', 'table');
    expect(summary).toMatchObject({code: 0});
    expect(summary.out).toMatch(/^shop +0 +2 +baseline +privileged +1 +1 +0$/m);
  });

  test('the session sees the same', async () => {
    const client = await connect({kubeconfig: server.kubeconfig, as: 'jane'}, {env: {}, warn() {}});
    onTestFinished(() => client.close());
    const live = followed(client, 'shop', realClock);
    await untilState(live, 'live');
    const {inventory} = live.current();
    expect(inventory.policyApi).toBe('absent');
    expect(inventory.gaps.map(({resource}) => resource)).not.toContain('podsecuritypolicies');
    expect(regimeOf(inventory)).toEqual({kind: 'podSecurity', minor: 37, mayHavePolicies: true});
  });

  test('and of all, once it may list these: never that podsecuritypolicies are missing', async () => {
    await server.createAll([{...binding('lister', 'lister', [], true), subjects}]);
    const {code, out, err} = await asJane('why', '-o', 'json');
    expect({code, err}).toEqual({code: 0, err: ''});
    expect(states(out)).toEqual(['host: denied', 'tight: ok']);
    const check = await asJane('check');
    expect(check.code).toBe(0);
    expect(check.out).toContain('Pods are judged by Pod Security Admission');
    expect(check.out).not.toContain('podsecuritypolicies');
    expect(check.err).toBe('');
  });
});
