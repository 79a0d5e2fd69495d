import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {emptyInventory} from '../../src/inventory/inventory.ts';
import {withGranted} from '../../src/inventory/read/readRbac.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {decodePolicy} from '../../src/kube/objects.ts';
import {nativeObjects} from '../../src/migrate/native/nativeObjects.ts';
import {fullOptions} from '../support/builders/nativeOptions.ts';
import {policyObject} from '../support/builders/policies.ts';
import {grantOfUse} from '../support/builders/useGrants.ts';
import {advicesFor, applyIn, openBareSession} from '../support/faults/session.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {successorApiServer} from '../support/kubernetes/successor.ts';
import {fileOf, folderOf} from '../support/run/files.ts';
import {itemsOf, objectOf} from '../support/run/output.ts';
import {runWith} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {enforce} from './nativeServer.ts';

const successor = hasReference('etcd') ? successorApiServer() : undefined;
const rbacGroup = 'rbac.authorization.k8s.io';
const validating = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/kubectl-psp';
const namespaces = ['ns-1', 'ns-2'];

/** One of many policies that differ in a number alone, so that they are put together. */
const tool = (index: number, id = 50_000 + index) =>
  policyObject(`tool-${index}`, {
    runAsUser: {rule: 'MustRunAs', ranges: [{min: id, max: id}]},
    volumes: ['*'],
  });
const toolFor = (namespace: string, index: number, name = `system:serviceaccounts:${namespace}`) =>
  grantOfUse(`tool-${index}`, {kind: 'Group', name, apiGroup: rbacGroup}, namespace);
const grants = [
  ...toolFor('ns-1', 1),
  ...toolFor('ns-2', 2),
  ...toolFor('kube-system', 3),
  ...toolFor('kube-system', 4, 'system:nodes'),
];

