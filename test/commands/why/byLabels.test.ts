import {describe, expect, test} from 'vitest';
import type {JsonObject} from '../../../src/kube/json.ts';
import {
  barePod,
  deploymentOf,
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

describe('what the server itself refuses', () => {
  const container = (securityContext: JsonObject): JsonObject => ({
    containers: [{name: 'app', image: 'app', securityContext}],
  });
  const unmasked = container({procMount: 'Unmasked'});
  const sysctl: JsonObject = {
    ...hostSpec,
    securityContext: {sysctls: [{name: 'net.ipv4.ip_forward', value: '1'}]},
  };
  const torn = container({privileged: true, allowPrivilegeEscalation: false});
  const objects = [
    labelled('open', {enforce: 'privileged', warn: 'restricted'}),
    labelled('strict', {enforce: 'baseline'}),
    deploymentOf('open', 'unmasked', unmasked),
    deploymentOf('open', 'users', {...unmasked, hostUsers: false}),
    deploymentOf('open', 'sysctl', sysctl),
    deploymentOf('open', 'torn', torn),
    deploymentOf('strict', 'sysctl', sysctl),
  ];
  const saidOf = async (serverVersion: string) => {
    const file = await labelledSnapshot(objects, {serverVersion});
    const {out} = await runHere('why', '-A', '-o', 'json', '--from', file);
    return itemsOf(out).map(({namespace, name, state, allowed, phase = '', message}) =>
      [namespace, name, state, allowed, phase, message === null ? '' : 'words'].join(' ').trim(),
    );
  };

  test('is denied where the server is known to, before levels are asked', async () => {
    expect(await saidOf('v1.37.2')).toEqual([
      'open sysctl denied false validation',
      'open torn denied false validation',
      'open unmasked denied false validation',
      'open users warned true',
      'strict sysctl denied false validation',
    ]);
  });

  test('is unknown where that is not known, and no words are made up', async () => {
    expect(await saidOf('v1.28.0')).toEqual([
      'open sysctl unknown',
      'open torn denied false validation',
      'open unmasked warned true',
      'open users warned true',
      'strict sysctl denied false',
    ]);
  });

  test('is told without a level, a label or a warning', async () => {
    const file = await labelledSnapshot(objects, {serverVersion: 'v1.37.2'});
    const {out} = await runHere('why', 'deploy/torn', '-n', 'open', '--from', file);
    expect(out).toMatch(/^Deployment\/torn in namespace open: denied: it is invalid, whatever/);
    expect(out).toContain(
      'The API server itself refuses it:\n  - container app: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
    );
    expect(out).not.toMatch(/Warning:|kubectl label|Depends on|The API server says/);
    const table = await runHere('why', '-n', 'open', '--from', file, '-o', 'wide');
    expect(table.out).toMatch(/Deployment\/torn .* denied \(invalid\) +restricted +<none>/);
    expect(table.out.match(/Warning:/g)).toHaveLength(1);
    const summary = await runHere('--from', file, '-o', 'table');
    expect(summary.out).toMatch(/^open +0 +4 +privileged +privileged +3 +1$/m);
  });

  test('leaves live pods alone', async () => {
    const file = await labelledSnapshot([
      labelled('open', {enforce: 'privileged'}),
      barePod('open', 'torn', torn),
    ]);
    const {out} = await runHere('why', '-A', '--from', file, '-o', 'json');
    expect(itemsOf(out)).toMatchObject([{state: 'ok', judgedByLivePod: true}]);
  });
});
