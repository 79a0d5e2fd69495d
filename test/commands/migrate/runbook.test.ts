import {describe, expect, test} from 'vitest';
import {platformIds, platforms} from '../../../src/migrate/platform.ts';
import {readDocuments} from '../../../src/yaml/documents.ts';
import {fileOf} from '../../support/run/files.ts';
import {objectOf} from '../../support/run/output.ts';
import {runHere} from '../../support/run/run.ts';

const namespace = (name: string, labels: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {name, labels},
});
const pod = (place: string, spec: object): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {name: 'p', namespace: place},
  spec: {containers: [{name: 'c'}], ...spec},
});
const enforced = {
  'pod-security.kubernetes.io/warn': 'baseline',
  'pod-security.kubernetes.io/audit': 'baseline',
  'pod-security.kubernetes.io/enforce': 'baseline',
};

describe('the runbook', () => {
  test('of the demo has its steps in order, for the cluster itself', async () => {
    const {code, out} = await runHere('migrate', 'runbook', '-A', '--demo', '--platform', 'gke');
    // As the plan: a default of a policy has no place in the levels.
    expect(code).toBe(3);
    expect(out.split('\n').filter(line => line.startsWith('## '))).toEqual([
      '## 1. Save what is there',
      '## 2. Write into templates what policies write into pods',
      '## 3. See to it that only those relabel namespaces who should',
      '## 4. Warn in 11 namespaces',
      '## 5. Audit in 11 namespaces',
      '## 6. Enforce in 11 namespaces',
      '## 7. Give namespaces without labels a level',
      '## 8. Let namespaces out of policies, one after the other',
      '## 9. Turn the admission plugin off',
      '## 10. Delete policies and what only served them',
      '## 11. Go to v1.25',
    ]);
    expect(out).toContain('\nkubectl psp migrate labels --stage enforce --back --apply -A\n');
    expect(out).toContain('--no-enable-pod-security-policy\n');
    expect(out).not.toContain('--demo');
  });

  test('leaves out what is done', async () => {
    const file = fileOf([namespace('shop', enforced), pod('shop', {})]);
    const {out} = await runHere('migrate', 'runbook', '-A', '--from', file);
    expect(out.split('\n').filter(line => line.startsWith('## '))).toEqual([
      '## 1. Save what is there',
      '## 2. Give namespaces without labels a level',
      '## 3. Go to v1.25',
    ]);
  });

  test('past policies asks for none, and does not go where the server is', async () => {
    const file = fileOf([
      {
        apiVersion: 'psp.kubectl/v1alpha1',
        kind: 'Snapshot',
        origin: 'cluster',
        serverVersion: 'v1.37.2',
        policyApi: 'absent',
        namespaces: [{metadata: {name: 'shop', labels: enforced}}],
      },
    ]);
    const {out} = await runHere('migrate', 'runbook', '-A', '--from', file);
    expect(out).toContain('# The way off PodSecurityPolicies at v1.37.2\n');
    expect(out).toContain('kubectl get clusterroles,clusterrolebindings -o yaml');
    expect(out).not.toContain('podsecuritypolicies');
    expect(out.split('\n').filter(line => line.startsWith('## '))).toEqual([
      '## 1. Save what is there',
      '## 2. Give namespaces without labels a level',
    ]);
    const plan = await runHere('migrate', '-A', '--from', file);
    expect(plan.out).toMatch(/^At v1\.37\.2: in place, as there are no policies any more/);
    const back = await runHere('migrate', '-A', '--from', file, '--to', 'v1.30');
    expect([back.code, back.err]).toEqual([
      2,
      expect.stringContaining('does not go back to v1.30'),
    ]);
    const pinned = await runHere('migrate', 'labels', '-A', '--from', file, '--to', 'v1.30');
    expect(pinned).toMatchObject({code: 0});
  });

  test.each(platformIds)('knows the switch of %s', async id => {
    const {out} = await runHere('migrate', 'runbook', '-A', '--demo', '--platform', id);
    const {name, plugin} = platforms[id];
    expect(out).toContain(`Platform: ${name}, by --platform`.replaceAll('_', '\\_'));
    for (const line of [...plugin.off, ...plugin.on]) expect(out).toContain(`\n${line}\n`);
  });

  test.each(['markdown', 'html'])('as %s has no markup of a name', async format => {
    const name = '<script>`*x*`|](javascript:1)';
    const role = {
      kind: 'ClusterRole',
      metadata: {name: 'r'},
      apiVersion: 'rbac.authorization.k8s.io/v1',
      rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}],
    };
    const binding = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: {name},
      roleRef: {kind: 'ClusterRole', name: 'r'},
      subjects: [{kind: 'User', name}],
    };
    const file = fileOf([namespace('shop'), role, binding]);
    const {out} = await runHere('migrate', 'runbook', '-A', '--from', file, '-o', format);
    expect(out).toContain('javascript:1');
    expect(out).not.toMatch(/(?<!\\)<script>/);
    if (format === 'markdown') expect(out).not.toMatch(/(?<!\\)[`*]x/);
    else expect(out).toMatch(/^<!doctype html>\n.*<\/html>\n$/s);
  });
});

describe('the plan as a page', () => {
  const page = (...args: readonly string[]) => runHere('migrate', '-A', ...args, '-o', 'html');

  test('has each namespace at the station that its labels have come to', async () => {
    const file = fileOf([
      namespace('a', enforced),
      namespace('b', {'pod-security.kubernetes.io/warn': 'restricted'}),
      namespace('c'),
      {
        apiVersion: 'batch/v1beta1',
        kind: 'CronJob',
        metadata: {name: 'old', namespace: 'a'},
        spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: 'c'}]}}}}},
      },
    ]);
    const {code, out} = await page('--from', file);
    expect(code).toBe(1);
    const marks = [...out.matchAll(/<text class="mark" x="(\d+)" y="\d+">(.)<\/text>/g)];
    const [enforce = 0, warn = 0, start = 0] = marks.map(([, x]) => Number(x));
    expect(marks.map(([, , mark]) => mark)).toEqual(['✗', '✓', '✓']);
    // Without policies in the files, what enforces has the road behind it.
    expect([enforce - start, warn - start]).toEqual([440, 110]);
    expect(out).toContain('<li>CronJob a/old: no matches for kind &quot;CronJob&quot; in version');
    expect((await runHere('migrate', 'runbook', '-A', '--from', file)).code).toBe(1);
  });

  test('needs nothing else and runs nothing, whatever names hold', async () => {
    const name = '"><script>alert(1)</script>';
    const file = fileOf([namespace(name), pod(name, {hostPID: true})]);
    const {out} = await page('--from', file);
    expect(out).toMatch(/^<!doctype html>\n.*<\/html>\n$/s);
    expect(out).not.toMatch(/<script|<link|<img|https?:/);
    expect(out).toContain('&lt;script&gt;');
  });

  test('of the demo says what comes next', async () => {
    const {code, out} = await page('--demo');
    expect(code).toBe(3);
    expect(out).toContain('kubectl psp migrate patches --for psp -A --demo</code>');
    expect(out).toContain('<li>Group on-call: all namespaces, by ClusterRoleBinding on-call</li>');
  });
});

describe('cleanup and bypass, of the demo', () => {
  test('cleanup lists policies, bindings and roles, and what stays', async () => {
    const {code, out} = await runHere('migrate', 'cleanup', '--demo');
    expect(code).toBe(0);
    expect(out).toContain('\ndelete PodSecurityPolicy restricted\n');
    expect(out).toMatch(/\ndelete ClusterRole psp[-:]\S+\n/);
    expect(out).toMatch(/Nothing was changed: --apply deletes these/);
  });

  test('bypass says what it does elsewhere, too', async () => {
    const {code, out} = await runHere('migrate', 'bypass', '-n', 'payments', '--demo');
    expect(code).toBe(0);
    expect(out).toMatch(/^create PodSecurityPolicy 0-psp-bypass, which lets everything in\n/);
    expect(out).toMatch(/\nNothing was changed: --apply lets payments out\.\n$/);
  });

  test.each([
    ['cleanup', ['-n', 'shop'], 'is about the whole cluster'],
    ['cleanup', ['--apply'], '--apply changes a cluster'],
    ['bypass', ['-A'], 'one namespace after the other'],
    ['bypass', ['-n', 'shop', '--stage', 'warn'], '--stage belongs to migrate labels'],
  ])('%s %j is refused', async (topic, args, message) => {
    const {code, err} = await runHere('migrate', topic, ...args, '--demo');
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });

  test('with nothing left there is nothing to do', async () => {
    const file = fileOf([namespace('shop'), pod('shop', {})]);
    const {code, out} = await runHere('migrate', 'cleanup', '--from', file);
    expect([code, out]).toEqual([0, 'Nothing is left of PodSecurityPolicies.\n']);
  });
});

describe('defaults', () => {
  test('refuse nothing of what runs: what has no label and is above the level is exempt', async () => {
    const file = fileOf([
      namespace('shop'),
      namespace('host'),
      namespace('done', enforced),
      pod('shop', {}),
      pod('host', {hostPID: true}),
      pod('done', {hostPID: true}),
    ]);
    const {code, out} = await runHere('migrate', 'defaults', '--from', file);
    expect(code).toBe(1);
    expect(out).toContain('# host is exempt, label it in place of that: violates PodSecurity');
    const [document] = readDocuments(out, 'yaml');
    expect(objectOf(document?.value)).toMatchObject({
      kind: 'AdmissionConfiguration',
      plugins: [
        {
          name: 'PodSecurity',
          configuration: {
            apiVersion: 'pod-security.admission.config.k8s.io/v1beta1',
            defaults: {enforce: 'baseline', 'enforce-version': 'v1.25', warn: 'restricted'},
            exemptions: {namespaces: ['host']},
          },
        },
      ],
    });
  });

  test('a flag or a format of another topic is refused', async () => {
    for (const args of [
      ['--stage', 'warn'],
      ['-o', 'json'],
      ['--level', 'auto'],
    ]) {
      expect((await runHere('migrate', 'defaults', '--demo', ...args)).code).toBe(2);
    }
  });
});
