import {describe, expect, test} from 'vitest';
import {migrateFlags} from '../../../src/commands/migrate/migrateFlags.ts';
import {firstWithoutPolicies} from '../../../src/inventory/regime.ts';
import {parseJson} from '../../../src/kube/json.ts';
import {newestStandard, standardVersionText} from '../../../src/podSecurity/version.ts';
import {readDocuments} from '../../../src/yaml/documents.ts';
import {fileOf} from '../../support/run/files.ts';
import {itemsOf, objectOf} from '../../support/run/output.ts';
import {runHere} from '../../support/run/run.ts';
import {deployment, hardened, namespace} from './objects.ts';

describe('the plan', () => {
  test('of nothing that breaks: 0, and labels come next', async () => {
    const file = fileOf([namespace('shop'), deployment('web', {}, hardened)]);
    expect(await runHere('migrate', '-A', '--from', file, '--to', '1.31')).toEqual({
      code: 0,
      err: '',
      out: `To v1.31: a new cluster of v1.30 to v1.35: labels, patches, and ValidatingAdmissionPolicies for the rest.

NAMESPACE   STAGE    WORKLOADS   WITH PSP     WITHOUT      PATCHES   BREAKS
shop        <none>   1           restricted   restricted   0         0

May relabel namespaces, and so lift what they enforce:
  perhaps others: not read: roles and bindings, of which the files have none

Nothing breaks.
Next: kubectl psp migrate labels --stage warn -A --to 1.31 --from ${file}
`,
    });
  });

  test('of what the labels will refuse, and of APIs that are gone: 1', async () => {
    const labels = {'pod-security.kubernetes.io/enforce': 'baseline'};
    const cron = {
      apiVersion: 'batch/v1beta1',
      kind: 'CronJob',
      metadata: {name: 'old', namespace: 'shop'},
      spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: 'c'}]}}}}},
    };
    const file = fileOf([namespace('shop', labels), cron]);
    const {code, out} = await runHere('migrate', '-A', '--from', file);
    expect([code, out]).toEqual([
      1,
      expect.stringContaining(`shop        enforce   1           baseline   baseline   0         1

Breaks:
  CronJob shop/old: no matches for kind "CronJob" in version "batch/v1beta1"

May relabel namespaces, and so lift what they enforce:
  perhaps others: not read: roles and bindings, of which the files have none

1 workload would break.
`),
    ]);
  });

  test('of the demo: what policies set is lost, which cannot be told to work: 3', async () => {
    const {code, out} = await runHere('migrate', '-A', '--demo');
    expect(code).toBe(3);
    expect(out).toContain('\nNext: kubectl psp migrate patches --for psp -A --demo\n');
    expect(out).toContain('and 7 more: see -o wide');
    const {out: wide} = await runHere('migrate', '-A', '--demo', '-o', 'wide');
    expect(wide).not.toContain('see -o wide');
    expect(wide).toMatch(/\nprivileged +baseline +no +yes +lets in: privileged \(container "c"/);
  });

  test('of a namespace that is not there: 3, with those that are', async () => {
    const {code, err} = await runHere('migrate', '-n', 'shp', '--demo');
    expect([code, err]).toEqual([3, expect.stringContaining('namespace "shp" not found')]);
  });

  test('machine output has each workload', async () => {
    const {out} = await runHere('migrate', '-n', 'payments', '--demo', '-o', 'json');
    const answer = objectOf(parseJson(out));
    expect(answer).toMatchObject({kind: 'Migration', from: 'v1.24.17', to: 'v1.25'});
    const [payments] = itemsOf(out);
    expect(payments).toMatchObject({
      namespace: 'payments',
      now: 'baseline',
      workloads: expect.arrayContaining([
        expect.objectContaining({name: 'payout', policy: 'restricted', needsPatch: true}),
      ]),
    });
  });
});

