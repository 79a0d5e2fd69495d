import {describe, expect, test} from 'vitest';
import {folderOf} from '../support/run/files.ts';
import {runBuilt} from '../support/run/run.ts';

const pod = (extra = '') =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  hostPID: true\n${extra}  containers: [{name: c}]\n`;

const run = (folder: string, ...args: readonly string[]) => runBuilt(args, {cwd: folder});

describe('a user with files of their own', () => {
  test('is warned of a key that comes twice, and stopped by --strict', async () => {
    const folder = folderOf({'p.yaml': pod('  hostPID: false\n')});
    const loose = await run(folder, 'advise', '-f', 'p.yaml');
    expect(loose.err).toBe(
      'p.yaml: document 1, line 6: the key spec.hostPID comes twice, the last one counts\n',
    );
    expect(loose.out).toContain('hostPID: false');
    const strict = await run(folder, 'advise', '-f', 'p.yaml', '--strict');
    expect({code: strict.code, out: strict.out}).toEqual({code: 3, out: ''});
    expect(strict.err).toContain('--strict refuses that');
  });

  test('gives a whole repository, and a chart only once it is rendered', async () => {
    const folder = folderOf({
      'deploy/p.yaml': pod(),
      'deploy/kustomization.yaml': 'resources: [p.yaml]\n',
      'package.json': '{"name": "shop"}',
      'chart/values.yaml': 'image: x\n',
    });
    const whole = await run(folder, 'advise', '-f', '.', '-o', 'name');
    expect(whole.code).toBe(0);
    expect(whole.err).toBe(
      'skipped 1 kustomization that only lists files: deploy/kustomization.yaml\nskipped 2 files of other programs: chart/values.yaml, package.json\n',
    );
    const chart = folderOf({'chart/templates/p.yaml': `${pod()}\nimage: {{ .Values.image }}\n`});
    const {code, err} = await run(chart, 'advise', '-f', 'chart');
    expect(code).toBe(3);
    expect(err).toContain('render it first: helm template chart | kubectl psp ... -f -\n');
  });

  test('is told of paths of nodes that pods reach through claims, also by a snapshot', async () => {
    const policy =
      'apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata: {name: p}\nspec:\n' +
      ['runAsUser', 'fsGroup', 'seLinux', 'supplementalGroups']
        .map(field => `  ${field}: {rule: RunAsAny}\n`)
        .join('');
    const volume = (name: string) =>
      `---\napiVersion: v1\nkind: PersistentVolume\nmetadata: {name: ${name}}\nspec:\n  capacity: {storage: 1Gi}\n  hostPath: {path: /srv/${name}}\n`;
    const folder = folderOf({'all.yaml': policy + volume('a') + volume('b')});
    const audit = await run(folder, 'audit', '--from', 'all.yaml');
    expect({code: audit.code, err: audit.err}).toMatchObject({code: 0});
    const told = /Audit\/host-path-volumes +2 PersistentVolumes of type hostPath are .*: a, b\n/;
    expect(audit.out).toMatch(told);
    expect(audit.err).not.toContain('PersistentVolume');
    const saved = await run(folder, 'snapshot', '--from', 'all.yaml', 's.json');
    expect(saved.code).toBe(0);
    expect((await run(folder, 'audit', '--from', 's.json')).out).toMatch(told);
  });

  test('is told that a placeholder has to be filled in, and what is of the wrong group', async () => {
    const deployment = (version: string, template: string) =>
      `apiVersion: ${version}\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template: ${template}\n`;
    const folder = folderOf({
      'env.yaml': deployment('apps/v1', '$' + '{TEMPLATE}'),
      'core.yaml': `${deployment('v1', '{spec: {containers: [{name: c}]}}')}---\n${pod()}`,
    });
    const env = await run(folder, 'why', '--demo', '-f', 'env.yaml');
    expect(env.code).toBe(3);
    expect(env.err).toContain('render it first: envsubst < FILE | kubectl psp ... -f -\n');
    const core = await run(folder, 'why', '--demo', '-f', 'core.yaml', '--fail-on-denied');
    expect(core.code).not.toBe(0);
    expect(core.err).toContain(
      'not judged: Deployment default/web: v1 has no Deployment, it is apps/v1\n',
    );
  });

  test('is shown the line that a tab indents', async () => {
    const folder = folderOf({'p.yaml': 'kind: Pod\nspec:\n\thostPID: true\n'});
    expect((await run(folder, 'advise', '-f', 'p.yaml')).err).toBe(
      'error: p.yaml: document 1, line 3: a tab indents a line; use spaces\n',
    );
  });
});
