import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {isObject, type JsonObject} from '../../src/kube/json.ts';
import {hasTmux, openTerminal} from '../journeys/tmux.ts';
import {binding, roleFor} from '../support/builders/audits.ts';
import {policyObject} from '../support/builders/policies.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {fileOf} from '../support/run/files.ts';
import {builtProgram, runBuilt} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';

const rbac = 'rbac.authorization.k8s.io';
const read = ['get', 'list', 'watch'];
const hostSpec = {hostNetwork: true, volumes: ['*']};

/** A user who may edit policies, read ClusterRoles, and read everything in shop; `more` besides. */
function limitedUser(name: string, ...more: readonly JsonObject[]): readonly JsonObject[] {
  const wide: readonly JsonObject[] = [
    {apiGroups: ['policy'], resources: ['podsecuritypolicies'], verbs: [...read, 'update']},
    {apiGroups: [rbac], resources: ['clusterroles', 'clusterrolebindings'], verbs: read},
    ...more,
  ];
  const all = [{apiGroups: ['*'], resources: ['*'], verbs: read}];
  const subjects = [{apiGroup: rbac, kind: 'User', name}];
  const object = (kind: string, rest: JsonObject, namespace?: string): JsonObject => ({
    apiVersion: `${rbac}/v1`,
    kind,
    metadata: namespace === undefined ? {name} : {name, namespace},
    ...rest,
  });
  const refTo = (kind: string) => ({roleRef: {apiGroup: rbac, kind, name}, subjects});
  return [
    object('ClusterRole', {rules: wide}),
    object('ClusterRoleBinding', refTo('ClusterRole')),
    object('Role', {rules: all}, 'shop'),
    object('RoleBinding', refTo('Role'), 'shop'),
  ];
}

/** A user who may list policies and nothing else. */
function policiesOnly(name: string): readonly JsonObject[] {
  const apiVersion = `${rbac}/v1`;
  const rules = [{apiGroups: ['policy'], resources: ['podsecuritypolicies'], verbs: read}];
  const roleRef = {apiGroup: rbac, kind: 'ClusterRole', name};
  const subjects = [{apiGroup: rbac, kind: 'User', name}];
  return [
    {apiVersion, kind: 'ClusterRole', metadata: {name}, rules},
    {apiVersion, kind: 'ClusterRoleBinding', metadata: {name}, roleRef, subjects},
  ];
}

const objects: readonly JsonObject[] = [
  ...['shop', 'data'].map(name => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name}})),
  ...limitedUser('narrow'),
  ...policiesOnly('blind'),
  ...limitedUser('listing', {apiGroups: [''], resources: ['namespaces'], verbs: read}),
  policyObject('web', hostSpec),
  roleFor('use-web', 'web'),
  binding('use-web', 'use-web', ['group:system:serviceaccounts'], true),
  {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: {name: 'app-web', namespace: 'shop'},
    roleRef: {apiGroup: rbac, kind: 'ClusterRole', name: 'use-web'},
    subjects: [{kind: 'ServiceAccount', name: 'app', namespace: 'shop'}],
  },
  ...['shop', 'data'].map(namespace => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {name: 'default', namespace},
  })),
];

const podIn = (namespace: string, hostNetwork: boolean): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {name: 'front', namespace},
  spec: {hostNetwork, containers: [{name: 'c', image: 'x'}]},
});

