import {describe, expect, test} from 'vitest';
import {laterSnapshot} from '../../support/builders/laterCluster.ts';
import {objectOf} from '../../support/run/output.ts';
import {runHere} from '../../support/run/run.ts';
import {type Cluster, checked, type Tried} from './checkWorld.ts';

const later: Cluster = {version: 'v1.29.4', served: []};
const noLevel = {
  message:
    'Namespace "kubectl-psp-check-x" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "kubectl-psp-check": must be one of privileged, baseline, restricted',
};
const mayNot = {message: 'namespaces is forbidden: User "u" cannot create', status: 403};
const violation = (level: string): Tried => ({
  message: `pods "kubectl-psp-check-" is forbidden: violates PodSecurity "${level}": host namespaces (hostPID=true, hostIPC=true)`,
});

describe('check, of a cluster without policies, says whether Pod Security Admission is on', () => {
  test('by a namespace that is tried', async () => {
    const {code, out, text} = await checked({...later, triedNamespace: noLevel});
    expect(code).toBe(0);
    expect(out.split('\n')[0]).toBe(
      'Pods are judged by Pod Security Admission, not by PodSecurityPolicies.',
    );
    expect(text).toContain('Server: v1.29.4: gone from 1.25 on API: not served');
    expect(text).toContain(
      'By labels: on: it refused a namespace that was tried with a level that is none',
    );
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('by a pod, where no namespace may be tried', async () => {
    const {code, text, triedPods} = await checked(
      {...later, triedNamespace: mayNot, tried: [violation('baseline:v1.30')]},
      '-n',
      'shop',
    );
    expect(code).toBe(0);
    expect(text).toContain('By labels: on: it refused a pod that was tried in namespace shop');
    expect(triedPods.map(({url}) => url)).toEqual(['/api/v1/namespaces/shop/pods?dryRun=All']);
    expect(objectOf(JSON.parse(triedPods[0]?.body ?? '')).spec).toMatchObject({hostPID: true});
  });

  test('off: 1', async () => {
    const {code, text} = await checked(later);
    expect(code).toBe(1);
    expect(text).toContain('Nothing judges pods');
    expect(text).toContain('By labels: off: a namespace that was tried got in');
  });

  test('unknown, with the reason, and 0: it is on by default', async () => {
    const quota: Tried = {
      message: 'admission webhook "w" denied the request: violates PodSecurity',
    };
    const {code, text} = await checked({...later, triedNamespace: mayNot, tried: [quota]});
    expect(code).toBe(0);
    expect(text).toContain('Pods are judged by Pod Security Admission, if it is on');
    expect(text).toContain(`as it is by default (${mayNot.message})`);
  });

  test('from a snapshot, too', async () => {
    const {code, out} = await runHere('check', '--from', await laterSnapshot(), '-o', 'json');
    expect(code).toBe(0);
    const {inForce, judgedBy, items} = JSON.parse(out);
    expect({inForce, judgedBy}).toEqual({inForce: 'no', judgedBy: 'podSecurity'});
    expect(items[3]).toEqual({
      about: 'podSecurity',
      answer: 'unknown',
      says: 'on unless somebody turned it off, as it is by default (no server was asked)',
    });
  });
});

test('1 for a server of before it was on by default, which has turned policies off', async () => {
  const file = await laterSnapshot({serverVersion: 'v1.22.17'});
  const {code, out} = await runHere('check', '--from', file);
  expect(code).toBe(1);
  expect(out).toContain('off unless somebody turned it on');
});

describe('and what the namespace tells of what no API shows', () => {
  const enforced = {'pod-security.kubernetes.io/enforce': 'baseline'};
  test.each([
    [
      'the default that is enforced',
      {},
      violation('baseline:latest'),
      /Note: baseline:latest is enforced in namespace default, which has no label: it is the server's default/,
    ],
    [
      'that the default is privileged, or something exempt',
      {},
      'off',
      /Note: a pod that needs privileged got in when it was tried in namespace default, which has no label/,
    ],
    [
      'an exemption',
      enforced,
      'off',
      /Note: a pod that baseline:latest refuses got in when it was tried in namespace default: the namespace or you are exempt/,
    ],
  ] as const)('%s', async (_, labels, tried, note) => {
    const {text} = await checked({...later, triedNamespace: noLevel, labels, tried: [tried]});
    expect(text).toMatch(note);
  });

  test('nothing, where a label explains it', async () => {
    const answers = {...later, triedNamespace: noLevel, labels: enforced};
    const {text} = await checked({...answers, tried: [violation('baseline:latest')]});
    expect(text.match(/Note:/g)).toHaveLength(1);
  });
});
