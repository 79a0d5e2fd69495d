import {describe, expect, test} from 'vitest';
import {fieldTypesOf} from '../../src/kube/fieldNames.ts';
import {unknownFields} from '../../src/kube/unknownFields.ts';
import {goFields, goModules, protoFields} from '../support/kubernetes/goTypes.ts';
import {isThorough} from '../support/kubernetes/reference.ts';

const modules = goModules();
if (modules === undefined && isThorough) throw new Error('Go has no k8s.io/api v0.24.17');

const packages = [
  'k8s.io/api/core/v1',
  'k8s.io/api/apps/v1',
  'k8s.io/api/batch/v1',
  'k8s.io/api/policy/v1beta1',
  'k8s.io/api/rbac/v1',
  'k8s.io/apimachinery/pkg/apis/meta/v1',
];

/** The Go type of a name that stands in just one of the packages. */
function goTypeOf(name: string): string {
  const found = packages
    .map(folder => `${folder}.${name}`)
    .find(type => {
      try {
        return protoFields(modules ?? '', type).size >= 0;
      } catch {
        return false;
      }
    });
  if (found === undefined) throw new Error(`${name} is in none of the packages`);
  return found;
}

/** All names that a type has in JSON; those of embedded types, but for kind and version, stand in it. */
function jsonNames(goType: string): readonly string[] {
  return [...goFields(modules ?? '', goType)].flatMap(([name, {isInline}]) => {
    if (!isInline) return [name];
    const embedded = name.split('.').at(-1) ?? '';
    const type = embedded.charAt(0).toUpperCase() + embedded.slice(1);
    return type === 'TypeMeta' ? [] : jsonNames(goTypeOf(type));
  });
}

// biome-ignore format: names, several a line
const kinds = [
  'Pod', 'ReplicationController', 'ServiceAccount', 'Namespace', 'Deployment', 'ReplicaSet', 'StatefulSet',
  'DaemonSet', 'Job', 'CronJob', 'PodSecurityPolicy', 'Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding',
];

/** The types of these kinds, and of what is in them. */
function typesOf(names: readonly string[]): readonly string[] {
  const found = new Set(names);
  for (const name of found) for (const type of fieldTypesOf(name)?.values() ?? []) found.add(type);
  return [...found].filter(type => type !== '');
}

describe.runIf(modules !== undefined)('the table of fields', () => {
  test('there is something to compare', () => {
    expect(typesOf(kinds).length).toBeGreaterThan(140);
  });

  test.each(typesOf(kinds))('has the fields of Kubernetes: %s', type => {
    const names = jsonNames(goTypeOf(type));
    expect([...(fieldTypesOf(type)?.keys() ?? [])].toSorted()).toEqual(names.toSorted());
  });
});

describe('unknown fields', () => {
  test('are named with their path and the field that they look like', () => {
    const policy = {
      apiVersion: 'policy/v1beta1',
      kind: 'PodSecurityPolicy',
      metadata: {name: 'typos', labels: {anything: 'goes'}},
      spec: {
        readOnlyRootFileSystem: true,
        hostPort: [],
        volumes: ['*'],
        seLinux: {rules: 'RunAsAny'},
      },
    };
    expect(unknownFields('PodSecurityPolicy', policy)).toEqual([
      {path: 'spec.readOnlyRootFileSystem', near: 'readOnlyRootFilesystem'},
      {path: 'spec.hostPort', near: 'hostPorts'},
      {path: 'spec.seLinux.rules', near: 'rule'},
    ]);
  });

  test('of templates and lists are found where they stand', () => {
    const pod = {
      securityContext: {privileged: true, hostNetwork: true},
      containers: [{name: 'a'}, {name: 'b', securitycontext: {}}],
      volumes: [{name: 'v', emptyDir: {}, hostPaths: {}}],
    };
    const deployment = {
      kind: 'Deployment',
      metadata: {},
      spec: {containers: [], template: {spec: pod}},
    };
    expect(unknownFields('Deployment', deployment).map(({path}) => path)).toEqual([
      'spec.containers',
      'spec.template.spec.securityContext.privileged',
      'spec.template.spec.securityContext.hostNetwork',
      'spec.template.spec.containers[1].securitycontext',
      'spec.template.spec.volumes[0].hostPaths',
    ]);
  });

  test('are not looked for in kinds of others, in maps and in values', () => {
    expect(unknownFields('Rollout', {spec: {anything: 1}})).toEqual([]);
    expect(unknownFields('Pod', {metadata: {annotations: {any: 'x'}}, status: {odd: 1}})).toEqual(
      [],
    );
    expect(unknownFields('Pod', {spec: 'text'})).toEqual([]);
    expect(unknownFields('Pod', null)).toEqual([]);
  });
});
