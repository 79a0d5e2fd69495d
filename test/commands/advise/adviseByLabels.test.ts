import {expect, test} from 'vitest';
import {decodePolicy} from '../../../src/kube/objects.ts';
import {nativeObjects} from '../../../src/migrate/native/nativeObjects.ts';
import {laterSnapshot} from '../../support/builders/laterCluster.ts';
import {fullOptions} from '../../support/builders/nativeOptions.ts';
import {policyObject} from '../../support/builders/policies.ts';
import {runHere} from '../../support/run/run.ts';

test('where there are no policies, advise says where its own go, and the levels that would do', async () => {
  const file = await laterSnapshot();
  const {code, out, err} = await runHere('advise', '-A', '--from', file);
  expect(code).toBe(0);
  expect(out).toContain('kind: PodSecurityPolicy');
  expect(err.split('\n')).toEqual([
    'note: the server (v1.29.4) has no PodSecurityPolicy: migrate policies --from FILE makes objects of these that it enforces; or label namespaces:',
    ...[
      'default=baseline',
      'kube-system=privileged',
      'monitoring=privileged',
      'payments=baseline',
      'shop=privileged',
    ].map(each => {
      const [namespace, level] = each.split('=');
      return `  kubectl label namespace ${namespace} pod-security.kubernetes.io/enforce=${level} pod-security.kubernetes.io/enforce-version=v1.29 --overwrite`;
    }),
    '',
  ]);
});

test('machines and clusters with policies are not told', async () => {
  const file = await laterSnapshot();
  expect((await runHere('advise', '-A', '--from', file, '-o', 'json')).err).toBe('');
  expect((await runHere('advise', '-A', '--demo')).err).toBe('');
});

test('where policies live in admission policies, these are where its own go', async () => {
  const {objects} = nativeObjects(
    [decodePolicy(policyObject('open', {volumes: ['*']}))],
    fullOptions,
  );
  const file = await laterSnapshot({admissionPolicies: objects});
  const {err} = await runHere('advise', '-n', 'shop', '--from', file);
  expect(err).toContain(
    'policies live in admission policies of the server (v1.29.4): apply -f FILE',
  );
  expect(err).not.toContain('migrate policies --from FILE');
});
