import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {printJson} from '../../../src/kube/json.ts';
import {fileOf} from '../../support/run/files.ts';
import {runHere} from '../../support/run/run.ts';

describe('offline', () => {
  const snapshot = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../src/demo/snapshot.json'), 'utf8'),
  );
  const changed = (change: object) => fileOf(printJson({...snapshot, ...change}), 'snapshot.json');

  test('a snapshot answers by its pods, and knows nothing of rights', async () => {
    const {code, out} = await runHere('check', '--demo');
    expect(code).toBe(0);
    expect(out).toContain('probably on: 84 of 84 pods carry kubernetes.io/psp\n');
    expect(out).not.toContain('YOU MAY');
    const document = JSON.parse((await runHere('check', '--demo', '-o', 'json')).out);
    expect(document).toMatchObject({kind: 'Check', inForce: 'yes', rights: []});
  });

  test.each([
    [0, 'off: there is no plugin without the API', {policyApi: 'absent', policies: []}],
    [3, 'it is not known what the server serves', {policyApi: 'unknown'}],
    [3, 'unknown: there is no pod to judge by', {pods: []}],
    [1, 'probably off: 0 of 1 pod', {pods: [{metadata: {name: 'p'}}]}],
    [
      3,
      'unknown: 84 of 85 pods carry kubernetes.io/psp',
      {pods: [...snapshot.pods, {metadata: {name: 'p'}}]},
    ],
  ])('%i: %s', async (code, says, change) => {
    const ran = await runHere('check', '--from', changed(change));
    expect(ran.out).toContain(says);
    expect(ran.code).toBe(code);
  });

  test('manifests name no server', async () => {
    const file = fileOf([{apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'n'}}]);
    const {code, out} = await runHere('check', '--from', file);
    expect(code).toBe(3);
    expect(out).toContain('Server:     no server was asked\n');
  });
});
