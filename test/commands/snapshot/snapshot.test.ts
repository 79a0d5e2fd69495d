import {chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {fileOf, folderOf} from '../../support/run/files.ts';
import {runBuilt, runHere} from '../../support/run/run.ts';

const planted = 'hunter2-planted';
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'p',
    namespace: 'a',
    annotations: {
      'kubectl.kubernetes.io/last-applied-configuration': `{"env":"${planted}"}`,
      note: planted,
      'kubernetes.io/psp': 'open',
    },
    managedFields: [{manager: planted}],
  },
  spec: {
    containers: [
      {
        name: 'c',
        image: `registry.example.com/${planted}`,
        command: [planted],
        env: [{name: 'TOKEN', value: planted}],
        livenessProbe: {httpGet: {httpHeaders: [{name: 'Authorization', value: planted}]}},
      },
    ],
    volumes: [{name: 'v', csi: {driver: 'd', volumeAttributes: {password: planted}}}],
  },
};
const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {name: 's', namespace: 'a'},
  stringData: {password: planted},
};
const role = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: {name: 'none'},
};
const source = fileOf([pod, role]);

describe('snapshot', () => {
  test('holds no secret, environment or foreign annotation', async () => {
    const {code, out} = await runHere('snapshot', '--from', fileOf([pod, secret]));
    expect(code).toBe(0);
    expect(out).not.toContain(planted);
    expect(JSON.parse(out).pods[0].metadata.annotations).toEqual({'kubernetes.io/psp': 'open'});
    expect(out).toContain('"driver":"d"');
  });

  test('of many pods is one document, the same in a file', async () => {
    const user = '9223372036854775807';
    const names = Array.from({length: 1500}, (_, index) => `pod-${index}-é`);
    const pods = names.map(name => ({
      ...pod,
      metadata: {name, namespace: 'a'},
      spec: {...pod.spec, securityContext: {runAsUser: BigInt(user)}},
    }));
    const many = fileOf([...pods, role]);
    const {out} = await runHere('snapshot', '--from', many);
    expect(out.length).toBeGreaterThan(2 * 2 ** 16);
    expect(out.split(user)).toHaveLength(1501);
    const found = JSON.parse(out) as {pods: {metadata: {name: string}}[]; clusterRoles: unknown[]};
    expect(found.pods.map(({metadata}) => metadata.name)).toEqual(names);
    expect(found.clusterRoles).toHaveLength(1);
    const file = join(folderOf(), 'many.json');
    await runHere('snapshot', file, '--from', many);
    expect(readFileSync(file, 'utf8')).toBe(out);
    expect((await runHere('snapshot', '--from', file)).out).toBe(out);
  });

  test('a file is for its owner only, also where an open one was', async () => {
    const file = join(folderOf(), 'new.json');
    expect(await runHere('snapshot', file, '--from', source)).toEqual({
      code: 0,
      out: '',
      err: `wrote ${file}: 0 policies, 1 role and binding, 0 workloads, 1 pod in 1 namespace\n`,
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    chmodSync(file, 0o644);
    expect((await runHere('snapshot', file, '--from', source, '--force')).code).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('what exists stays, without --force and with nobody to ask', async () => {
    const file = fileOf('mine', 'mine.json');
    const {code, out, err} = await runBuilt(['snapshot', file, '--from', source]);
    expect({code, out}).toEqual({code: 2, out: ''});
    expect(err).toBe(`error: ${file} exists; use --force to overwrite it\n`);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  test('a folder, a device, a place that is none: one line, and nothing is left behind', async () => {
    const folder = folderOf({file: ''});
    for (const path of [folder, '/dev/null', join(folder, 'file/x'), join(folder, 'no/where')]) {
      const {code, err} = await runHere('snapshot', path, '--from', source, '--force');
      expect(code).toBe(3);
      expect(err.split('\n')).toHaveLength(2);
      expect(err).toContain(path);
    }
    expect(readdirSync(folder)).toEqual(['file']);
    expect(statSync('/dev/null').isFile()).toBe(false);
  });

  test('a cluster that cannot be read leaves the old file as it was', async () => {
    const file = fileOf('mine', 'mine.json');
    const flags = ['--server', 'http://127.0.0.1:1', '--force'];
    expect((await runHere('snapshot', file, ...flags)).code).toBe(3);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  test('one of files answers as the files do', async () => {
    const file = join(folderOf(), 's.json');
    await runHere('snapshot', file, '--from', source);
    for (const args of [
      ['why', '-A', '-o', 'json'],
      ['advise', '-A'],
      ['why', '-n', 'a'],
    ]) {
      const expected = await runHere(...args, '--from', source);
      expect(await runHere(...args, '--from', file)).toEqual(expected);
    }
    expect(existsSync(file)).toBe(true);
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, -20));
    expect((await runHere('why', '--from', file)).code).toBe(3);
  });
});
