import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type JsonObject, parseJson} from '../../src/kube/json.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {folderOf} from '../support/run/files.ts';
import {itemsOf, objectOf} from '../support/run/output.ts';
import {type Ran, runBuilt, runProgram} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {makeOwners, restart, workloads} from './lifeWorld.ts';

const web = 'shop/Deployment/web';
const report = 'shop/CronJob/report';
const shipper = 'logging/DaemonSet/shipper';
const least = {
  [web]: '0-least.shop.web',
  [report]: '0-least.shop.report',
  [shipper]: '0-least.logging.shipper',
};

describe.runIf(hasReference('etcd', 'kube-apiserver'))('the life of a policy, on a cluster', () => {
  let server: ApiServer;
  let folder = '';
  beforeAll(async () => {
    // Not there yet: PodSecurityPolicy.
    server = await startApiServer({admissionPlugins: ['NodeRestriction']});
    folder = folderOf({'workloads.yaml': workloads});
    const metadata = {name: 'default', namespace: 'default'};
    await server.createAll([{apiVersion: 'v1', kind: 'ServiceAccount', metadata}]);
  });
  afterAll(() => server?.stop());

  const options = () => ({cwd: folder, env: {KUBECONFIG: server.kubeconfig, HOME: folder}});
  const psp = (...args: readonly string[]) => runBuilt(args, options());
  const kubectl = (stdin: string, ...args: readonly string[]) =>
    runProgram('kubectl', args, {...options(), stdin});

  /** Runs a command that has to end with 0. */
  async function done(ran: Promise<Ran>): Promise<string> {
    const {code, out, err} = await ran;
    expect(code, `${out}${err}`).toBe(0);
    return out;
  }

  /** Restarts all pods once the server's caches have the change, and expects this of them. */
  async function restartsAs(expected: Readonly<Record<string, unknown>>): Promise<void> {
    const trial = () => restart(server, {isTrial: true});
    await expect.poll(trial).toEqual(expected);
    expect(await restart(server, {isTrial: false})).toEqual(expected);
  }

  test('from nothing to reviewed least privilege', {timeout: 180_000}, async () => {
    // Is it on? No: so the policies come first, and then the plugin.
    const off = await psp('check');
    expect(off.out).toMatch(/^PodSecurityPolicies are not in force\.\n/);
    expect(off.code).toBe(1);
    const builtin = await done(psp('policies'));
    const made = await done(kubectl(builtin, 'apply', '-f', '-'));
    expect(made).toContain('podsecuritypolicy.policy/pss-restricted created');
    await server.kill();
    await server.restart(['--enable-admission-plugins=PodSecurityPolicy']);
    expect(await done(psp('check'))).toMatch(/^PodSecurityPolicies are in force\.\n/);

    // What runs, and what does not come up: the log shipper, which gets more than it needs.
    await done(kubectl('', 'apply', '-f', 'workloads.yaml'));
    await makeOwners(server);
    const refused = expect.stringMatching(/forbidden: .*hostPath volumes are not allowed/);
    const first = {[web]: 'pss-restricted', [report]: 'pss-restricted'};
    await restartsAs({...first, [shipper]: refused});
    await done(psp('bind', 'pss-privileged', '--to', 'sa:logging/shipper', '--yes'));
    await restartsAs({...first, [shipper]: 'pss-privileged'});

    // Each gets its own policy, once it is known that nothing will be denied.
    const advised = await done(psp('advise', '-A', '--grant'));
    writeFileSync(join(folder, 'advised.yaml'), advised);
    const tried = await done(psp('try', '-A', '-f', 'advised.yaml'));
    expect(tried).toContain('Pods and workloads: 3 move to another policy.');
    await restartsAs({...first, [shipper]: 'pss-privileged'});
    await done(kubectl('', 'apply', '-f', 'advised.yaml'));
    await restartsAs(least);
    const items = itemsOf(await done(psp('why', '-A', '-o', 'json')));
    expect(items.map(({policy}) => policy).toSorted()).toEqual(Object.values(least).toSorted());
    expect(items.map(({state}) => state)).toEqual(['ok', 'ok', 'ok']);

    // The wide right is not needed any more.
    const taken = await done(
      psp('unbind', 'pss-privileged', '--to', 'sa:logging/shipper', '--yes'),
    );
    expect(taken).toContain('Pods and workloads: 3 stay as they are.');
    expect(readdirSync(folder)).toContainEqual(
      expect.stringMatching(/^psp-backup-rolebinding-logging-psp-pss-privileged-/),
    );
    await restartsAs(least);

    // A change too far is found before it is made; the server agrees once it is.
    writeFileSync(join(folder, 'bad.yaml'), advised.replaceAll('\n  - hostPath\n', '\n'));
    const bad = await psp('try', '-A', '-f', 'bad.yaml');
    expect(bad.code).toBe(1);
    expect(bad.out).toMatch(
      /^logging +Pod +shipper-\w+ +0-least\.logging\.shipper +denied +denied +0-least\.logging\.shipper denies it: volume logs: is of type hostPath \(\/var\/log\); allowed: secret \(spec\.volumes\[0\]\); the other one denies it$/m,
    );
    expect(bad.out).toContain('1 would be denied, 2 stay as they are.');
    await done(kubectl('', 'apply', '-f', 'bad.yaml'));
    const asTold = {...least, [shipper]: refused};
    await expect.poll(() => restart(server, {isTrial: true})).toEqual(asTold);
    await done(kubectl('', 'apply', '-f', 'advised.yaml'));
    await restartsAs(least);

    // The review: nothing serious, until somebody opens a policy to all.
    await done(psp('audit', '--fail-on', 'high'));
    const everybody = ['pss-privileged', '--to', 'group:system:serviceaccounts', '--yes'];
    await done(psp('bind', ...everybody));
    const sarif = ['audit', '--fail-on', 'high', '-o', 'sarif', '-w', 'audit.sarif', '--force'];
    const serious = await psp(...sarif);
    expect(serious.code).toBe(1);
    expect(serious.err).toMatch(/^wrote audit\.sarif: 1 high, /);
    expect(worst(join(folder, 'audit.sarif'))).toMatchObject([
      {ruleId: 'open-to-workloads', level: 'error'},
    ]);
    await done(psp('unbind', ...everybody));
    await done(psp(...sarif));
    expect(worst(join(folder, 'audit.sarif'))).toEqual([]);
  });
});

