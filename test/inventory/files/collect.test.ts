import {describe, expect, test} from 'vitest';
import {fileOf, folderOf} from '../../support/run/files.ts';
import {itemsHere, runBuilt, runHere} from '../../support/run/run.ts';

const template = {spec: {containers: [{name: 'main', image: 'x'}]}};

function workload(apiVersion: string, kind: string, name = kind.toLowerCase()): object {
  const metadata = {name, namespace: 'a'};
  if (kind === 'Pod') return {apiVersion, kind, metadata, ...template};
  if (kind === 'PodTemplate') return {apiVersion, kind, metadata, template};
  if (kind !== 'CronJob') return {apiVersion, kind, metadata, spec: {template}};
  return {apiVersion, kind, metadata, spec: {jobTemplate: {spec: {template}}}};
}

const kinds = [
  ...['apps/v1', 'apps/v1beta1', 'apps/v1beta2', 'extensions/v1beta1'].map(
    version => [version, 'Deployment'] as const,
  ),
  ...(['DaemonSet', 'ReplicaSet'] as const).flatMap(
    kind => [['apps/v1', kind] as const, ['extensions/v1beta1', kind] as const] as const,
  ),
  ['apps/v1', 'StatefulSet'],
  ['v1', 'ReplicationController'],
  ['batch/v1', 'Job'],
  ...['batch/v1', 'batch/v1beta1', 'batch/v2alpha1'].map(version => [version, 'CronJob'] as const),
  ['v1', 'PodTemplate'],
  ['v1', 'Pod'],
] as const;

/** What servers no longer have is read, and said to be of the past. */
const gone = {
  'apps/v1beta1': ['v1.16', 'apps/v1'],
  'apps/v1beta2': ['v1.16', 'apps/v1'],
  'extensions/v1beta1': ['v1.16', 'apps/v1'],
  'batch/v2alpha1': ['v1.21', 'batch/v1'],
} as const;

const advised = async (...args: readonly string[]) =>
  (await itemsHere('advise', ...args, '--for', 'workload')).map(({name}) => name);

