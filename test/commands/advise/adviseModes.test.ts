import {describe, expect, test} from 'vitest';
import type {JsonObject} from '../../../src/kube/json.ts';
import {policyObject} from '../../support/builders/policies.ts';
import {fileOf, folderOf} from '../../support/run/files.ts';
import {itemsHere, runHere} from '../../support/run/run.ts';

const workload = (name: string, spec: object): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {name, namespace: 'shop'},
  spec: {template: {spec: {serviceAccountName: name, containers: [{name: 'c'}], ...spec}}},
});
const open = {allowPrivilegeEscalation: true, volumes: ['*']};

/** Two accounts, two policies that let both in, and rights to one of them for all. */
const world = [
  policyObject('a-open', {...open, privileged: true, hostPID: true}),
  policyObject('b-tight', {...open, volumes: ['secret', 'nfs']}),
  policyObject('c-none', {...open, volumes: []}),
  workload('web', {}),
  workload('api', {}),
];

const rbac = 'rbac.authorization.k8s.io';
const everybody = (policy: string) => [
  {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: {name: 'all'},
    rules: [
      {
        apiGroups: ['policy'],
        resources: ['podsecuritypolicies'],
        verbs: ['use'],
        resourceNames: [policy],
      },
    ],
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: {name: 'all'},
    roleRef: {apiGroup: rbac, kind: 'ClusterRole', name: 'all'},
    subjects: [{kind: 'Group', apiGroup: rbac, name: 'system:serviceaccounts'}],
  },
];

describe('advise --reuse', () => {
  test('names the tightest policy that exists, and a new one where that is tighter', async () => {
    const items = await itemsHere('advise', '--from', fileOf(world), '-n', 'shop', '--reuse');
    expect(items).toMatchObject(
      ['api', 'web'].map(name => ({
        policy: `0-least.shop.${name}`,
        new: true,
        existing: ['b-tight'],
        tighterIn: expect.arrayContaining(['volumes']),
        subjects: [{name}],
        workloads: [{kind: 'Deployment', name}],
        overtaken: [],
        advice: {name: `0-least.shop.${name}`, policy: {kind: 'PodSecurityPolicy'}},
      })),
    );
  });

  test('what was advised once is reused, and only grants are written', async () => {
    const file = fileOf(world);
    const {out: advised} = await runHere(
      'advise',
      '--from',
      file,
      '-n',
      'shop',
      '--for',
      'cluster',
    );
    const folder = folderOf({
      'world.yaml': `${advised}---\n`,
      'rest.json': JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: world,
      }),
    });
    const flags = ['advise', '--from', folder, '-n', 'shop', '--reuse'];
    const bare = await runHere(...flags);
    expect(bare.out).toBe(
      `# Reuse 0-least-cluster for shop/Deployment/api: no new policy is strictly tighter
# Reuse 0-least-cluster for shop/Deployment/web: no new policy is strictly tighter
`,
    );
    const {out} = await runHere(...flags, '--grant');
    expect(out.match(/^ {2}name: .*$/gm)).toEqual([
      '  name: psp:reuse:0-least-cluster',
      '  name: psp:reuse:0-least-cluster',
      '  name: psp:reuse:0-least-cluster',
      '  name: api',
      '  name: web',
    ]);
    expect(out).toContain('- kind: ServiceAccount\n  namespace: shop\n  name: api\n');
    const verdicts = await itemsHere('why', '--from', folder, '--from', fileOf(out), '-A');
    expect(verdicts.map(({policy}) => policy)).toEqual(['0-least-cluster', '0-least-cluster']);
    // Who may use it is granted nothing again.
    const again = await runHere(...flags, '--from', fileOf(out), '--grant');
    expect(again.out).toBe(bare.out);
  });

  test('tells which policy comes first by name, though another is meant', async () => {
    const least = await runHere(
      'advise',
      '--from',
      fileOf(world),
      '-n',
      'shop',
      '--for',
      'cluster',
    );
    const early = policyObject('0-all', {...open, privileged: true});
    const file = fileOf([...world, early, ...everybody('0-all')]);
    const args = ['--from', file, '--from', fileOf(least.out), '-n', 'shop', '--reuse'];
    const {out} = await runHere('advise', ...args);
    expect(out).toContain(
      '# Admission would choose 0-all instead of 0-least-cluster for shop/Deployment/api: it may also be used, and its name sorts first\n',
    );
    const table = await runHere('advise', ...args, '-o', 'table');
    expect(table.err).toContain('note: Admission would choose 0-all');
    const [item] = await itemsHere('advise', ...args);
    expect(item?.overtaken).toMatchObject([{policy: '0-all', workloads: [{name: 'api'}]}]);
  });

  test('says which grants could replace a binding that is not among the files', async () => {
    const only = world.filter(object => !JSON.stringify(object).includes(rbac));
    const loose = policyObject('0-loose', open);
    const flags = ['--from', fileOf([loose, ...only]), '-n', 'shop', '--reuse', '--grant'];
    const {out, err} = await runHere('advise', ...flags);
    const note = 'If the cluster has RoleBinding shop/psp:reuse:';
    expect(out.includes('kind: RoleBinding\n')).toBe(true);
    expect([out.includes(note), err.includes(note)]).toEqual([
      out.includes('name: psp:reuse:'),
      out.includes('name: psp:reuse:'),
    ]);
  });

  test('-o table and name', async () => {
    const {out} = await runHere('advise', '--demo', '-n', 'payments', '--reuse', '-o', 'table');
    expect(out).toMatchInlineSnapshot(`
      "NAMESPACE   SUBJECTS      WORKLOADS   EXISTING                   ADVISED                    TIGHTER IN
      payments    card-vault    1           restricted                 restricted
      payments    default       5           web,team-debug,gpu-batch   0-least.payments.default   9 controls
      payments    ledger        2           web,team-debug,gpu-batch   0-least.payments.ledger    9 controls
      payments    payment-api   1           restricted,web             restricted
      payments    payout        1           web,team-debug,gpu-batch   0-least.payments.payout    9 controls
      "
    `);
    const names = await runHere('advise', '--demo', '-n', 'payments', '--reuse', '-o', 'name');
    expect(names.out.split('\n')[0]).toBe('podsecuritypolicy.policy/restricted');
  });
});

