import {describe, expect, test} from 'vitest';
import {fileOf} from '../../support/run/files.ts';
import {itemsHere, runHere} from '../../support/run/run.ts';
import {container, manifests, workload} from './manifests.ts';

describe('advise', () => {
  const names = async (objects: readonly object[], ...flags: readonly string[]) =>
    (await itemsHere('advise', '-f', fileOf(objects), ...flags)).map(({name}) => name);

  test('a policy for each service account; default is one too', async () => {
    expect(await names(manifests)).toEqual([
      '0-least.kube-system.agent',
      ...['init', 'plain', 'profiles', 'strict', 'tuned'].map(name => `0-least.shop.${name}`),
    ]);
    expect(await names([workload('shop', 'web', container({}))])).toEqual(['0-least.shop.default']);
  });

  test('--for workload, namespace, cluster', async () => {
    expect(await names(manifests, '--for', 'workload')).toContain(
      '0-least-workload.shop.deployment.plain',
    );
    expect(await names(manifests, '--for', 'namespace')).toEqual([
      '0-least-namespace.kube-system',
      '0-least-namespace.shop',
    ]);
    expect(await names(manifests, '--for', 'cluster')).toEqual(['0-least-cluster']);
  });

  test('names never collide and are valid', async () => {
    const web = (namespace: string, serviceAccountName: string) =>
      workload(namespace, `w-${serviceAccountName.length}${serviceAccountName.slice(-9)}`, {
        ...container({}),
        serviceAccountName,
      });
    const long = `n${'x'.repeat(250)}`;
    const objects = [
      web('team-a', 'b-sa'),
      web('team', 'a-b-sa'),
      web('team', 'a.b-sa'),
      web('team', long),
      web('team', `${long.slice(0, -1)}y`),
      web('team', 'Odd_Name'),
      web('team', 'odd-name'),
      web('team', '-'),
      web('team', '..'),
    ];
    const found = await names(objects);
    expect(new Set(found).size).toBe(objects.length);
    expect(found).toEqual(expect.arrayContaining(['0-least.team-a.b-sa', '0-least.team.a-b-sa']));
    for (const name of found) {
      expect(String(name).length).toBeLessThanOrEqual(253);
      expect(name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
    }
  });

  test('the YAML: comments say who needs what, --grant adds role and binding', async () => {
    const [plain] = manifests;
    const {out, err, code} = await runHere('advise', '-f', fileOf([plain ?? {}]), '--grant');
    expect({code, err}).toEqual({code: 0, err: ''});
    expect(out).toContain('# Least privilege for shop/Deployment/plain\n');
    expect(out).toContain('  # service account token: Deployment/plain\n  volumes:\n  - secret\n');
    expect(out.match(/^kind: .*$/gm)).toEqual([
      'kind: PodSecurityPolicy',
      'kind: Role',
      'kind: RoleBinding',
    ]);
    const bare = await runHere('advise', '-f', fileOf([plain ?? {}]));
    expect(out.startsWith(bare.out)).toBe(true);
  });

  test('the order of the files makes no difference', async () => {
    const there = await runHere('advise', '-f', fileOf(manifests), '--grant');
    const back = await runHere('advise', '-f', fileOf([...manifests].reverse()), '--grant');
    expect(back.out).toBe(there.out);
  });

  test('what it advises admits the pods, alone and unchanged', async () => {
    for (const scope of ['service-account', 'workload', 'namespace', 'cluster']) {
      const file = fileOf(manifests);
      const {out} = await runHere('advise', '-f', file, '--for', scope, '--grant');
      const verdicts = await itemsHere('why', '-f', file, '-f', fileOf(out));
      expect(verdicts.map(({state}) => state)).toEqual(manifests.map(() => 'ok'));
    }
  });

  test('--allow-defaults: stricter, and fills in', async () => {
    const file = fileOf(manifests);
    const {out} = await runHere('advise', '-f', file, '--grant', '--allow-defaults');
    expect(out).toMatch(/# would change Deployment\/plain: .*"ALL"/);
    const verdicts = await itemsHere('why', '-f', file, '-f', fileOf(out));
    expect(verdicts.map(({allowed}) => allowed)).toEqual(manifests.map(() => true));
    expect(verdicts.map(({state}) => state)).toContain('mutated');
  });

  test('-o table and name', async () => {
    const file = fileOf(manifests);
    const {out} = await runHere('advise', '-f', file, '-o', 'table');
    expect(out).toMatchInlineSnapshot(`
      "POLICY                      NAMESPACE     SUBJECTS   WORKLOADS   LEVEL
      0-least.kube-system.agent   kube-system   agent      1           privileged (not baseline: privileged, host network, host processes, host IPC and 4 more)
      0-least.shop.init           shop          init       1           privileged (not baseline: SELinux, AppArmor)
      0-least.shop.plain          shop          plain      1           privileged (not baseline: SELinux, AppArmor)
      0-least.shop.profiles       shop          profiles   1           privileged (not baseline: SELinux)
      0-least.shop.strict         shop          strict     1           privileged (not baseline: AppArmor)
      0-least.shop.tuned          shop          tuned      1           privileged (not baseline: SELinux, capabilities, AppArmor, sysctls)
      "
    `);
    const bare = await runHere('advise', '-f', file, '-o', 'table', '--no-headers');
    const cells = (text: string) => text.split('\n').map(line => line.split(/ {2,}/));
    expect(cells(bare.out)).toEqual(cells(out).slice(1));
    const named = await runHere('advise', '-f', file, '-o', 'name');
    expect(named.out.split('\n')[0]).toBe('podsecuritypolicy.policy/0-least.kube-system.agent');
  });

  test('-o json: policy, level, reasons; grants if wanted', async () => {
    const [agent] = await itemsHere('advise', '-f', fileOf(manifests), '--grant');
    expect(agent).toMatchObject({
      namespace: 'kube-system',
      level: 'privileged',
      subjects: [{kind: 'ServiceAccount', namespace: 'kube-system', name: 'agent'}],
      workloads: [{namespace: 'kube-system', kind: 'Deployment', name: 'agent'}],
      policy: {kind: 'PodSecurityPolicy', spec: {privileged: true, hostNetwork: true}},
      grants: [{kind: 'Role'}, {kind: 'RoleBinding'}],
    });
    expect(agent?.reasons).toContainEqual({
      field: '/spec/hostPID',
      need: expect.any(String),
      workloads: [{namespace: 'kube-system', kind: 'Deployment', name: 'agent'}],
    });
  });
});
