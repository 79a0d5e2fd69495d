import {describe, expect, test} from 'vitest';
import {type Json, parseJson} from '../../../src/kube/json.ts';
import {readDocuments} from '../../../src/yaml/documents.ts';
import {fileOf} from '../../support/run/files.ts';
import {itemsOf, objectOf} from '../../support/run/output.ts';
import {itemsHere, runHere} from '../../support/run/run.ts';

const nameOf = (object: Json) => objectOf(objectOf(object).metadata).name;

describe('policies prints', () => {
  test('the three with their grants, the same in all formats', async () => {
    const yaml = await runHere('policies');
    expect(yaml.code).toBe(0);
    const objects = readDocuments(yaml.out, 'policies.yaml').map(({value}) => objectOf(value));
    expect(objects.map(({kind, metadata}) => `${kind} ${objectOf(metadata).name}`)).toEqual([
      'PodSecurityPolicy pss-privileged',
      'ClusterRole psp:pss-privileged',
      'RoleBinding psp:pss-privileged',
      'PodSecurityPolicy pss-baseline',
      'ClusterRole psp:pss-baseline',
      'PodSecurityPolicy pss-restricted',
      'ClusterRole psp:pss-restricted',
      'ClusterRoleBinding psp:pss-restricted',
    ]);
    const json = await runHere('policies', '-o', 'json');
    expect(objectOf(parseJson(json.out))).toMatchObject({apiVersion: 'v1', kind: 'List'});
    expect(itemsOf(json.out)).toEqual(objects);
    const names = await runHere('policies', '-o', 'name');
    expect(names.out.trimEnd().split('\n')).toEqual(
      objects.map(object => {
        const kind = String(object.kind).toLowerCase();
        const group = kind === 'podsecuritypolicy' ? 'policy' : 'rbac.authorization.k8s.io';
        return `${kind}.${group}/${nameOf(object)}`;
      }),
    );
  });

  test('those named, from open to strict, each once', async () => {
    const {out} = await runHere(
      'policies',
      'restricted',
      'pss-baseline',
      'restricted',
      '-o',
      'name',
    );
    expect(out.match(/^podsecuritypolicy.*$/gm)).toEqual([
      'podsecuritypolicy.policy/pss-baseline',
      'podsecuritypolicy.policy/pss-restricted',
    ]);
  });

  test('a warning of AppArmor, unless it is left out or not in it', async () => {
    expect((await runHere('policies', 'restricted')).err).toMatch(/^note: .*--no-apparmor\n$/);
    expect((await runHere('policies', 'privileged')).err).toBe('');
    expect((await runHere('policies', '-o', 'name')).err).toBe('');
    const without = await runHere('policies', '--no-apparmor');
    expect(without.err).toBe('');
    expect(without.out.match(/.*apparmor.*/gi)).toEqual([
      '# Level: privileged (not baseline: AppArmor).',
      '# Level: privileged (not baseline: AppArmor).',
    ]);
  });

  test('a usage error for others', async () => {
    const {code, out, err} = await runHere('policies', 'restrict');
    expect({code, out}).toEqual({code: 2, out: ''});
    expect(err).toBe(
      'error: unknown policy "restrict": did you mean "restricted"?; those of a cluster: kubectl psp get\n',
    );
  });
});

test('what it prints is read by the other commands: why over a workload', async () => {
  const {out} = await runHere('policies');
  const files = [
    fileOf(out),
    fileOf([
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: {name: 'web', namespace: 'shop'},
        spec: {template: {spec: {containers: [{name: 'c', image: 'c'}]}}},
      },
      {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: {name: 'proxy', namespace: 'kube-system'},
        spec: {template: {spec: {hostNetwork: true, containers: [{name: 'c', image: 'c'}]}}},
      },
      {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: {name: 'proxy', namespace: 'shop'},
        spec: {template: {spec: {hostNetwork: true, containers: [{name: 'c', image: 'c'}]}}},
      },
    ]),
  ];
  const items = await itemsHere('why', ...files.flatMap(file => ['-f', file]));
  const rows = items.map(({namespace, name, policy}) => [namespace, name, policy]);
  expect(rows).toEqual([
    ['kube-system', 'proxy', 'pss-privileged'],
    ['shop', 'proxy', null],
    ['shop', 'web', 'pss-restricted'],
  ]);
});

test('nobody but kube-system and everybody is granted anything', async () => {
  const {out} = await runHere('policies');
  const items = await itemsHere('who-can', '-A', '--from', fileOf(out));
  const rows = items.map(({policy, subject, scope}) => [
    policy,
    objectOf(subject).name,
    scope === null ? 'cluster' : objectOf(scope).namespace,
  ]);
  expect(rows.toSorted()).toEqual([
    ['pss-privileged', 'system:nodes', 'kube-system'],
    ['pss-privileged', 'system:serviceaccounts:kube-system', 'kube-system'],
    ['pss-restricted', 'system:authenticated', 'cluster'],
    ['pss-restricted', 'system:serviceaccounts', 'cluster'],
  ]);
});

test('for an older Kubernetes, without what it would refuse', async () => {
  const volumesFor = async (version: string) => {
    const {out} = await runHere('policies', 'restricted', '--kubernetes-version', version);
    return objectOf(objectOf(readDocuments(out, 'p.yaml')[0]?.value ?? null).spec).volumes;
  };
  const common = ['configMap', 'csi', 'downwardAPI', 'emptyDir'];
  const more = ['persistentVolumeClaim', 'projected', 'secret'];
  expect(await volumesFor('v1.18')).toEqual([...common, ...more]);
  expect(await volumesFor('v1.19')).toEqual([...common, 'ephemeral', ...more]);
  expect((await runHere('policies', '--kubernetes-version', 'v1.25')).code).toBe(2);
});