describe('the cluster as a whole', () => {
  const shipped = (name: string, metadata: object): object => ({
    apiVersion: 'policy/v1beta1',
    kind: 'PodSecurityPolicy',
    metadata: {name, ...metadata},
    spec: {
      runAsUser: {rule: 'RunAsAny'},
      seLinux: {rule: 'RunAsAny'},
      fsGroup: {rule: 'RunAsAny'},
      supplementalGroups: {rule: 'RunAsAny'},
      volumes: ['*'],
    },
  });
  const bound = (name: string, subject: object): object => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: {name},
    roleRef: {kind: 'ClusterRole', name: 'labels'},
    subjects: [subject],
  });
  const role = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: {name: 'labels'},
    rules: [
      {apiGroups: [''], resources: ['namespaces'], verbs: ['patch'], resourceNames: ['a', 'b']},
    ],
  };
  const planOf = async (objects: readonly object[], ...args: readonly string[]) =>
    runHere('migrate', '-A', '--from', fileOf([namespace('shop'), ...objects]), ...args);

  test('Helm releases that ship policies break, by annotation and by label', async () => {
    const {code, out} = await planOf([
      shipped('one', {
        annotations: {'meta.helm.sh/release-name': 'prom', 'meta.helm.sh/release-namespace': 'mon'},
      }),
      shipped('two', {
        annotations: {'meta.helm.sh/release-name': 'prom', 'meta.helm.sh/release-namespace': 'mon'},
      }),
      shipped('old', {labels: {heritage: 'Tiller', release: 'legacy'}}),
      shipped('own', {}),
    ]);
    expect(code).toBe(1);
    expect(out).toMatch(
      /Helm release mon\/prom: helm upgrade fails: no matches for kind .*one, two/,
    );
    expect(out).toMatch(/Helm release legacy: .*\(old\)/);
    expect(out).toContain('\n2 Helm releases would break.\n');
    expect(out).toContain('Note: the files hold 4 PodSecurityPolicies: kubectl apply refuses them');
    expect(out).not.toContain('own');
  });

  test('policies of the cluster are none of the files that are held against it', async () => {
    const file = fileOf([deployment('web', {}, hardened)]);
    const {out} = await runHere('migrate', '-A', '-f', file, '--demo');
    expect(out).not.toContain('the files hold');
    const {out: own} = await planOf([shipped('own', {})]);
    expect(own).toContain('the files hold 1 PodSecurityPolicy: kubectl apply refuses');
  });

  test.each([
    ['eks', 'Amazon EKS', shipped('eks.privileged', {})],
    ['rke2', 'RKE2', shipped('global-restricted-psp', {})],
    ['kubeadm', 'kubeadm', bound('kubeadm:get-nodes', {kind: 'Group', name: 'x'})],
    ['kops', 'kOps', bound('kops:dns-controller', {kind: 'Group', name: 'x'})],
    ['aks', 'Azure AKS', bound('aks-cluster-admin-binding', {kind: 'Group', name: 'x'})],
    ['openshift', 'OpenShift', namespace('openshift-monitoring')],
    ['rke', 'Rancher RKE', namespace('cattle-system')],
  ])('%s is found by what it makes, and named where it is not', async (id, name, object) => {
    const {out} = await planOf([object, role]);
    expect(out).toContain(`Platform: ${name} (by `);
    const {out: named} = await planOf([role], '--platform', id);
    expect(named).toContain(
      `Platform: ${name} (by --platform).\nThe switch of the admission plugin:`,
    );
  });

  test('who may relabel namespaces is named, with which', async () => {
    const {out} = await planOf([role, bound('team', {kind: 'User', name: 'eve'})]);
    expect(out).toContain(
      'May relabel namespaces, and so lift what they enforce:\n  User eve: a, b, by ClusterRoleBinding team\n',
    );
  });

  test('machine output has all of that', async () => {
    const objects = [role, bound('kubeadm:x', {kind: 'ServiceAccount', namespace: 'a', name: 'b'})];
    const {out} = await planOf(objects, '-o', 'json');
    expect(objectOf(parseJson(out))).toMatchObject({
      cluster: {
        platform: {id: 'kubeadm', foundBy: 'ClusterRoleBinding kubeadm:x'},
        relabel: {
          rights: [
            {subject: {kind: 'ServiceAccount', namespace: 'a', name: 'b'}, namespaces: ['a', 'b']},
          ],
          needs: [],
        },
        releases: [],
      },
    });
  });
});