describe('the life of a policy, in a repository', () => {
  const repository = () =>
    folderOf({
      'main/workloads.yaml': workloads,
      'main/rbac.yaml': grantOf('ServiceAccount', 'shipper'),
    });

  test('is checked in CI as on a cluster, without one', async () => {
    const cwd = repository();
    // `run` gives it neither a kubeconfig nor a home.
    const psp = (...args: readonly string[]) => runBuilt(args, {cwd});
    const write = (name: string, text: string) => writeFileSync(join(cwd, name), text);
    const code = async (...args: readonly string[]) => (await psp(...args)).code;
    write('main/policies.yaml', (await psp('policies')).out);

    // Its own least policies are a change that denies nothing and asks for nothing.
    const advised = await psp('advise', '-f', 'main', '--grant');
    expect(advised.code, advised.err).toBe(0);
    write('advised.yaml', advised.out);
    const fine = await psp('try', '--from', 'main', '-f', 'advised.yaml', '-A');
    expect(fine.out).toContain('3 move to another policy');
    expect(fine.code, fine.err).toBe(0);
    expect(await code('compare', 'main', 'main', '--fail-on-rise')).toBe(0);

    // A workload that asks for the network of the node.
    const asked = workloads.replace('serviceAccountName: web', '$&\n      hostNetwork: true');
    write('next.yaml', asked);
    const compared = await psp('compare', 'main', 'next.yaml', '--fail-on-rise');
    expect(compared).toMatchObject({
      code: 1,
      out: `shop/Deployment/web
  rise   Host network   no -> yes

1 rise and 0 falls. Workloads: 1 changed, 0 added, 0 removed, 2 unchanged.
`,
    });
    expect(await code('compare', 'next.yaml', 'main', '--fail-on-rise')).toBe(0);
    const denied = await psp('try', '--from', 'main', '-f', 'next.yaml', '-A');
    expect(denied.code).toBe(1);
    expect(denied.out).toMatch(/^shop +Deployment +web +pss-restricted \(mutates\) +denied /m);

    // A grant that is taken out of the repository.
    write('branch.yaml', `${(await psp('policies')).out}---\n${workloads}`);
    const branch = ['try', '--from', 'main', '-f', 'branch.yaml', '-A', '--prune'];
    const ungranted = await psp(...branch);
    expect(ungranted.code).toBe(1);
    expect(ungranted.out).toMatch(/ may no longer use pss-privileged; /);

    // What is granted to all, and in which file.
    const audit = ['audit', '--from', 'main', '--fail-on', 'high'];
    expect(await code(...audit)).toBe(0);
    write('main/rbac.yaml', grantOf('Group', 'system:serviceaccounts'));
    expect(await code(...audit, '-o', 'sarif', '-w', 'audit.sarif')).toBe(1);
    expect(worst(join(cwd, 'audit.sarif'))).toMatchObject([
      {
        ruleId: 'open-to-workloads',
        locations: [{physicalLocation: {artifactLocation: {uri: 'main/rbac.yaml'}}}],
      },
    ]);
  });
});

/** Lets a subject use the built-in policy for everything. */
function grantOf(kind: 'ServiceAccount' | 'Group', name: string): string {
  const isAccount = kind === 'ServiceAccount';
  return `apiVersion: rbac.authorization.k8s.io/v1
kind: ${isAccount ? 'RoleBinding' : 'ClusterRoleBinding'}
metadata: {name: shipper${isAccount ? ', namespace: logging' : ''}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: 'psp:pss-privileged'}
subjects: [{kind: ${kind}, name: '${name}'${isAccount ? ', namespace: logging' : ''}}]
`;
}

/** The results of a SARIF file that stop a pipeline. */
function worst(file: string): readonly JsonObject[] {
  const {runs} = objectOf(parseJson(readFileSync(file, 'utf8')));
  const [first = null] = Array.isArray(runs) ? runs : [];
  const {results} = objectOf(first);
  if (!Array.isArray(results)) throw new Error('no results');
  return results.map(objectOf).filter(({level}) => level === 'error');
}
