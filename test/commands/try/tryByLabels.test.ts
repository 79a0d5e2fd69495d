import {describe, expect, test} from 'vitest';
import {
  deploymentOf,
  hostSpec,
  labelled,
  plainSpec,
} from '../../support/builders/labelledCluster.ts';
import {laterSnapshot} from '../../support/builders/laterCluster.ts';
import {fileOf} from '../../support/run/files.ts';
import {itemsOf} from '../../support/run/output.ts';
import {runHere} from '../../support/run/run.ts';

const base = await laterSnapshot();
const tried = (objects: readonly object[], ...args: readonly string[]) =>
  runHere('try', '--from', base, '-f', fileOf(objects), ...args);

describe('try, on a cluster without policies, takes labels as the change', () => {
  test('that denies, warns, lets in and makes known', async () => {
    const {code, out, err} = await tried(
      [
        labelled('default', {enforce: 'baseline'}),
        labelled('kube-system', {enforce: 'privileged', warn: 'baseline'}),
        labelled('monitoring', {enforce: 'baseline', warn: 'baseline'}),
        labelled('payments', {
          enforce: 'baseline',
          'enforce-version': 'latest',
          warn: 'restricted',
        }),
      ],
      '-A',
    );
    expect({code, err}).toEqual({code: 1, err: ''});
    expect(out).toMatchInlineSnapshot(`
      "NAMESPACE     KIND         NAME            BEFORE     AFTER      CHANGE     REASON
      default       Pod          debug           unknown    admitted   known      baseline:latest lets it in
      kube-system   Deployment   proxy           unknown    admitted   known      baseline:latest warns of it: host namespaces
      monitoring    Deployment   node-exporter   admitted   denied     denied     baseline:latest refuses it: host namespaces
      payments      Deployment   report          denied     admitted   admitted   restricted:latest warns of it: allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile

      Pods and workloads: 1 would be denied, 1 is no longer denied, 2 are let in for sure, 6 stay as they are.
      "
    `);
  });

  test('without anything denied: 0', async () => {
    const {code, out} = await tried([labelled('shop', {enforce: 'privileged'})], '-n', 'shop');
    expect(code).toBe(0);
    expect(out).toMatch(/tunnel +denied +admitted +admitted +restricted:latest warns of it/);
  });

  test('labels that the file leaves out stay, and are named', async () => {
    const {out, err} = await tried([labelled('shop', {warn: 'privileged'})], '-n', 'shop');
    expect(out).toContain('Pods and workloads: 10 stay as they are.');
    expect(err).toContain(
      'note: Namespace shop is taken to keep pod-security.kubernetes.io/enforce, pod-security.kubernetes.io/audit, which the files leave out',
    );
  });

  test('templates change too', async () => {
    const {code, out} = await tried(
      [deploymentOf('payments', 'ledger', plainSpec), deploymentOf('shop', 'new', hostSpec)],
      '-A',
      '-o',
      'json',
    );
    expect(code).toBe(1);
    const rows = itemsOf(out).map(({name, change, reason}) => `${name}: ${change}: ${reason}`);
    expect(rows).toEqual([
      'ledger: denied: its new template: restricted:v1.29 refuses it: allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile',
      'new: new: baseline:latest refuses it: host namespaces',
    ]);
  });

  test('a template that the server itself refuses is denied, at whatever level', async () => {
    const torn = {privileged: true, allowPrivilegeEscalation: false};
    const spec = {containers: [{name: 'app', image: 'app', securityContext: torn}]};
    const {code, out} = await tried([deploymentOf('monitoring', 'grafana', spec)], '-A');
    expect(code).toBe(1);
    expect(out).toMatch(
      /grafana +admitted +denied +denied +it is invalid: container app: cannot set `allowPriv/,
    );
  });

  test('what could not be read makes the answer unknown, where the labels reach', async () => {
    const gaps = [{resource: 'deployments', namespace: 'payments', reason: 'forbidden'}];
    const from = await laterSnapshot({gaps});
    const codeOf = async (name: string) => {
      const file = fileOf([labelled(name, {enforce: 'privileged'})]);
      return (await runHere('try', '--from', from, '-f', file, '-A')).code;
    };
    expect(await codeOf('payments')).toBe(1);
    expect(await codeOf('shop')).toBe(0);
  });

  test('policies are refused: they would have no effect', async () => {
    const policy = {apiVersion: 'policy/v1beta1', kind: 'PodSecurityPolicy', metadata: {name: 'p'}};
    const {code, err} = await tried([policy]);
    expect(code).toBe(3);
    expect(err).toContain(
      'the change has PodSecurityPolicies, and the server (v1.29.4) has no PodSecurityPolicy',
    );
  });
});
