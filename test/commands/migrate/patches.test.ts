import {describe, expect, test} from 'vitest';
import {readDocuments} from '../../../src/yaml/documents.ts';
import {fileOf} from '../../support/run/files.ts';
import {objectOf} from '../../support/run/output.ts';
import {runHere} from '../../support/run/run.ts';
import {deployment, hardened} from './objects.ts';

describe('patches', () => {
  const patches = (...args: readonly string[]) =>
    runHere('migrate', 'patches', '-n', 'payments', '--demo', ...args);

  test('are strategic merge patches by default', async () => {
    const {code, out} = await patches();
    const kinds = readDocuments(out, 'yaml').map(({value}) => objectOf(value).kind);
    expect([code, kinds]).toEqual([0, ['CronJob', 'Deployment', 'Deployment', 'Job']]);
  });

  test('are lines for kubectl, with operations in them', async () => {
    const {out} = await patches('-o', 'json6902');
    const lines = out.split('\n').filter(line => !line.startsWith('#') && line !== '');
    expect(lines).toHaveLength(4);
    const [, json = ''] = /--type=json -p '(.*)'$/.exec(lines[0] ?? '') ?? [];
    expect(JSON.parse(json)).toContainEqual({
      op: 'add',
      path: '/spec/jobTemplate/spec/template/spec/securityContext/seccompProfile',
      value: {type: 'RuntimeDefault'},
    });
  });

  test('stand in a kustomization beside the manifests', async () => {
    const {out} = await patches('-o', 'kustomize');
    const [kustomization] = readDocuments(out, 'yaml');
    expect(objectOf(kustomization?.value)).toMatchObject({
      kind: 'Kustomization',
      patches: expect.arrayContaining([
        expect.objectContaining({
          target: {
            group: 'batch',
            version: 'v1',
            kind: 'CronJob',
            name: 'payout',
            namespace: 'payments',
          },
        }),
      ]),
    });
  });

  test('say where a person has to decide', async () => {
    const {out} = await runHere(
      'migrate',
      'patches',
      '-n',
      'shop',
      '--demo',
      '--for',
      'restricted',
      '-o',
      'table',
    );
    expect(out).toMatch(/Pod\/debug-ben +privileged +privileged +no +needs a decision: container/);
    expect(out).toMatch(/Deployment\/cart +baseline +restricted +yes\n/);
  });

  test('are none where nothing is to do', async () => {
    const file = fileOf([deployment('web', {}, hardened)]);
    const args = ['--from', file, '-A', '--for', 'restricted'];
    expect(await runHere('migrate', 'patches', ...args)).toEqual({
      code: 0,
      out: '',
      err: 'All workloads meet restricted\n',
    });
    const writes = await runHere('migrate', 'patches', '--from', file, '-A', '--for', 'psp');
    // The files leave out who may use which policy.
    expect(writes.err).toContain('No workload is known to live on what a policy writes');
  });
});
