import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {isObject, type JsonObject} from '../../src/kube/json.ts';
import {policyObject} from '../support/builders/policies.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {folderOf} from '../support/run/files.ts';
import {objectOf} from '../support/run/output.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {hasTmux, openTerminal} from './tmux.ts';

const program = join(import.meta.dirname, '../../bin/kubectl-psp');
const rbac = 'rbac.authorization.k8s.io';
const prefix = 'pod-security.kubernetes.io/';

/** A namespace whose pods may use a policy that writes a group into them. */
const objects: readonly JsonObject[] = [
  {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'shop', labels: {team: 'a'}}},
  {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: 'default', namespace: 'shop'}},
  policyObject('grouped', {fsGroup: {rule: 'MustRunAs', ranges: [{min: 70, max: 70}]}}),
  {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: {name: 'grouped'},
    rules: [
      {
        apiGroups: ['policy'],
        resources: ['podsecuritypolicies'],
        verbs: ['use'],
        resourceNames: ['grouped'],
      },
    ],
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: {name: 'grouped', namespace: 'shop'},
    roleRef: {apiGroup: rbac, kind: 'ClusterRole', name: 'grouped'},
    subjects: [{kind: 'ServiceAccount', name: 'default', namespace: 'shop'}],
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {name: 'front', namespace: 'shop'},
    spec: {
      selector: {matchLabels: {app: 'front'}},
      template: {
        metadata: {labels: {app: 'front'}},
        spec: {
          automountServiceAccountToken: false,
          containers: [{name: 'main', image: 'none'}],
        },
      },
    },
  },
];

const isReady = hasReference('etcd', 'kube-apiserver') && hasTmux();

describe.runIf(isReady)('the way off in the session, on a real server', () => {
  let server: ApiServer;
  const folder = folderOf();
  beforeAll(async () => {
    server = await startApiServer();
    await server.createAll(objects);
  });
  afterAll(() => server?.stop());

  async function shop(): Promise<JsonObject> {
    return objectOf((await server.request('GET', '/api/v1/namespaces/shop')).json);
  }

  /** The labels of Pod Security of the namespace. */
  async function levels(): Promise<JsonObject> {
    const {labels} = objectOf((await shop()).metadata);
    const own = Object.entries(isObject(labels) ? labels : {});
    return Object.fromEntries(
      own.flatMap(([key, value]) =>
        key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [],
      ),
    );
  }

  test('each stage on by a key, the last one back, and undo; T, P and what is lost', async () => {
    const screen = openTerminal({cwd: folder});
    onTestFinished(() => screen.close());
    screen.type(`${program} --kubeconfig ${server.kubeconfig} -n shop`);
    await screen.shows(/live \d\d:/);
    screen.press(':', ...'migrate', 'Enter');
    await screen.shows(/> Deployment +front +grouped +baseline +baseline +yes +unknown/);
    screen.press('Enter');
    const text = await screen.shows('Lost, and no level asks for it');
    expect(text).toContain('/spec/securityContext/fsGroup: 70');
    screen.press('NPage');
    await screen.shows(/^\+ +fsGroup: 70( +[│┃])?$/m);
    screen.press('Escape', 'w');
    await screen.shows('Set warn in shop? y/n');
    expect(await levels()).toEqual({});
    screen.press('y');
    await screen.shows('updated Namespace shop');
    const warned = {warn: 'baseline', 'warn-version': 'v1.25'};
    expect(await levels()).toEqual(warned);
    expect(readdirSync(folder)).toContainEqual(expect.stringMatching(/^psp-backup-namespace-shop/));
    screen.press('Escape');
    await screen.shows('shop: stage warn');
    screen.press('e');
    const asked = await screen.shows('Set enforce in shop? y/n');
    expect(asked).toContain('Enforced in shop: privileged:v1.24 -> baseline:v1.24');
    expect(asked).toContain('No workload there is treated differently');
    screen.press('y');
    await screen.shows('updated Namespace shop');
    const audited = {...warned, audit: 'baseline', 'audit-version': 'v1.25'};
    const enforced = {...audited, enforce: 'baseline', 'enforce-version': 'v1.25'};
    expect(await levels()).toEqual(enforced);
    screen.press('Escape');
    await screen.shows('shop: stage enforce');
    screen.press('x');
    await screen.shows('Take enforce of shop back? y/n');
    screen.press('y');
    await screen.shows('updated Namespace shop');
    expect(await levels()).toEqual(audited);
    screen.press('Escape');
    await screen.shows('shop: stage audit');
    // What others change meanwhile stays.
    const team = {metadata: {labels: {team: 'b'}}};
    const contentType = 'application/merge-patch+json';
    await server.request('PATCH', '/api/v1/namespaces/shop', team, {contentType});
    screen.press('u');
    await screen.shows('Take it back? y/n');
    screen.press('y');
    // The question has the same words, indented.
    await screen.shows(/^updated Namespace shop/m);
    expect(await levels()).toEqual(enforced);
    expect(objectOf((await shop()).metadata).labels).toMatchObject({team: 'b'});
  });
});
