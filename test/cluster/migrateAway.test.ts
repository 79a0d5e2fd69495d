import {execFileSync} from 'node:child_process';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {withoutServerOwned} from '../../src/apply/change.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {podObject} from '../support/builders/pods.ts';
import {policyObject} from '../support/builders/policies.ts';
import {bindingTo, roleOfUse} from '../support/builders/useGrants.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {successorApiServer} from '../support/kubernetes/successor.ts';
import {folderOf} from '../support/run/files.ts';
import {objectOf} from '../support/run/output.ts';
import {runWith} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';

const rbac = 'rbac.authorization.k8s.io';
const group = '/apis/rbac.authorization.k8s.io/v1';

function deployment(namespace: string, name: string, context?: JsonObject): JsonObject {
  const labels = {app: name};
  const spec = {
    containers: [{name: 'c', image: 'i'}],
    ...(context === undefined ? {} : {securityContext: context}),
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {name, namespace},
    spec: {selector: {matchLabels: labels}, template: {metadata: {labels}, spec}},
  };
}

const accounts = {kind: 'Group', name: 'system:serviceaccounts', apiGroup: rbac};
const account = (namespace: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: {name: 'default', namespace},
});
const place = (name: string): readonly JsonObject[] => [
  {apiVersion: 'v1', kind: 'Namespace', metadata: {name}},
  account(name),
];
const team = policyObject('00-team', {
  volumes: ['*'],
  fsGroup: {rule: 'MustRunAs', ranges: [{min: 1000, max: 1000}]},
  requiredDropCapabilities: ['ALL'],
});
(team.metadata as {annotations?: JsonObject}).annotations = {
  'seccomp.security.alpha.kubernetes.io/allowedProfileNames': '*',
};