describe.runIf(hasReference('etcd', 'kube-apiserver'))('who may read one namespace', () => {
  let server: ApiServer;
  let others = 0;
  const flagsOf = (user: string) => [
    '--server',
    server.url,
    '--certificate-authority',
    server.caFile,
    '--token',
    `${user}-token`,
  ];
  const as = (user: string, ...args: readonly string[]) => runBuilt([...flagsOf(user), ...args]);
  const stricter = fileOf([policyObject('web', {...hostSpec, hostNetwork: false})]);

  beforeAll(async () => {
    const users = ['narrow', 'listing', 'blind'];
    server = await startApiServer({users: users.map(name => ({token: `${name}-token`, name}))});
    await server.createAll(objects);
    // Only the one elsewhere needs what the change takes away.
    await server.createAll([podIn('shop', false), podIn('data', true)]);
    const {json} = await server.request('GET', '/api/v1/namespaces');
    others = (isObject(json) && Array.isArray(json.items) ? json.items.length : 0) - 1;
  });
  afterAll(() => server?.stop());

  test('an admin is told of the pod elsewhere, also with -n', async () => {
    const {code, out} = await runBuilt([
      '--kubeconfig',
      server.kubeconfig,
      'try',
      '-n',
      'shop',
      '-f',
      stricter,
    ]);
    expect(code).toBe(1);
    expect(out).toContain('Of these in other namespaces: 1 would be denied; -A lists them.');
  });

  test('try says what it can, and that the rest is unknown', async () => {
    expect(others).toBeGreaterThan(2);
    const listing = await as('listing', 'try', '-n', 'shop', '-f', stricter);
    expect(listing.out).toBe(
      `Pods and workloads: 1 stays as it is, unknown for what runs in ${others} namespaces that you may not read.\n`,
    );
    expect(listing.code).toBe(1);
    const narrow = await as('narrow', 'try', '-n', 'shop', '-f', stricter);
    expect(narrow.out).toBe(
      'Pods and workloads: 1 stays as it is, unknown for what runs in the namespaces that you may not read.\n',
    );
    expect(narrow.code).toBe(1);
    expect(narrow.err).toMatch(
      /^incomplete: can't list namespaces; .*pods.* outside of namespace shop \(forbidden\); affected answers say unknown\n$/,
    );
  });

  test('what may not be read is not said to be absent', async () => {
    const summary = await as('blind', '-o', 'table');
    expect(summary.out).toContain('Admission unknown: no pod can be read');
    expect(summary.out).toContain('unknown for what runs in the namespaces that you may not read');
    const all = await as('blind', 'why', '-A');
    expect(all.err).toContain('Nothing that could be read was found; what runs there is unknown.');
    const one = await as('blind', 'why', 'front', '-n', 'shop');
    expect(one).toMatchObject({code: 4, out: ''});
    expect(one.err).toContain(
      'error: Pod "front" is not among what could be read in namespace shop\n',
    );
    const who = await as('blind', 'who-can', 'web', '-A');
    expect(who.err).toContain('Who may use it here is unknown');
    const advice = await as('blind', 'advise', '-n', 'shop');
    expect(advice.err).not.toContain('No resources found');
    const audit = await as('blind', 'audit');
    expect(audit.code).toBe(0);
    expect(audit.out).not.toMatch(/^\w+ +(orphan|unused)-policy /m);
  });

  test('bind and unbind in the namespace leave nothing open', async () => {
    const {code, out} = await as(
      'narrow',
      'bind',
      'web',
      '--to',
      'sa:shop/default',
      '--dry-run=client',
    );
    expect({code, out}).toEqual({code: 0, out: expect.not.stringContaining('unknown')});
    expect(out).toContain('Pods and workloads: 1 stays as it is.');
  });

  test('unbind finds what it may take away in the namespace of the account, which needs no -n', async () => {
    const args = ['unbind', 'web', '--to', 'sa:shop/app', '--dry-run=client'] as const;
    const {code, out} = await as('narrow', ...args);
    expect({code, out}).toEqual({
      code: 0,
      out: expect.stringContaining('RoleBinding shop/app-web'),
    });
  });

  test.runIf(hasTmux())('the session asks for the name, on a screen that says why', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'kubectl-psp-limited-'));
    const screen = openTerminal({cwd: dir});
    onTestFinished(() => {
      screen.close();
      rmSync(dir, {recursive: true, force: true});
    });
    const flags = flagsOf('listing').join(' ');
    screen.type(`clear; ${builtProgram} ${flags} --open=pod/front --namespace=shop`);
    await screen.shows(/live \d\d:/);
    await screen.shows(/admitted .*by web/);
    screen.press('e');
    await screen.shows('Nothing is edited yet');
    screen.press('Down', 'Left');
    await screen.shows(
      new RegExp(`So far: 1 stays, unknown for what runs in ${others} namespaces that`),
    );
    screen.press('p');
    await screen.shows('Type web to apply:');
    const said = screen.screen().replaceAll(/\s+/g, ' ');
    expect(said).toContain(
      `The impact is unknown for what runs in ${others} namespaces that you may not read`,
    );
    expect(said).toMatch(/incomplete: can't list .*pods/);
    screen.press('y', 'Enter');
    await screen.shows('Not applied');
    const {json} = await server.request('GET', '/apis/policy/v1beta1/podsecuritypolicies/web');
    expect(isObject(json) && json.spec).toMatchObject({hostNetwork: true});
  });
});
