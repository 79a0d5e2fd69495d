import {describe, expect, test} from 'vitest';
import {openRules} from '../../support/builders/policies.ts';
import {fileOf} from '../../support/run/files.ts';
import {itemsOf} from '../../support/run/output.ts';
import {runHere} from '../../support/run/run.ts';

const group = 'rbac.authorization.k8s.io';
const policy = (name: string, spec = {}) => ({
  apiVersion: 'policy/v1beta1',
  kind: 'PodSecurityPolicy',
  metadata: {name},
  spec: {...openRules, volumes: ['*'], ...spec},
});
const roleBinding = (name: string, role: string, account: string) => ({
  apiVersion: `${group}/v1`,
  kind: 'RoleBinding',
  metadata: {name, namespace: 'ci'},
  roleRef: {apiGroup: group, kind: 'ClusterRole', name: role},
  subjects: [{kind: 'ServiceAccount', namespace: 'ci', name: account}],
});
const runner = (account: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {name: account, namespace: 'ci'},
  spec: {template: {spec: {serviceAccountName: account, containers: [{name: 'c'}]}}},
});

describe('the bootstrap roles of a world of files', () => {
  const editors = {
    apiVersion: `${group}/v1`,
    kind: 'ClusterRole',
    metadata: {
      name: 'psp-for-viewers',
      labels: {'rbac.authorization.k8s.io/aggregate-to-view': 'true'},
    },
    rules: [
      {
        apiGroups: ['policy'],
        resources: ['podsecuritypolicies'],
        resourceNames: ['base'],
        verbs: ['use'],
      },
    ],
  };
  const objects = [
    policy('base'),
    editors,
    roleBinding('admins', 'cluster-admin', 'admin'),
    roleBinding('editors', 'edit', 'editor'),
    roleBinding('none', 'system:basic-user', 'nobody'),
    ...['admin', 'editor', 'nobody'].map(runner),
  ];

  test('let those in whom they are bound to, aggregated ones too', async () => {
    const {out} = await runHere('why', '-f', fileOf(objects), '-o', 'json');
    const states = itemsOf(out).map(({name, state}) => `${name} ${state}`);
    expect(states).toEqual(['admin ok', 'editor ok', 'nobody denied']);
  });

  test('do not go missing in an audit; others do', async () => {
    const wrong = roleBinding('wrong', 'system:no-such-role', 'x');
    const {out} = await runHere('audit', '--from', fileOf([...objects, wrong]), '-o', 'json');
    const missing = itemsOf(out).filter(({rule}) => rule === 'missing-role');
    expect(missing.map(({id}) => id)).toEqual(['missing-role/RoleBinding/ci/wrong']);
  });

  test('are those of the files where these define them', async () => {
    const own = {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRole',
      metadata: {name: 'cluster-admin'},
      rules: [],
    };
    const file = fileOf([...objects, own]);
    const {out} = await runHere('why', 'deploy/admin', '-n', 'ci', '-f', file, '-o', 'json');
    expect(itemsOf(out)[0]).toMatchObject({name: 'admin', state: 'denied'});
  });

  test('reach what a change brings', async () => {
    const base = fileOf([policy('base'), editors, runner('editor'), runner('admin')]);
    const change = fileOf([roleBinding('editors', 'edit', 'editor')]);
    const {out, err} = await runHere('try', '-A', '--from', base, '-f', change);
    expect(out).toMatch(/Deployment +editor/);
    expect(out).not.toMatch(/Deployment +admin/);
    expect(err).not.toContain('does not exist');
  });

  test('are not added to a snapshot of a cluster', async () => {
    const snapshot = {
      apiVersion: 'psp.kubectl/v1alpha1',
      kind: 'Snapshot',
      origin: 'cluster',
      source: 'context prod',
      takenAt: '2022-01-01T00:00:00Z',
      policyApi: 'policy/v1beta1',
      policies: [policy('base')],
    };
    const files = fileOf([roleBinding('admins', 'cluster-admin', 'admin'), runner('admin')]);
    const from = fileOf([snapshot], 'snapshot.json');
    const {out} = await runHere('why', '-f', files, '--from', from, '-o', 'json');
    expect(itemsOf(out)[0]).toMatchObject({name: 'admin', state: 'denied'});
  });
});

describe('what files hold none of', () => {
  test('is said, and no finding rests on it', async () => {
    const file = fileOf([policy('base')]);
    const {out, err} = await runHere('audit', '--from', file, '-o', 'json');
    expect(err).toBe(
      'incomplete: no RBAC objects, pods or workloads among the files; affected answers say unknown\n',
    );
    const found = itemsOf(out);
    expect(found.map(({rule}) => rule)).not.toContain('orphan-policy');
    expect(found.find(({id}) => id === 'not-answered/Rule/orphan-policy')).toMatchObject({
      message: 'was not checked: no RBAC objects, pods or workloads among the files',
      evidence: ['no RBAC objects, pods or workloads among the files'],
      remedy: 'Name the files that hold them too (--from), or audit the cluster.',
    });
  });

  test('is no more than what the files lack', async () => {
    const withRbac = [policy('base'), roleBinding('b', 'cluster-admin', 'x')];
    const {out} = await runHere('audit', '--from', fileOf(withRbac), '-o', 'json');
    const found = itemsOf(out);
    expect(found.map(({id}) => id)).toContain('all-policies/RoleBinding/ci/b');
    expect(found.find(({id}) => id === 'not-answered/Rule/unused-policy')).toMatchObject({
      message: 'was not checked: no pods or workloads among the files',
    });
    expect(found.map(({rule}) => rule)).not.toContain('unused-policy');
  });

  test('does not concern a question that does not depend on it', async () => {
    const withRbac = fileOf([policy('base'), roleBinding('b', 'cluster-admin', 'x')]);
    const {err} = await runHere('who-can', '-A', '--from', withRbac);
    expect(err).toBe('');
  });

  test('leaves open who may use a policy', async () => {
    const {out, err} = await runHere('who-can', '-A', '--from', fileOf([policy('base')]));
    expect(out).toBe('');
    expect(err).toContain('Who may use it here is unknown');
    expect(err).not.toContain('No subject may use it here');
  });

  test('is known again once a change brings it', async () => {
    const base = fileOf([policy('base'), runner('admin'), runner('editor')]);
    const change = fileOf([roleBinding('admins', 'cluster-admin', 'admin')]);
    const {err} = await runHere('try', '-A', '--from', base, '-f', change);
    expect(err).not.toContain('nobody can tell what a change does');
  });
});
