import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {withMetadata} from '../../src/apply/change.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {binding, role} from '../../src/kube/objects.ts';
import {relabelRights} from '../../src/rbac/relabel.ts';
import {podObject} from '../support/builders/pods.ts';
import {policyObject} from '../support/builders/policies.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {folderOf} from '../support/run/files.ts';
import {kubectlOn} from '../support/run/kubectl.ts';
import {objectOf} from '../support/run/output.ts';
import {type Ran, runIn, runWith} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {deployment, namespaceOf} from './labelObjects.ts';

const prefix = 'pod-security.kubernetes.io/';
const rbac = 'rbac.authorization.k8s.io';

describe.runIf(hasReference('etcd', 'kube-apiserver'))('migrate labels, on a cluster', () => {
  let server: ApiServer;
  const folder = folderOf();

  beforeAll(async () => {
    server = await startApiServer({users: [{token: 'dev-token', name: 'dev'}]});
    const statusRule = {apiGroups: [''], resources: ['namespaces/status'], verbs: ['patch']};
    await server.createAll([
      ...['plain', 'host', 'other', 'spoiled'].flatMap(name => [
        namespaceOf(name),
        {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: 'default', namespace: name}},
      ]),
      policyObject('open', {
        volumes: ['*'],
        hostPID: true,
        allowPrivilegeEscalation: true,
        defaultAddCapabilities: ['SYS_TIME'],
      }),
      {
        apiVersion: `${rbac}/v1`,
        kind: 'ClusterRole',
        metadata: {name: 'status'},
        rules: [statusRule],
      },
      {
        apiVersion: `${rbac}/v1`,
        kind: 'ClusterRoleBinding',
        metadata: {name: 'status'},
        roleRef: {apiGroup: rbac, kind: 'ClusterRole', name: 'status'},
        subjects: [{kind: 'User', name: 'dev'}],
      },
      {
        apiVersion: `${rbac}/v1`,
        kind: 'ClusterRole',
        metadata: {name: 'open'},
        rules: [
          {
            apiGroups: ['policy'],
            resources: ['podsecuritypolicies'],
            resourceNames: ['open'],
            verbs: ['use'],
          },
        ],
      },
      {
        apiVersion: `${rbac}/v1`,
        kind: 'RoleBinding',
        metadata: {name: 'open', namespace: 'spoiled'},
        roleRef: {apiGroup: rbac, kind: 'ClusterRole', name: 'open'},
        subjects: [{kind: 'Group', name: 'system:serviceaccounts:spoiled'}],
      },
      deployment('plain', 'web', {runAsUser: 1000}),
      deployment('other', 'api'),
      deployment('spoiled', 'cron'),
    ]);
  }, 120_000);
  afterAll(() => server?.stop());

  const run = (answers: readonly string[] | undefined, ...args: readonly string[]) =>
    runWith({answers, folder}, 'migrate', 'labels', ...args, '--kubeconfig', server.kubeconfig);
  const stored = async (name: string) =>
    objectOf((await server.request('GET', `/api/v1/namespaces/${name}`)).json);
  const labelsOf = async (name: string) => {
    const {labels} = objectOf((await stored(name)).metadata);
    const own = Object.entries(objectOf(labels)).filter(([key]) => key.startsWith(prefix));
    return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]));
  };
  const undoOf = ({out}: Ran) => join(folder, /take it back: sh (\S+)/.exec(out)?.[1] ?? '');

  test('stages go up and down one by one; a script takes the last one back', async () => {
    const before = await stored('plain');
    const place = ['-n', 'plain', '--level', 'baseline'];
    const declined = await run(['n'], ...place, '--stage', 'warn', '--apply');
    expect(declined).toMatchObject({code: 1, err: 'Set these labels of 1 namespace? [y/N] \n'});
    expect(declined.out).toContain('\nplain: warn: (not set) -> baseline\n');
    expect(declined.out).toMatch(
      /\nThe server would update Namespace plain\nNothing was changed.\n$/,
    );
    expect(await labelsOf('plain')).toEqual({});

    const warned = await run(['y'], ...place, '--stage', 'warn', '--apply');
    expect([warned.code, warned.out]).toEqual([
      0,
      expect.stringMatching(
        /\nupdated Namespace plain\nTo take it back: sh psp-undo-labels-\S+\n$/,
      ),
    ]);
    expect(await labelsOf('plain')).toEqual({warn: 'baseline', 'warn-version': 'v1.25'});

    await run(undefined, ...place, '--stage', 'enforce', '--apply', '--yes');
    expect(Object.keys(await labelsOf('plain'))).toHaveLength(6);
    const pod = podObject({name: 'p', namespace: 'plain'}, {hostPID: true});
    const refused = await server.request('POST', '/api/v1/namespaces/plain/pods?dryRun=All', pod);
    expect(objectOf(refused.json).message).toMatch(/violates PodSecurity "baseline:v1.25"/);

    const back = await run(['y'], ...place, '--stage', 'enforce', '--back', '--apply');
    expect(back.out).toContain('\nplain: enforce: baseline -> (not set)\n');
    expect(Object.keys(await labelsOf('plain'))).not.toContain('enforce');
    // The script of the step back puts the stage on again; that of the first step takes all away.
    execFileSync('sh', [undoOf(back)], {env: kubectlEnv()});
    expect(Object.keys(await labelsOf('plain'))).toContain('enforce');
    for (const stage of ['enforce', 'audit'])
      await run(undefined, ...place, '--stage', stage, '--back', '--apply', '-y');
    execFileSync('sh', [undoOf(warned)], {env: kubectlEnv()});
    const own = {managedFields: undefined, resourceVersion: undefined};
    expect(withMetadata(await stored('plain'), own)).toEqual(withMetadata(before, own));
  });

  /** kubectl of the scripts, as the tests have it. */
  const kubectlEnv = () => ({...process.env, KUBECONFIG: server.kubeconfig});

  test('what a policy adds counts while it is there', async () => {
    const {code, out} = await run(undefined, '-n', 'spoiled', '--level', 'baseline');
    expect(code).toBe(1);
    expect(out).toContain('Deployment spoiled/cron: breaks: as policy open changes it: violates');
    const held = await run(
      ['y'],
      '-n',
      'spoiled',
      '--level',
      'baseline',
      '--stage',
      'enforce',
      '--apply',
    );
    expect(held).toMatchObject({code: 1, err: ''});
    expect(held.out).toMatch(/\nspoiled: not yet, breaks\nNothing to change.\n$/);
    // The real server says the same of the pod.
    await kubectlOn(server, ['label', 'namespace', 'spoiled', `${prefix}enforce=baseline`]);
    const pod = podObject({name: 'p', namespace: 'spoiled'}, {});
    const refused = await server.request('POST', '/api/v1/namespaces/spoiled/pods?dryRun=All', pod);
    expect(objectOf(refused.json).message).toMatch(/must not include "SYS_TIME"/);
  });

  test('a dry run of the server is silent about what a policy repairs: --check says why', async () => {
    const hardening = {
      volumes: ['*'],
      privileged: false,
      requiredDropCapabilities: ['ALL'],
      defaultAllowPrivilegeEscalation: false,
      allowPrivilegeEscalation: false,
      runAsUser: {rule: 'MustRunAsNonRoot'},
    };
    const policy = policyObject('hard', hardening);
    const name = 'seccomp.security.alpha.kubernetes.io/defaultProfileName';
    const allowed = 'seccomp.security.alpha.kubernetes.io/allowedProfileNames';
    const metadata = {
      name: 'hard',
      annotations: {[name]: 'runtime/default', [allowed]: 'runtime/default'},
    };
    const rules = [
      {
        apiGroups: ['policy'],
        resources: ['podsecuritypolicies'],
        resourceNames: ['hard'],
        verbs: ['use'],
      },
    ];
    await server.createAll([
      {...policy, metadata},
      namespaceOf('guide', {[`${prefix}enforce`]: 'restricted'}),
      {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: 'default', namespace: 'guide'}},
      {apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: {name: 'hard'}, rules},
      {
        apiVersion: `${rbac}/v1`,
        kind: 'RoleBinding',
        metadata: {name: 'hard', namespace: 'guide'},
        roleRef: {apiGroup: rbac, kind: 'ClusterRole', name: 'hard'},
        subjects: [{kind: 'Group', name: 'system:serviceaccounts:guide'}],
      },
      deployment('guide', 'plain'),
      deployment('guide', 'whole', {
        allowPrivilegeEscalation: false,
        capabilities: {drop: ['ALL']},
        runAsNonRoot: true,
        seccompProfile: {type: 'RuntimeDefault'},
      }),
      deployment('guide', 'denied', {privileged: true}),
    ]);
    const {out, err} = await run(undefined, '-n', 'guide', '--level', 'restricted', '--check');
    expect(err).toBe('');
    expect(out).toContain(
      'Deployment guide/plain: let in today by policy hard, for policy hard changes its pods; its template violates restricted\n',
    );
    expect(out).toContain(
      'Deployment guide/whole: let in today by policy hard; restricted lets its template in as it is\n',
    );
    expect(out).toMatch(
      /\nDeployment guide\/denied: refused today: pods "denied-.*" is forbidden: PodSecu/,
    );
    expect(out).toMatch(/\nThe server on pods of 3 workloads: 3 as foretold\.\n$/);
  });

  test('enforcing in many namespaces asks for their number', async () => {
    const args = ['-A', '--level', 'privileged', '--stage', 'enforce', '--apply'];
    const {code, err} = await run(['y'], ...args);
    expect(code).toBe(1);
    expect(err).toMatch(/Type the number of namespaces to go on: \n$/);
    expect(readdirSync(folder).some(name => name.includes('enforce'))).toBe(false);
  });

  test('labels that others set meanwhile stop it, and nothing is changed', async () => {
    const changes = () => ({
      async ask() {
        await kubectlOn(server, ['label', 'namespace', 'other', `${prefix}warn=privileged`]);
        return 'y';
      },
      writeFile: async () => {},
    });
    const args = ['migrate', 'labels', '-n', 'other', '--level', 'restricted', '--apply'];
    const ran = await runIn(changes, ...args, '--kubeconfig', server.kubeconfig);
    expect(ran.code).toBe(4);
    expect(ran.err).toContain('Namespace other was changed by someone else since it was read');
    expect(await labelsOf('other')).toEqual({warn: 'privileged'});
  });

  test('who may not set labels is told so by the dry run', async () => {
    const {code, out} = await runWith(
      {answers: ['y'], folder},
      'migrate',
      'labels',
      '-n',
      'host',
      '--apply',
      '--as',
      'nobody',
      '--level',
      'baseline',
      '--kubeconfig',
      server.kubeconfig,
    );
    expect([code, out]).toEqual([1, expect.stringContaining('could not be read')]);
  });

  test('who may write the status of namespaces may relabel them', async () => {
    const patch = {metadata: {labels: {[`${prefix}audit`]: 'privileged'}}};
    const answer = await server.request('PATCH', '/api/v1/namespaces/host/status', patch, {
      token: 'dev-token',
      contentType: 'application/merge-patch+json',
    });
    expect(answer.status).toBe(200);
    expect(await labelsOf('host')).toEqual({audit: 'privileged'});
    const list = async (plural: string) =>
      objectOf((await server.request('GET', `/apis/${rbac}/v1/${plural}`)).json)
        .items as readonly JsonObject[];
    const rights = relabelRights({
      clusterRoles: (await list('clusterroles')).map(role),
      clusterRoleBindings: (await list('clusterrolebindings')).map(binding),
      roles: [],
      roleBindings: [],
    });
    expect(rights.map(({subject}) => `${subject.kind} ${subject.name}`)).toEqual([
      'Group system:masters',
      'User dev',
    ]);
  });

  test('the script names what it undoes', () => {
    const [first = ''] = readdirSync(folder).filter(name => name.startsWith('psp-undo-labels'));
    const text = readFileSync(join(folder, first), 'utf8');
    expect(text).toMatch(/^#!\/bin\/sh\n# Gives namespaces .* context reference/s);
  });
});
