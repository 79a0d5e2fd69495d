import {describe, expect, test} from 'vitest';
import {
  barePod,
  hostSpec,
  labelled,
  labelledObjects,
  labelledSnapshot,
  plainSpec,
} from '../../support/builders/labelledCluster.ts';
import {fileOf} from '../../support/run/files.ts';
import {itemsOf} from '../../support/run/output.ts';
import {runHere} from '../../support/run/run.ts';

describe('why, in a cluster that judges by the labels of its namespaces', () => {
  test('has a row for each, with what is enforced and what it needs', async () => {
    const file = await labelledSnapshot(labelledObjects());
    const {code, out} = await runHere('why', '-A', '--from', file);
    expect(code).toBe(0);
    expect(
      out,
    ).toBe(`NAMESPACE   NAME               SERVICE ACCOUNT   ENFORCED         NEEDS        STATE
bare        Deployment/host    default           <none>           privileged   unknown
bare        Deployment/plain   default           <none>           baseline     unknown
bare        Deployment/tight   default           <none>           restricted   ok
middle      Deployment/host    default           baseline:v1.30   privileged   denied
middle      Deployment/plain   default           baseline:v1.30   baseline     warned
middle      Deployment/tight   default           baseline:v1.30   restricted   ok
open        Deployment/host    default           privileged       privileged   warned
open        Deployment/plain   default           privileged       baseline     ok
open        Deployment/tight   default           privileged       restricted   ok
strict      Deployment/host    default           restricted       privileged   denied
strict      Deployment/plain   default           restricted       baseline     denied
strict      Deployment/tight   default           restricted       restricted   ok
`);
  });

  test('fails on what is denied, and on what is unknown, when it is asked to', async () => {
    const file = await labelledSnapshot(labelledObjects());
    const why = async (...args: readonly string[]) =>
      (await runHere('why', '--from', file, ...args)).code;
    expect(await why('-n', 'strict', '--fail-on-denied')).toBe(1);
    expect(await why('-n', 'open', '--fail-on-denied')).toBe(0);
    expect(await why('-n', 'bare', '--fail-on-denied')).toBe(0);
    expect(await why('-n', 'bare', '--fail-on-unknown')).toBe(1);
  });

  test('tells the whole story in the words of the server', async () => {
    const file = await labelledSnapshot(labelledObjects());
    const {out} = await runHere('why', 'deploy/host', '-n', 'middle', '--from', file);
    expect(out).toBe(`Deployment/host in namespace middle: denied by baseline:v1.30

  Service account  default
  Requester        system:serviceaccount:kube-system:replicaset-controller
  Enforced         baseline:v1.30, by its label
  Warned of        restricted:latest, by its label
  Audited          no label: the server's default, which is privileged unless its AdmissionConfiguration says otherwise
  Needs            privileged
  Depends on       no exemption of the namespace, the requester or the runtime class (the API server's AdmissionConfiguration)

baseline:v1.30 refuses it:
  - host namespaces: hostNetwork=true

Change the pod template in these points; or, for all of the namespace:
  kubectl label namespace middle pod-security.kubernetes.io/enforce=privileged --overwrite

The API server says:
  pods "host-" is forbidden: violates PodSecurity "baseline:v1.30": host namespaces (hostNetwork=true)
`);
  });

  test('says what an unknown answer depends on, for people and machines', async () => {
    const file = await labelledSnapshot(labelledObjects());
    const {out} = await runHere('why', 'deploy/plain', '-n', 'bare', '--from', file);
    expect(out).toContain('Deployment/plain in namespace bare: unknown');
    expect(out).toContain(
      "Depends on       the level that the server enforces in namespaces without a label, as bare (the API server's AdmissionConfiguration)",
    );
    expect(out).toContain('Where restricted is enforced, it is refused');
    const json = await runHere('why', '-n', 'bare', '-o', 'json', '--from', file);
    expect(itemsOf(json.out)[1]).toMatchObject({
      name: 'plain',
      allowed: null,
      policy: null,
      state: 'unknown',
      podSecurity: {enforce: {level: 'privileged', from: 'default'}, needs: 'baseline'},
      unknown: [{needs: "the API server's AdmissionConfiguration"}],
    });
  });

  test('judges by the version of the server, or by an older one that a label pins', async () => {
    const probe = {httpGet: {port: 80, host: '10.0.0.1'}};
    const spec = {containers: [{name: 'app', image: 'app', livenessProbe: probe}]};
    const objects = [
      labelled('newest', {enforce: 'baseline'}),
      labelled('pinned', {enforce: 'baseline', 'enforce-version': 'v1.33'}),
      labelled('wrong', {enforce: 'strict'}),
      ...['newest', 'pinned', 'wrong'].map(name => barePod(name, 'probed', spec)),
    ];
    const statesOn = async (serverVersion: string) => {
      const file = await labelledSnapshot(objects, {serverVersion});
      const {out} = await runHere('why', '-A', '-o', 'json', '--from', file);
      return itemsOf(out).map(({state}) => state);
    };
    expect(await statesOn('v1.37.2')).toEqual(['denied', 'ok', 'denied']);
    expect(await statesOn('v1.30.14')).toEqual(['ok', 'ok', 'denied']);
  });

  test('judges files by the labels of the namespaces that they go to', async () => {
    const base = await labelledSnapshot(labelledObjects());
    const file = fileOf([
      barePod('open', 'agent', hostSpec),
      barePod('middle', 'agent', hostSpec),
      barePod('nowhere', 'agent', plainSpec),
    ]);
    const {out} = await runHere('why', '-f', file, '--from', base, '-o', 'json');
    const states = itemsOf(out).map(({namespace, state}) => `${namespace}: ${state}`);
    expect(states).toEqual(['middle: denied', 'nowhere: unknown', 'open: warned']);
  });
});