describe.runIf(hasReference('etcd', 'kube-apiserver'))('the end of the way off', () => {
  let server: ApiServer;
  const folder = folderOf();
  const run = (answers: readonly string[] | undefined, ...args: readonly string[]) =>
    runWith({answers, folder}, 'migrate', ...args, '--kubeconfig', server.kubeconfig);
  const get = async (path: string) => server.request('GET', path);

  describe('bypass', () => {
    beforeAll(async () => {
      server = await startApiServer();
      await server.createAll([
        ...['shop', 'other'].flatMap(place),
        account('default'),
        team,
        roleOfUse('00-team', '00-team'),
        bindingTo('00-team', accounts),
        deployment('shop', 'plain'),
        // The pods that the guide of Kubernetes leaves behind: hardened for restricted.
        deployment('shop', 'hardened', {seccompProfile: {type: 'RuntimeDefault'}}),
      ]);
    }, 120_000);
    afterAll(() => server?.stop());

    const controller = {
      as: 'system:serviceaccount:kube-system:replicaset-controller',
      asGroups: ['system:serviceaccounts', 'system:authenticated'],
    };
    /** By which policy a pod with the profile in its own context gets in, and its fsGroup. */
    async function admitted(): Promise<readonly unknown[]> {
      const pod = podObject(
        {generateName: 'p-', namespace: 'shop'},
        {securityContext: {seccompProfile: {type: 'RuntimeDefault'}}},
      );
      const path = '/api/v1/namespaces/shop/pods?dryRun=All';
      const {json} = await server.request('POST', path, pod, controller);
      const {metadata, spec} = objectOf(json);
      const {fsGroup} = objectOf(objectOf(spec).securityContext);
      return [objectOf(objectOf(metadata).annotations)['kubernetes.io/psp'], fsGroup];
    }

    test("the guide's bypass leaves hardened pods to another policy", async () => {
      const open = {
        volumes: ['*'],
        privileged: true,
        allowPrivilegeEscalation: true,
        allowedCapabilities: ['*'],
      };
      await server.createAll([
        policyObject('privileged', open),
        roleOfUse('privileged', 'privileged'),
        bindingTo('privileged', {...accounts, name: 'system:serviceaccounts:shop'}, 'shop'),
      ]);
      await vi.waitFor(async () => expect(await admitted()).toEqual(['00-team', 1000]), {
        timeout: 10_000,
      });
    });

    test('ours lets all of them out, proves it, and is taken back', async () => {
      const shown = await run(undefined, 'bypass', '-n', 'shop');
      expect(shown).toMatchObject({code: 0, err: ''});
      expect(shown.out).toContain(
        'create PodSecurityPolicy 0-psp-bypass, which lets everything in',
      );
      expect(shown.out).toContain('Nothing else holds pods of shop to a level');

      const declined = await run(['y'], 'bypass', '-n', 'shop', '--apply');
      expect(declined).toMatchObject({code: 1});
      expect((await get('/apis/policy/v1beta1/podsecuritypolicies/0-psp-bypass')).status).toBe(404);

      const done = await run(['shop'], 'bypass', '-n', 'shop', '--apply');
      expect([done.code, done.out]).toEqual([
        0,
        expect.stringContaining(
          'The server tried the pods of 2 templates: 2 met only 0-psp-bypass.',
        ),
      ]);
      expect(await admitted()).toEqual(['0-psp-bypass', undefined]);

      const again = await run(undefined, 'bypass', '-n', 'other', '--apply', '--yes');
      expect(again.code).toBe(0);
      const first = await run(['y'], 'bypass', '-n', 'shop', '--back', '--apply');
      expect(first.out).not.toContain('delete PodSecurityPolicy');
      await vi.waitFor(async () => expect(await admitted()).toEqual(['00-team', 1000]), {
        timeout: 10_000,
      });
      const last = await run(['y'], 'bypass', '-n', 'other', '--back', '--apply');
      expect(last.out).toContain('delete PodSecurityPolicy 0-psp-bypass');
      expect((await get('/apis/policy/v1beta1/podsecuritypolicies/0-psp-bypass')).status).toBe(404);
      for (const name of ['shop', 'other']) {
        expect((await get(`${group}/namespaces/${name}/roles/psp:0-psp-bypass`)).status).toBe(404);
      }
    });

    test('takes one namespace, and a name that can come first', async () => {
      const all = await run(undefined, 'bypass', '-A');
      expect([all.code, all.err]).toEqual([2, expect.stringContaining('one namespace after the')]);
      await server.createAll([policyObject('0', {volumes: ['*']})]);
      const {code, err} = await run(undefined, 'bypass', '-n', 'shop');
      expect([code, err]).toEqual([4, expect.stringContaining('no policy can come before 0')]);
    });

    test('cleanup refuses while the plugin is on', async () => {
      const {code, err} = await run(['9'], 'cleanup', '--apply');
      expect(code).toBe(1);
      expect(err).toContain('nothing was changed: the admission plugin is on');
      expect((await get('/apis/policy/v1beta1/podsecuritypolicies/00-team')).status).toBe(200);
    });
  });

  describe('cleanup', () => {
    const mixed = roleOfUse('mixed', 'mixed', [
      {apiGroups: [''], resources: ['pods'], verbs: ['get']},
    ]);
    const objects = [
      team,
      roleOfUse('00-team', '00-team'),
      bindingTo('00-team', accounts),
      bindingTo('00-team', accounts, 'shop'),
      mixed,
      bindingTo('mixed', accounts),
    ];
    const pathOf = ({kind, metadata}: JsonObject) => {
      const {namespace, name} = objectOf(metadata);
      if (kind === 'PodSecurityPolicy') return `/apis/policy/v1beta1/podsecuritypolicies/${name}`;
      const root = namespace === undefined ? group : `${group}/namespaces/${namespace}`;
      return `${root}/${String(kind).toLowerCase()}s/${name}`;
    };
    beforeAll(async () => {
      server = await startApiServer({admissionPlugins: []});
      await server.createAll([...place('shop'), account('default'), ...objects]);
    }, 120_000);
    afterAll(() => server?.stop());
    const statuses = () => Promise.all(objects.map(async one => (await get(pathOf(one))).status));

    test('shows, asks for the number, deletes all as one, and the file puts it back', async () => {
      const read = async () =>
        Promise.all(
          objects.map(async one => withoutServerOwned(objectOf((await get(pathOf(one))).json))),
        );
      const before = await read();
      const shown = await run(undefined, 'cleanup');
      expect(shown.out).toBe(
        [
          'delete PodSecurityPolicy 00-team',
          'delete ClusterRoleBinding 00-team',
          'delete RoleBinding shop/00-team',
          'delete ClusterRole 00-team',
          'note: ClusterRole mixed names podsecuritypolicies and grants more, so it stays: kubectl edit clusterrole mixed takes them out',
          'Nothing was changed: --apply deletes these, if the admission plugin is off.\n',
        ].join('\n'),
      );
      const declined = await run(['y'], 'cleanup', '--apply');
      expect(declined.code).toBe(1);
      expect(await statuses()).toEqual([200, 200, 200, 200, 200, 200]);

      const done = await run(['4'], 'cleanup', '--apply');
      expect([done.code, done.err]).toEqual([
        0,
        'Type the number of objects to delete (4) to go on: \n',
      ]);
      expect(await statuses()).toEqual([404, 404, 404, 404, 200, 200]);

      const file = /(psp-backup-\S+\.yaml)/.exec(done.out)?.[1] ?? '';
      execFileSync('kubectl', ['create', '-f', join(folder, file)], {
        env: {...process.env, KUBECONFIG: server.kubeconfig, HOME: server.dir},
      });
      expect(await read()).toEqual(before);
    });

    test('who may not delete all of it deletes nothing', async () => {
      const args = ['cleanup', '--apply', '--yes', '--as', 'eve', '--as-group', 'readers'];
      await server.createAll([
        {
          apiVersion: `${rbac}/v1`,
          kind: 'ClusterRole',
          metadata: {name: 'reading'},
          rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'create']}],
        },
        bindingTo('reading', {kind: 'Group', name: 'readers', apiGroup: rbac}),
      ]);
      await vi.waitFor(
        async () => {
          const {code, out} = await run(undefined, ...args);
          expect([code, out]).toEqual([4, expect.stringMatching(/Nothing was changed\.\n$/)]);
        },
        {timeout: 20_000},
      );
      expect(await statuses()).toEqual([200, 200, 200, 200, 200, 200]);
    });
  });
});

