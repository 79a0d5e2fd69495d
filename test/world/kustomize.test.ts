import {chmodSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {afterEach, describe, expect, test, vi} from 'vitest';
import {openRules} from '../support/builders/policies.ts';
import {fileOf, folderOf} from '../support/run/files.ts';
import {itemsOf} from '../support/run/output.ts';
import {runHere} from '../support/run/run.ts';

const policy = {
  apiVersion: 'policy/v1beta1',
  kind: 'PodSecurityPolicy',
  metadata: {name: 'base'},
  spec: {...openRules, volumes: ['*']},
};
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {name: 'web', namespace: 'a'},
  spec: {template: {spec: {containers: [{name: 'c', securityContext: {privileged: true}}]}}},
};

/** A kubectl that does this, first in PATH. */
function withKubectl(script: string): void {
  const folder = folderOf({kubectl: `#!/bin/sh\n${script}\n`});
  chmodSync(join(folder, 'kubectl'), 0o755);
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`);
}

afterEach(() => vi.unstubAllEnvs());

describe('-k DIR', () => {
  test('is what kubectl kustomize makes of it, beside -f', async () => {
    withKubectl(`[ "$1 $2" = "kustomize overlays/prod" ] && echo '${JSON.stringify(deployment)}'`);
    const args = ['--assume-authorized', '-f', fileOf([policy]), '-k', 'overlays/prod'];
    const {out, err} = await runHere('why', ...args, '-o', 'json');
    expect(err).toBe('incomplete: no RBAC objects among the files; affected answers say unknown\n');
    expect(itemsOf(out)).toMatchObject([{kind: 'Deployment', name: 'web', state: 'denied'}]);
    const advised = await runHere('advise', '-k', 'overlays/prod');
    expect(advised.out).toContain('privileged: true');
    const tried = await runHere('try', '-A', '--from', fileOf([policy]), '-k', 'overlays/prod');
    expect(tried.out).toMatch(/Deployment +web/);
  });

  test('says what kubectl says when it fails', async () => {
    withKubectl('echo Warning >&2; echo "error: no kustomization file found" >&2; exit 1');
    expect(await runHere('advise', '-k', 'x')).toEqual({
      code: 3,
      out: '',
      err: 'error: kubectl kustomize x: no kustomization file found\n',
    });
    const logged = String.raw`E1129 15:27:56.5 16 run.go:72] "command failed" err="no \"x\" there"`;
    withKubectl(`echo '${logged}' >&2; exit 1`);
    expect((await runHere('advise', '-k', 'x')).err).toBe(
      'error: kubectl kustomize x: no "x" there\n',
    );
  });

  test('says that kubectl is missing', async () => {
    vi.stubEnv('PATH', folderOf());
    const {code, err} = await runHere('advise', '-k', 'x');
    expect(code).toBe(3);
    expect(err).toMatch(/^error: -k x: kubectl, which renders it, is not in PATH; /);
  });
});

test('a kustomization file without an ending is seen in its folder', async () => {
  const folder = folderOf({
    'deploy.yaml': JSON.stringify(deployment),
    Kustomization: 'resources: [deploy.yaml]\nnamePrefix: x-\n',
  });
  const {code, err} = await runHere('advise', '-f', folder);
  expect(code).toBe(3);
  expect(err).toContain(`kubectl kustomize ${folder} | kubectl psp ... -f -`);
});