describe('manifests', () => {
  test.for(kinds)('%s %s', async ([apiVersion, kind]) => {
    const file = fileOf([workload(apiVersion, kind)]);
    const {err} = await runHere('advise', '-f', file);
    const [from, newest] = gone[apiVersion as keyof typeof gone] ?? [];
    const label = `${kind} a/${kind.toLowerCase()}`;
    expect(err).toBe(
      from === undefined
        ? ''
        : `${file}: document 1, line 1: ${label}: no server has it under ${apiVersion} from ${from} on: write ${newest}\n`,
    );
    const name = kind.toLowerCase();
    expect(await advised('-f', file)).toEqual([`0-least-workload.a.${name}.${name}`]);
  });

  test('objects of an old version are told once, and not of a dump', async () => {
    const version = 'rbac.authorization.k8s.io/v1beta1';
    const roles = ['one', 'two'].map(name => ({
      apiVersion: version,
      kind: 'ClusterRole',
      metadata: {name},
      rules: [],
    }));
    const stored = {...workload('extensions/v1beta1', 'Deployment')};
    const file = fileOf([
      ...roles,
      {...stored, metadata: {name: 'web', namespace: 'a', uid: 'u1'}},
    ]);
    const {err} = await runHere('advise', '-f', file);
    expect(err).toBe(
      `${file}: document 1, line 1: ClusterRole one and 1 more: no server has it under ${version} from v1.22 on: write rbac.authorization.k8s.io/v1\n`,
    );
  });

  test('lists, nested and typed, are taken apart', async () => {
    const inner = {apiVersion: 'v1', kind: 'List', items: [workload('v1', 'Pod', 'inner')]};
    const {
      apiVersion: _version,
      kind: _kind,
      ...untyped
    } = workload('apps/v1', 'Deployment') as {
      readonly apiVersion: string;
      readonly kind: string;
    };
    const typed = {apiVersion: 'apps/v1', kind: 'DeploymentList', items: [untyped]};
    const file = fileOf([{apiVersion: 'v1', kind: 'List', items: [inner, typed]}]);
    expect(await advised('-f', file)).toEqual([
      '0-least-workload.a.deployment.deployment',
      '0-least-workload.a.pod.inner',
    ]);
  });

  test('of objects that clash the last one counts, which is said if they differ', async () => {
    const pod = workload('v1', 'Pod', 'same');
    const other = {...workload('v1', 'Pod', 'same'), spec: {...template.spec, hostPID: true}};
    const folder = folderOf({
      'a.yaml': JSON.stringify(pod),
      'b.yaml': `---\n${JSON.stringify(pod)}\n---\n${JSON.stringify(other)}\n`,
    });
    const {out, err} = await runHere('advise', '-f', folder);
    expect(out).toContain('hostPID: true');
    expect(err).toBe(
      `${folder}/b.yaml: document 2, line 4: Pod a/same is defined again, differently: this one counts\n`,
    );
    expect((await runHere('advise', '-f', `${folder}/a.yaml`, '-f', `${folder}/a.yaml`)).err).toBe(
      '',
    );
    const many = [1, 2, 3, 4, 5, 6, 7].flatMap(index => [
      workload('v1', 'Pod', `pod-${index}`),
      {...workload('v1', 'Pod', `pod-${index}`), spec: {...template.spec, hostIPC: true}},
    ]);
    const lines = (await runHere('advise', '-f', fileOf(many))).err.trimEnd().split('\n');
    expect(lines).toHaveLength(6);
    expect(lines.at(-1)).toBe('2 more objects are defined again');
  });

  test('files, folders below folders, many documents, JSON and standard input together', async () => {
    const pod = (name: string) => JSON.stringify(workload('v1', 'Pod', name));
    const folder = folderOf({
      'one.yaml': `# nothing\n---\n${pod('a1')}\n---\n---\n${pod('a2')}\n`,
      'deep/er/two.json': `${pod('b')}\n${pod('c')}`,
      'deep/three.yml': pod('d'),
      'deep/four.txt': 'no manifest: [',
    });
    const {code, out, err} = await runBuilt(
      ['advise', '--for', 'workload', '-o', 'name', '-f', folder, '-f', '-'],
      {stdin: pod('e')},
    );
    expect({code, err}).toEqual({code: 0, err: ''});
    expect(out.match(/(?<=pod\.).*/g)).toEqual(['a1', 'a2', 'b', 'c', 'd', 'e']);
  });

  test('kinds that only look like workloads are read and said so; others are counted', async () => {
    const rollout = workload('example.com/v1', 'Rollout');
    const other = (kind: string) => ({apiVersion: 'v1', kind, metadata: {name: 'x'}});
    const file = fileOf([
      rollout,
      other('Service'),
      other('ConfigMap'),
      other('Service'),
      other('constructor'),
      other('__proto__'),
    ]);
    const {code, out, err} = await runHere('advise', '-f', file, '-o', 'name');
    expect({code, out}).toEqual({code: 0, out: 'podsecuritypolicy.policy/0-least.a.default\n'});
    expect(err).toBe(
      '1 of unknown kind Rollout read as a workload: spec.template looks like a pod template\n' +
        'skipped 5 objects without a pod template: 1 ConfigMap, 2 Service, 1 __proto__, 1 constructor\n',
    );
  });

  test('a kind of another group that is called as one of Kubernetes has its template where others have', async () => {
    const template = {spec: {hostPID: true, containers: [{name: 'main', image: 'x'}]}};
    const head = {apiVersion: 'jobs.example.com/v1', kind: 'CronJob', metadata: {name: 'nightly'}};
    const file = fileOf([{...head, spec: {template}}]);
    const {out} = await runHere('advise', '-f', file);
    expect(out).toContain('hostPID: true');
  });

  test('who requests the pods of a kind that only looks so is not known', async () => {
    const policy = {apiVersion: 'policy/v1beta1', kind: 'PodSecurityPolicy', metadata: {name: 'p'}};
    const file = fileOf([workload('x.io/v1', 'constructor'), policy]);
    expect(await itemsHere('why', '-f', file)).toMatchObject([{requester: null, allowed: false}]);
  });

  test('the last of the same kind, namespace and name wins; unnamed ones are each their own', async () => {
    const metadata = {generateName: 'g-', namespace: 'a'};
    const unnamed = {apiVersion: 'v1', kind: 'Pod', metadata, ...template};
    const privileged = {
      ...unnamed,
      spec: {containers: [{name: 'main', image: 'x', securityContext: {privileged: true}}]},
    };
    const [first] = await itemsHere('advise', '-f', fileOf([privileged, unnamed]));
    expect(first).toMatchObject({policy: {spec: {privileged: true}}});
    expect(first?.workloads).toHaveLength(2);
    const named = (object: object) => ({...object, metadata: {name: 'n', namespace: 'a'}});
    const [last] = await itemsHere('advise', '-f', fileOf([named(privileged), named(unnamed)]));
    expect(last).toMatchObject({policy: {spec: {privileged: false}}});
    expect(last?.workloads).toHaveLength(1);
  });

  test('objects without a namespace get that of -n, else default', async () => {
    const file = fileOf([{...workload('v1', 'Pod'), metadata: {name: 'p'}}]);
    expect(await advised('-f', file)).toEqual(['0-least-workload.default.pod.p']);
    expect(await advised('-f', file, '-n', 'shop')).toEqual(['0-least-workload.shop.pod.p']);
  });

  test('a cluster-wide object keeps no namespace, as on the server', async () => {
    const rbac = 'rbac.authorization.k8s.io';
    const file = fileOf([
      {
        apiVersion: 'policy/v1beta1',
        kind: 'PodSecurityPolicy',
        metadata: {name: 'web'},
        spec: {
          runAsUser: {rule: 'RunAsAny'},
          seLinux: {rule: 'RunAsAny'},
          fsGroup: {rule: 'RunAsAny'},
          supplementalGroups: {rule: 'RunAsAny'},
        },
      },
      {
        apiVersion: `${rbac}/v1`,
        kind: 'ClusterRole',
        metadata: {name: 'use-web', namespace: 'stray'},
        rules: [
          {
            apiGroups: ['policy'],
            resources: ['podsecuritypolicies'],
            verbs: ['use'],
            resourceNames: ['web'],
          },
        ],
      },
      {
        apiVersion: `${rbac}/v1`,
        kind: 'ClusterRoleBinding',
        metadata: {name: 'all-web', namespace: 'stray'},
        roleRef: {apiGroup: rbac, kind: 'ClusterRole', name: 'use-web'},
        subjects: [{kind: 'User', apiGroup: rbac, name: 'alice'}],
      },
    ]);
    const unbind = ['unbind', 'web', '--to', 'user:alice', '--dry-run', '--from', file];
    expect((await runHere(...unbind)).out).toContain(
      'update ClusterRoleBinding all-web: - User alice',
    );
  });

  test('accounts in the same files say whether their token is mounted', async () => {
    const account = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: {name: 'default', namespace: 'a'},
      automountServiceAccountToken: false,
    };
    const [without] = await itemsHere('advise', '-f', fileOf([workload('v1', 'Pod'), account]));
    expect(without).toMatchObject({policy: {spec: {volumes: []}}});
    const [mounted] = await itemsHere('advise', '-f', fileOf([workload('v1', 'Pod')]));
    expect(mounted).toMatchObject({policy: {spec: {volumes: ['secret']}}});
  });

  test('a claim of a StatefulSet is a volume', async () => {
    const spec = {template, volumeClaimTemplates: [{metadata: {name: 'data'}}]};
    const set = {apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: {name: 's'}, spec};
    const [advice] = await itemsHere('advise', '-f', fileOf([set]));
    expect(advice).toMatchObject({policy: {spec: {volumes: ['persistentVolumeClaim', 'secret']}}});
  });
});
