import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test} from 'vitest';
import type {JsonObject} from '../../src/kube/json.ts';
import {deploymentOf} from '../support/builders/labelledCluster.ts';
import {openRules, policyObject} from '../support/builders/policies.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {objectOf} from '../support/run/output.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {hasTmux, openTerminal} from './tmux.ts';

const program = join(import.meta.dirname, '../../bin/kubectl-psp');
const policies = '/apis/policy/v1beta1/podsecuritypolicies';
const group = 'rbac.authorization.k8s.io';
const rbac = `/apis/${group}/v1`;
const namespaces = ['shop', 'ops'];

const wideSpec = {
  ...openRules,
  hostNetwork: true,
  hostPID: true,
  hostPorts: [{min: 0, max: 65_535}],
  volumes: ['*'],
};

/** A role for the use of a policy and its binding to all accounts of a namespace. */
function grant(policy: string, namespace: string): readonly JsonObject[] {
  const metadata = {name: `use-${policy}`, namespace};
  const rule = {apiGroups: ['policy'], resources: ['podsecuritypolicies'], verbs: ['use']};
  return [
    {
      apiVersion: `${group}/v1`,
      kind: 'Role',
      metadata,
      rules: [{...rule, resourceNames: [policy]}],
    },
    {
      apiVersion: `${group}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: {apiGroup: group, kind: 'Role', name: metadata.name},
      subjects: [{kind: 'Group', apiGroup: group, name: `system:serviceaccounts:${namespace}`}],
    },
  ];
}

function workload(namespace: string, name: string, spec: JsonObject): readonly JsonObject[] {
  return [
    {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name, namespace}},
    deploymentOf(namespace, name, {
      serviceAccountName: name,
      automountServiceAccountToken: false,
      containers: [{name: 'main', image: 'none'}],
      ...spec,
    }),
  ];
}

/** In shop `front` needs the network of its node and may use `wide`; in ops `tight` denies `agent`. */
const rules: readonly JsonObject[] = [
  policyObject('wide', wideSpec),
  policyObject('tight', {volumes: ['configMap']}),
  ...grant('wide', 'shop'),
  ...grant('tight', 'ops'),
];
const workloads: readonly JsonObject[] = [
  ...namespaces.map(name => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name}})),
  ...workload('shop', 'front', {hostNetwork: true, volumes: [{name: 'cache', emptyDir: {}}]}),
  ...workload('ops', 'agent', {volumes: [{name: 'work', emptyDir: {}}]}),
];

const isReady = hasReference('etcd', 'kube-apiserver') && hasTmux();

describe.runIf(isReady).each([
  {columns: 80, rows: 24},
  {columns: 120, rows: 40},
])('jobs of an admin in $columns columns and $rows lines', size => {
  let server: ApiServer;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kubectl-psp-jobs-'));
    server = await startApiServer();
    await server.createAll(workloads);
  });
  beforeEach(async () => {
    const places = namespaces.map(name => `${rbac}/namespaces/${name}`);
    for (const path of [
      policies,
      ...places.map(place => `${place}/roles`),
      ...places.map(place => `${place}/rolebindings`),
    ]) {
      await server.request('DELETE', path);
    }
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, {recursive: true, force: true});
  });

  const stored = async (path: string) => objectOf((await server.request('GET', path)).json);
  const specOf = async (policy: string) => objectOf((await stored(`${policies}/${policy}`)).spec);

  /** Opens the session on the cluster; its keys are counted. */
  async function open() {
    const terminal = openTerminal({...size, cwd: folder});
    onTestFinished(() => terminal.close());
    terminal.type(`${program} --kubeconfig ${server.kubeconfig}`);
    await terminal.shows(/live \d\d:/);
    let keys = 0;
    return {
      shows: terminal.shows,
      press(...names: readonly string[]) {
        keys += names.length;
        terminal.press(...names);
      },
      keys: () => keys,
    };
  }

  test('find why a pod is denied', async () => {
    await server.createAll(rules);
    const screen = await open();
    screen.press(':', 'p', 'o', 'Enter');
    await screen.shows(/Deployment\/front/);
    screen.press('/', 'd', 'e', 'n', 'Enter');
    await screen.shows(/^> ops +Deployment\/agent +denied/m);
    screen.press('Enter');
    await screen.shows('volume work: is of type emptyDir; allowed: configMap');
    expect(screen.keys()).toBe(10);
  });

  test('loosen one policy for one workload', async () => {
    await server.createAll(rules);
    const screen = await open();
    screen.press(':', 'p', 'o', 'Enter');
    await screen.shows(/^> ops +Deployment\/agent +denied/m);
    screen.press('Enter', 'e');
    await screen.shows(/^> tight +yes +denied by Volumes/m);
    screen.press('Enter');
    await screen.shows('For ops/Deployment/agent: denied by Volumes');
    screen.press('a');
    await screen.shows('For ops/Deployment/agent: lets it in');
    screen.press('p');
    await screen.shows('Apply tight? y/n');
    screen.press('y');
    await screen.shows('updated PodSecurityPolicy tight');
    expect((await specOf('tight')).volumes).toEqual(['configMap', 'emptyDir']);
    screen.press('Escape', 'Escape', 'Escape');
    await screen.shows(/admitted by tight/);
    expect(screen.keys()).toBe(13);
  });

  test('tighten one policy, see first what breaks', async () => {
    await server.createAll(rules);
    const screen = await open();
    screen.press(':', 'p', 's', 'p', ' ', 'w', 'i', 'd', 'e', 'Enter');
    await screen.shows('Nothing is edited yet');
    screen.press('Down', 'Left');
    await screen.shows(/So far: 1 would be denied/);
    screen.press('i');
    await screen.shows(/\[1 denied\](.|\n)*> shop +Deployment\/front/);
    screen.press('Escape', 'u', 'Down', 'Left');
    await screen.shows(/Host processes +forbidden.*edited(.|\n)*So far: 1 stays/);
    screen.press('p');
    await screen.shows('Apply wide? y/n');
    screen.press('y');
    await screen.shows('updated PodSecurityPolicy wide');
    const spec = await specOf('wide');
    expect(spec.hostPID ?? false).toBe(false);
    expect(spec.hostNetwork).toBe(true);
    expect(screen.keys()).toBe(19);
  });

  test('take a bad change back', async () => {
    await server.createAll(rules);
    const screen = await open();
    screen.press(':', 'p', 's', 'p', ' ', 'w', 'i', 'd', 'e', 'Enter');
    await screen.shows('Nothing is edited yet');
    screen.press('Down', 'Left', 'p');
    const asked = await screen.shows('Type wide to apply:');
    expect(asked).toMatch(/would be denied: 1\n {2}shop\/Deployment\/front/);
    screen.press('w', 'i', 'd', 'e', 'Enter');
    await screen.shows('updated PodSecurityPolicy wide');
    expect((await specOf('wide')).hostNetwork ?? false).toBe(false);
    screen.press('u');
    const undo = await screen.shows('Type wide to apply:');
    expect(undo).toContain('This takes back: Apply wide');
    expect(undo).toContain('1 is no longer denied');
    screen.press('w', 'i', 'd', 'e', 'Enter');
    await screen.shows('Applied');
    await expect.poll(async () => (await specOf('wide')).hostNetwork).toBe(true);
    expect(screen.keys()).toBe(24);
  });

  test('a least policy for one namespace, applied with its grant; the old grant taken away', async () => {
    await server.createAll(rules);
    const screen = await open();
    screen.press(':', 'n', 's', 'Enter', '/', 's', 'h', 'o', 'Enter');
    await screen.shows(/^> shop /m);
    screen.press('a');
    await screen.shows(/^> 0-least\.shop\.front /m);
    screen.press('p');
    await screen.shows('Create 1 policy with the grants? y/n');
    screen.press('y');
    await screen.shows('created PodSecurityPolicy 0-least.shop.front');
    screen.press('Escape', 'o');
    // Keys come faster here than a watch tells of what was applied; one more than is answered would be a no.
    let repeats = 0;
    const answer = /Take these grants away\? y\/n|not seen in the cluster yet/;
    let old = await screen.shows(answer);
    for (; old.includes('not seen'); repeats += 1) {
      screen.press('o');
      await sleep(1500);
      old = await screen.shows(answer);
    }
    expect(old).toContain(
      '$ kubectl psp unbind wide --to group:system:serviceaccounts:shop -n shop',
    );
    screen.press('y');
    await screen.shows('updated RoleBinding shop/use-wide');
    const binding = await stored(`${rbac}/namespaces/shop/rolebindings/use-wide`);
    expect(binding.subjects ?? []).toEqual([]);
    const own = await stored(`${rbac}/namespaces/shop/rolebindings/psp:0-least.shop.front`);
    expect(own.subjects).toMatchObject([{kind: 'ServiceAccount', name: 'front'}]);
    expect(screen.keys() - repeats).toBe(15);
  });

  test('introduce policies to a cluster that has none', async () => {
    const screen = await open();
    screen.press(':', 'a', 'd', 'v', 'i', 's', 'e', 'Enter');
    await screen.shows(/0-least\.ops\.agent(.|\n)*0-least\.shop\.front/);
    screen.press('p');
    const asked = await screen.shows('Type all to apply:');
    expect(asked).toMatch(/0-least\.shop\.front goes beyond restricted \(.*Host network/);
    screen.press('a', 'l', 'l', 'Enter');
    await screen.shows('created PodSecurityPolicy 0-least.ops.agent');
    for (const name of ['0-least.ops.agent', '0-least.shop.front']) {
      expect((await server.request('GET', `${policies}/${name}`)).status).toBe(200);
    }
    screen.press(':', 'p', 'o', 'Enter');
    await screen.shows(/^(?![\s\S]*Deployment\/\S+ +denied)[\s\S]*Deployment\/front/);
    expect(screen.keys()).toBe(17);
  });
});