test('the versions that completion offers are those that can be planned for', () => {
  const choices = migrateFlags.to.choices.filter(choice => choice.startsWith('v1.'));
  const known = [firstWithoutPolicies, newestStandard].map(standardVersionText);
  expect([choices[0], choices.at(-1)]).toEqual(known);
});

describe('usage', () => {
  test.each([
    ['a version with policies', ['--to', 'v1.24'], 'v1.24 still has PodSecurityPolicies'],
    ['a version that nobody knows', ['--to', 'v1.38'], 'v1.38 is newer than the checks'],
    ['no version', ['--to', 'soon'], '"soon" is not a version of Kubernetes'],
    ['another topic', ['by'], '"by" is not one of plan, labels, patches'],
    ['two topics', ['labels', 'patches'], 'got labels patches'],
    ['a change of the demo', ['labels', '--apply'], '--apply changes a cluster, and not files'],
    ['a check of the demo', ['labels', '--check'], '--check asks a cluster, and not files'],
    ['an answer to no question', ['labels', '-y'], '--yes means nothing without --apply'],
    ['a platform for labels', ['labels', '--platform', 'eks'], '--platform belongs to the plan'],
    ['a platform that is none', ['--platform', 'eks2'], '"eks2" is not one of kubeadm, eks'],
    ['a flag of another topic', ['--level', 'auto'], '--level belongs to migrate labels'],
    ['another goal', ['labels', '--for', 'psp'], '--for belongs to migrate patches'],
    ['a format of another topic', ['labels', '-o', 'patch'], '"patch" is not one of table'],
    ['a level that is none', ['labels', '--level', 'strict'], 'strict'],
  ])('%s', async (_, args, message) => {
    const {code, out, err} = await runHere('migrate', ...args, '--demo');
    expect([code, out, err]).toEqual([2, '', expect.stringContaining(message)]);
  });
});

describe('labels', () => {
  const risky = {'pod-security.kubernetes.io/enforce': 'privileged'};
  const file = fileOf([
    namespace('shop', risky),
    namespace('empty'),
    deployment('web', {}, {runAsUser: 1000}),
    deployment('agent', {hostPID: true}),
  ]);

  test('are kubectl lines; with enforce, only where the level is fine', async () => {
    const args = ['labels', '-A', '--from', file, '--to', 'v1.30', '--level', 'baseline'];
    const {code, out} = await runHere('migrate', ...args, '--stage', 'enforce');
    expect(code).toBe(1);
    expect(out).toBe(`NAMESPACE   LEVEL      WORKLOADS   WITH PSP     WITHOUT      VERDICT
empty       baseline   0           <none>       <none>       fine
shop        baseline   2           privileged   privileged   breaks

Deployment shop/agent: breaks: violates PodSecurity "baseline:v1.30": host namespaces (hostPID=true)

kubectl label --overwrite namespace empty pod-security.kubernetes.io/warn=baseline pod-security.kubernetes.io/warn-version=v1.30 pod-security.kubernetes.io/audit=baseline pod-security.kubernetes.io/audit-version=v1.30 pod-security.kubernetes.io/enforce=baseline pod-security.kubernetes.io/enforce-version=v1.30
# shop: not yet, breaks
`);
  });

  test('auto breaks nothing', async () => {
    const {code, out} = await runHere('migrate', 'labels', '-A', '--from', file);
    expect([code, out]).toEqual([0, expect.stringMatching(/shop +privileged .* fine\n/)]);
  });

  test('-o yaml: patches of namespaces', async () => {
    const {out} = await runHere('migrate', 'labels', '-n', 'shop', '--from', file, '-o', 'yaml');
    expect(readDocuments(out, 'yaml').map(({value}) => value)).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: {
          name: 'shop',
          labels: {
            'pod-security.kubernetes.io/warn': 'privileged',
            'pod-security.kubernetes.io/warn-version': 'v1.25',
          },
        },
      },
    ]);
  });
});