describe('advise --compare', () => {
  const states = (item: JsonObject | undefined) =>
    Object.fromEntries(
      ((item?.controls ?? []) as readonly JsonObject[]).map(({id, state}) => [id, state]),
    );

  test('counts what is bound to the policy, in all namespaces or in one', async () => {
    const [item] = await itemsHere('advise', '--demo', '--compare', 'privileged');
    expect(item).toMatchObject({
      policy: 'privileged',
      workloads: expect.arrayContaining([
        {namespace: 'kube-system', kind: 'DaemonSet', name: 'kube-proxy'},
      ]),
    });
    expect(states(item)).toMatchObject({privileged: 'tight', hostIPC: 'excess'});
    const elsewhere = await runHere(
      'advise',
      '--demo',
      '--compare',
      'privileged',
      '-n',
      'payments',
    );
    expect(elsewhere).toEqual({
      code: 0,
      out: '',
      err: 'No pods or workloads in namespace payments are bound to privileged.\n',
    });
  });

  test('the table says what could be tighter, and who needs the rest', async () => {
    const file = fileOf([
      policyObject('p', {...open, hostPorts: [{min: 1, max: 99}]}),
      workload('web', {containers: [{name: 'c', ports: [{containerPort: 80, hostPort: 80}]}]}),
    ]);
    const {out} = await runHere('advise', '-f', file, '--compare', 'p');
    expect(out).toContain('Host ports           1-99');
    expect(out).toContain('  Host ports\n    host port 80: shop/Deployment/web\n');
    expect(out.split('\n').filter(line => line.length > 80)).toEqual([]);
    const wide = await runHere('advise', '-f', file, '--compare', 'p', '-o', 'wide');
    expect(wide.out).toMatch(/Privileged +forbidden +forbidden +tight\n/);
  });

  test('what a policy asks for beyond what pods say is stricter, unless it can be filled in', async () => {
    const file = fileOf([
      policyObject('p', {...open, readOnlyRootFilesystem: true, requiredDropCapabilities: ['ALL']}),
      workload('web', {}),
    ]);
    const [item] = await itemsHere('advise', '-f', file, '--compare', 'p');
    expect(states(item)).toMatchObject({
      readOnlyRootFilesystem: 'stricter',
      capabilities: 'tight',
      volumes: 'excess',
    });
  });

  test('a file or a built-in policy: all workloads count', async () => {
    const file = fileOf([workload('web', {hostPID: true})]);
    const [item] = await itemsHere('advise', '-f', file, '--compare', 'builtin:privileged');
    expect(states(item)).toMatchObject({hostPID: 'tight', hostIPC: 'excess'});
    const policy = fileOf([policyObject('mine', open)]);
    const [other] = await itemsHere('advise', '-f', file, '--compare', policy);
    expect(other).toMatchObject({policy: 'mine', workloads: [{name: 'web'}]});
    expect(states(other)).toMatchObject({hostPID: 'stricter'});
  });

  test('says no group set to people, and the rule to machines', async () => {
    const {out} = await runHere('advise', '--demo', '--compare', 'edge');
    expect(out).toMatch(/^Volume group +RunAsAny +no group set +too loose$/m);
    expect(out).not.toContain('65534');
    const [item] = await itemsHere('advise', '--demo', '--compare', 'edge');
    expect(item?.controls).toContainEqual(
      expect.objectContaining({id: 'fsGroup', least: 'MayRunAs 65534'}),
    );
  });
});

test('bad input is one line and an exit code', async () => {
  const cases: readonly (readonly [code: number, says: string, ...args: readonly string[]])[] = [
    [2, '--reuse and --compare exclude each other', '--reuse', '--compare', 'x'],
    [2, '--reuse and --max-policies exclude each other', '--reuse', '--max-policies', '2'],
    [2, '--compare writes no policy, so --grant has no meaning', '--compare', 'x', '--grant'],
    [2, 'so --for has no meaning', '--compare', 'x', '--for', 'cluster'],
    [2, '"name" is not one of table, wide, json, yaml', '--compare', 'edge', '-o', 'name'],
    [2, '"wide" is not one of', '--reuse', '-o', 'wide'],
    [2, 'no built-in policy "x"', '--compare', 'builtin:x'],
    [3, 'policy "privilegd" not found in context demo: did you mean', '--compare', 'privilegd'],
  ];
  for (const [code, says, ...args] of cases) {
    const ran = await runHere('advise', '--demo', '-A', ...args);
    expect({...ran, err: ran.err.trimEnd().split('\n').length}).toEqual({code, out: '', err: 1});
    expect(ran.err).toContain(says);
  }
});
