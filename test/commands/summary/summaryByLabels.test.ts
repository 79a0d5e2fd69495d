import {describe, expect, test} from 'vitest';
import {laterSnapshot} from '../../support/builders/laterCluster.ts';
import {itemsOf} from '../../support/run/output.ts';
import {runHere} from '../../support/run/run.ts';

describe('the summary of a cluster without policies', () => {
  test('has what is enforced in each namespace, what it needs, and what a restart would do', async () => {
    const {code, out, err} = await runHere('--from', await laterSnapshot());
    expect({code, err}).toEqual({code: 0, err: ''});
    expect(out).toBe(`Source     context later at 2026-01-01T00:00:00Z
Server     v1.29.4
Judged by  Pod Security Admission, as there are no PodSecurityPolicies
Defaults   not known, nor are exemptions: the API server's
           AdmissionConfiguration has them, which no API shows

NAMESPACE     PODS   IDLE   ENFORCED           NEEDS        DENIED   UNKNOWN   WARNS
default       1      0      <none>             baseline     0        1         0
kube-system   0      2      <none>             privileged   0        1         0
monitoring    0      2      privileged         privileged   0        0         1
payments      0      2      restricted:v1.29   baseline     1        0         0
shop          0      3      baseline           privileged   1        0         1

Of 10 pods and idle workloads, a restart would deny 2 and warn of 2. 2 are where
no label enforces a level: the server's default decides, and lets them in if it
is privileged, as it is unless somebody changed it.
Next: kubectl psp why -A, why POD, audit, advise -n NAMESPACE,
      migrate policies, --help
`);
  });

  test('-o wide has what is warned of and audited as well', async () => {
    const {out} = await runHere('--from', await laterSnapshot(), '-n', 'shop', '-o', 'wide');
    expect(out).toContain(
      `NAMESPACE   PODS   IDLE   ENFORCED   WARNED       AUDITED      NEEDS        DENIED   UNKNOWN   WARNS
shop        0      3      baseline   restricted   restricted   privileged   1        0         1
`,
    );
  });

  test('-o json says by what pods are judged', async () => {
    const {out} = await runHere('--from', await laterSnapshot(), '-o', 'json');
    expect(JSON.parse(out).judgedBy).toBe('podSecurity');
    expect(itemsOf(out)[3]).toEqual({
      namespace: 'payments',
      enforce: {level: 'restricted', version: 'v1.29', from: 'label'},
      warn: {level: 'restricted', version: 'v1.29', from: 'enforce'},
      audit: {level: 'privileged', version: 'latest', from: 'default'},
      needs: 'baseline',
      pods: 0,
      idle: 2,
      denied: 1,
      unknown: 0,
      byDefault: 0,
      warned: 0,
    });
  });

  test('what could not be read is at least so much, and needs at least that level', async () => {
    const gaps = [{resource: 'deployments', namespace: 'payments', reason: 'forbidden'}];
    const {out, code} = await runHere('--from', await laterSnapshot({gaps}));
    expect(code).toBe(0);
    expect(out).toMatch(/^payments +0\+ +2\+ +restricted:v1\.29 +baseline\+ +1\+ +0\+ +0\+$/m);
    expect(out.replaceAll('\n', ' ')).toContain(
      'What it would do is unknown for what runs in 1 namespace that you may not read.',
    );
  });

  test('labels that were not read are unknown', async () => {
    const {out} = await runHere('--from', await laterSnapshot({namespaces: []}), '-n', 'shop');
    expect(out).toMatch(/^shop +0 +3 +unknown +privileged +0 +2 +0$/m);
    expect(out.replaceAll('\n', ' ')).toContain('What it would do to 2 is unknown: see why -A.');
  });

  test('what policies may refuse that nobody could look for is not let in for sure', async () => {
    const gaps = [{resource: 'validatingadmissionpolicies', reason: 'forbidden'}];
    const from = await laterSnapshot({gaps, serverVersion: 'v1.31.2'});
    const {code, out} = await runHere('--from', from);
    expect(code).toBe(0);
    expect(out).toMatch(/^payments +0 +2 +restricted:v1\.29 +baseline +1 +1 +0$/m);
    const text = out.replaceAll('\n', ' ');
    expect(text).toContain('would deny 2 and warn of 0. What it would do to 8 is unknown');
    expect(text).not.toContain('lets them in');
    const why = await runHere('why', 'pod/debug', '-n', 'default', '--from', from);
    expect(why.out).toContain('whether policies live in admission policies, and refuse it');
  });
});