/** Somebody who may change what the policies live in, and read all but who may use which. */
const operator: readonly JsonObject[] = [
  {
    apiVersion: `${rbacGroup}/v1`,
    kind: 'ClusterRole',
    metadata: {name: 'operator'},
    rules: [
      {apiGroups: ['admissionregistration.k8s.io', ''], resources: ['*'], verbs: ['*']},
      {apiGroups: [rbacGroup], resources: ['roles', 'clusterroles'], verbs: ['list']},
      {apiGroups: [rbacGroup], resources: ['clusterrolebindings'], verbs: ['list']},
    ],
  },
  {
    apiVersion: `${rbacGroup}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: {name: 'operator'},
    roleRef: {apiGroup: rbacGroup, kind: 'ClusterRole', name: 'operator'},
    subjects: [{apiGroup: rbacGroup, kind: 'User', name: 'operator'}],
  },
];

describe.runIf(successor !== undefined)(
  'policies that are put together by who may use them',
  () => {
    let server: ApiServer;
    const folder = folderOf();
    const run = (...args: readonly string[]) =>
      runWith({folder}, ...args, '--kubeconfig', server.kubeconfig);

    beforeAll(async () => {
      server = await startApiServer({admissionPlugins: [], program: successor ?? ''});
      await server.createAll([
        ...namespaces.flatMap(name => [
          {apiVersion: 'v1', kind: 'Namespace', metadata: {name}},
          {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {namespace: name, name: 'default'}},
        ]),
        ...grants,
        ...operator,
      ]);
      const all = Array.from({length: 22}, (_, index) => decodePolicy(tool(index)));
      const rbac = withGranted(emptyInventory.rbac, grants);
      await enforce(server, nativeObjects(all, fullOptions, rbac).objects, 'canary');
    }, 180_000);
    afterAll(() => server?.stop());

    /** The policy and the user that a pod of a namespace gets. */
    async function given(namespace: string) {
      const pod = {
        metadata: {generateName: 'p-'},
        spec: {automountServiceAccountToken: false, containers: [{name: 'app', image: 'app'}]},
      };
      const as = {
        as: 'system:serviceaccount:kube-system:replicaset-controller',
        asGroups: ['system:serviceaccounts', 'system:authenticated'],
      };
      const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All`;
      const {status, json} = await server.request('POST', path, pod, as);
      const {metadata = {}, spec = {}} = objectOf(json);
      const {containers = []} = objectOf(spec);
      const [container = {}] = Array.isArray(containers) ? containers : [];
      return [
        status,
        objectOf(objectOf(metadata).annotations ?? {})['kubernetes.io/psp'],
        objectOf(objectOf(container).securityContext ?? {}).runAsUser,
      ];
    }
    const expressions = async () => (await server.request('GET', validating)).text;
    const version = async () => {
      const {json} = await server.request('GET', validating);
      return objectOf(objectOf(json).metadata).resourceVersion;
    };

    test('are what they say, though only one namespace is read', async () => {
      for (const where of [['-A'], ['-n', 'ns-1'], ['-n', 'default']]) {
        const {code, err} = await run('who-can', ...where);
        expect([code, err]).toEqual([0, '']);
      }
    });

    test('are changed by apply -f, and stay where they are granted', async () => {
      const file = fileOf([tool(1, 90_001), tool(22)]);
      const {code, out, err} = await run('apply', '-f', file, '-y');
      expect([code, err]).toEqual([0, '']);
      expect(out).toContain('ValidatingAdmissionPolicy kubectl-psp');
      await enforce(server, [], 'applied');
      expect(await given('ns-1')).toEqual([201, 'tool-1', 90_001]);
      expect(await given('ns-2')).toEqual([201, 'tool-2', 50_002]);
      expect(await run('who-can', '-A')).toMatchObject({code: 0, err: ''});
    });

    test('are not made by who cannot read the grants', async () => {
      const before = await version();
      const args = ['apply', '-f', fileOf([tool(1, 90_002)]), '-y', '--as', 'operator'];
      const {code, err} = await run(...args);
      expect(code).toBe(4);
      expect(err).toContain('tried by who may use them');
      expect(err).toContain('could not read rolebindings');
      expect(await version()).toBe(before);
    });

    test('say which grant they were made before, until they are made again', async () => {
      const bound = await run('bind', 'tool-1', '--to', 'ns:ns-2', '-n', 'ns-2', '-y');
      expect(bound.code).toBe(0);
      expect(bound.out + bound.err).toMatch(
        /note: .*before policy tool-1 was granted in namespace ns-2.* counts once kubectl psp migrate policies --apply/,
      );
      const stale = await run('who-can', '-A');
      expect(stale.err).toContain('made before policy tool-1 was granted in namespace ns-2');
      expect(await given('ns-2')).toEqual([201, 'tool-2', 50_002]);
      const audit = await run('audit', '-o', 'json');
      expect(itemsOf(audit.out).map(({rule}) => rule)).toContain('grant-not-tried');
      // On the stage that the cluster is on.
      const again = await run('migrate', 'policies', '--apply', '-y');
      expect(again).toMatchObject({code: 0});
      expect(again.out).toContain('In force on stage enforce');
      expect(await given('ns-2')).toEqual([201, 'tool-1', 90_001]);
      expect(await run('who-can', '-A')).toMatchObject({code: 0, err: ''});
    });

    test('are tried by the grants that a session makes with them', async () => {
      const labels = {app: 'web'};
      const template = {metadata: {labels}, spec: {containers: [{name: 'app', image: 'app'}]}};
      const web = {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: {name: 'web', namespace: 'ns-1'},
        spec: {selector: {matchLabels: labels}, template},
      };
      await server.createAll([web]);
      const at = {kubeconfig: server.kubeconfig, server: server.url};
      const session = await openBareSession(at, folder);
      const advices = advicesFor(session.inventory, 'ns-1').map(advice => ({
        ...advice,
        policy: decodePolicy(tool(0.5, 70_000)),
      }));
      expect(advices).toHaveLength(1);
      expect(await applyIn(session, {kind: 'advice', advices})).toMatchObject({ok: true});
      session.end();
      await enforce(server, [], 'advised');
      expect(await given('ns-1')).toEqual([201, 'tool-0.5', 70_000]);
      expect(await run('who-can', '-A')).toMatchObject({code: 0, err: ''});
    });

    test('ask for each by itself where the grants cannot be read', async () => {
      const args = [
        'migrate',
        'policies',
        '--apply',
        '--stage',
        'mutate',
        '-y',
        '--as',
        'operator',
      ];
      const {code, err} = await run(...args);
      expect(err).not.toContain('tried where somebody could use them');
      expect(code).toBe(0);
      expect(await expressions()).not.toContain('candidates');
    });
  },
);