const successor = hasReference('etcd') ? successorApiServer() : undefined;

describe.runIf(successor !== undefined)('what is left of policies on v1.37', () => {
  let server: ApiServer;
  const folder = folderOf();
  beforeAll(async () => {
    server = await startApiServer({admissionPlugins: [], program: successor ?? ''});
    await server.createAll([roleOfUse('old', 'old'), bindingTo('old', accounts)]);
  }, 120_000);
  afterAll(() => server?.stop());
  const cleanup = () =>
    runWith({folder}, 'migrate', 'cleanup', '--apply', '-y', '--kubeconfig', server.kubeconfig);
  const status = async () => (await server.request('GET', `${group}/clusterroles/old`)).status;

  test('stays while a native policy asks for the right, and goes after', async () => {
    const asking = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: {name: 'psp'},
      spec: {
        matchConstraints: {
          resourceRules: [
            {apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE']},
          ],
        },
        validations: [
          {
            expression:
              "authorizer.group('policy').resource('podsecuritypolicies').name('old').check('use').allowed()",
          },
        ],
      },
    };
    const path = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
    expect((await server.request('POST', path, asking)).status).toBe(201);
    const refused = await cleanup();
    expect([refused.code, refused.err]).toEqual([
      1,
      'nothing was changed: validatingadmissionpolicies ask who may use policies: psp\n',
    ]);
    expect(await status()).toBe(200);

    await server.request('DELETE', `${path}/psp`);
    expect(await cleanup()).toMatchObject({code: 0, err: ''});
    expect(await status()).toBe(404);
  });
});
