import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import type {JsonObject} from '../../src/kube/json.ts';
import {readDocuments} from '../../src/yaml/documents.ts';
import {grantedIn} from '../support/builders/builtins.ts';
import {podObject} from '../support/builders/pods.ts';
import {
  podSecurityModule,
  type StandardLevel,
  standardFixtures,
} from '../support/kubernetes/podSecurityStandards.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {objectOf} from '../support/run/output.ts';
import {runHere} from '../support/run/run.ts';
import type {ApiAnswer} from '../support/server/apiClient.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {validCases} from './pods.ts';

const rbac = 'rbac.authorization.k8s.io';
const levels = ['baseline', 'restricted'] as const;
/** Pods of the vectors that are held against the standard. */
const manyPods = 400;

const alice = {as: 'alice', asGroups: ['system:authenticated']};
const node = {as: 'system:node:n1', asGroups: ['system:nodes', 'system:authenticated']};
const controller = {as: 'system:serviceaccount:kube-system:replicaset-controller'};
const plain = {containers: [{name: 'c', image: 'c'}]};
const agent = {
  hostNetwork: true,
  containers: [{name: 'c', image: 'c', securityContext: {privileged: true}}],
  volumes: [{name: 'v', hostPath: {path: '/'}}],
};

describe.runIf(hasReference('etcd', 'kube-apiserver'))('policies and the API server', () => {
  let server: ApiServer;
  let printed = '';

  beforeAll(async () => {
    server = await startApiServer();
    const {code, out, err} = await runHere('policies');
    expect(code, err).toBe(0);
    printed = out;
    const namespaces = ['kube-system', 'shop', ...levels.flatMap(placesOf)];
    const isNew = (name: string) => name !== 'kube-system';
    await server.createAll([
      ...namespaces.filter(isNew).map(namespaceObject),
      ...namespaces.map(namespace => ({
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: {name: 'default', namespace},
      })),
      {
        apiVersion: `${rbac}/v1`,
        kind: 'ClusterRole',
        metadata: {name: 'pods'},
        rules: [{apiGroups: [''], resources: ['pods'], verbs: ['create', 'patch']}],
      },
      {
        apiVersion: `${rbac}/v1`,
        kind: 'ClusterRoleBinding',
        metadata: {name: 'pods'},
        roleRef: {apiGroup: rbac, kind: 'ClusterRole', name: 'pods'},
        subjects: [{apiGroup: rbac, kind: 'Group', name: 'system:authenticated'}],
      },
    ]);
    expect(await apply(server, printed)).toEqual(Array(8).fill(201));
    await server.createAll(placesOf('baseline').map(place => grantedIn(place, 'pss-baseline')));
    await settled(server);
  });
  afterAll(() => server?.stop());

  const create = (namespace: string, pod: JsonObject, options: object) =>
    server.request('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, pod, options);
  const policyFor = async (namespace: string, pod: JsonObject, options: object) => {
    const answer = await create(namespace, pod, options);
    if (answer.status !== 201) return `${answer.status} ${objectOf(answer.json).message}`;
    return objectOf(objectOf(objectOf(answer.json).metadata).annotations)['kubernetes.io/psp'];
  };

  test('are the same when applied again', async () => {
    const before = await versions(server);
    expect(await apply(server, printed)).toEqual(Array(8).fill(200));
    expect(await versions(server)).toEqual(before);
    const wanted = readDocuments(printed, 'policies.yaml')
      .map(({value}) => objectOf(value))
      .filter(({kind}) => kind === 'PodSecurityPolicy');
    for (const {metadata, spec} of wanted) {
      const path = `${plurals.PodSecurityPolicy}/${objectOf(metadata).name}`;
      // What the server would leave out, kubectl would send again each time.
      expect(objectOf((await server.request('GET', path)).json).spec).toEqual(spec);
    }
  });

  test('give each pod the policy that is meant for it', async () => {
    const refused = /^403 pods "p" is forbidden: PodSecurityPolicy: unable to admit pod: \[/;
    expect(await policyFor('shop', podOf(plain), alice)).toBe('pss-restricted');
    expect(await policyFor('shop', podOf(plain), controller)).toBe('pss-restricted');
    expect(await policyFor('shop', podOf(agent), alice)).toMatch(refused);
    expect(await policyFor('shop', podOf(agent), controller)).toMatch(refused);
    expect(await policyFor('kube-system', podOf(agent), controller)).toBe('pss-privileged');
    expect(await policyFor('shop', podOf(agent), {})).toBe('pss-privileged'); // a cluster admin
    expect(await policyFor('baseline', podOf(plain), alice)).toBe('pss-baseline');
  });

  test('let in the mirror pods of kube-system', async () => {
    const spec = {...agent, nodeName: 'n1'};
    const mirror = podOf(spec, {'kubernetes.io/config.mirror': 'hash'});
    expect(await policyFor('kube-system', mirror, node)).toBe('pss-privileged');
    expect(await policyFor('shop', mirror, node)).toMatch(/^403 .*: PodSecurityPolicy: /);
  });

  test('leave a pod that they let in free to be changed', async () => {
    const path = '/api/v1/namespaces/shop/pods';
    const {status} = await server.request('POST', path, podOf(plain), alice);
    expect(status).toBe(201);
    const options = {...alice, contentType: 'application/merge-patch+json'};
    const patch = {metadata: {labels: {app: 'web'}}};
    expect((await server.request('PATCH', `${path}/p`, patch, options)).status).toBe(200);
  });

  /** In a namespace that holds its pods to the standard as well, by the admission of Kubernetes. */
  const inBoth = async (level: StandardLevel, pod: JsonObject) => {
    const [place = '', enforced = ''] = placesOf(level);
    const own = await create(place, pod, alice);
    return {own, both: await create(enforced, pod, alice)};
  };

  const folder = podSecurityModule();
  test.runIf(folder !== undefined)(
    "bring all that they let in of the standards' own pods up to the standard",
    async () => {
      let count = 0;
      for (const {level, path, pod} of standardFixtures(folder ?? '')) {
        const {own, both} = await inBoth(level, podOf(objectOf(pod.spec), annotationsOf(pod)));
        expect.soft(wordsOf(both), path).toBe(wordsOf(own));
        if (own.status === 201) count++;
      }
      expect(count).toBeGreaterThan(20);
    },
  );

  test('let in no other pods either that the standards refuse, but for one thing', async () => {
    const found = {baseline: 0, restricted: 0};
    const complaints = new Set<string>();
    for (const {pod} of validCases().slice(0, manyPods)) {
      const spec = objectOf(pod.spec);
      const made = podOf({...spec, serviceAccountName: 'default'}, annotationsOf(pod));
      for (const level of levels) {
        const {own, both} = await inBoth(level, made);
        if (own.status !== 201) continue;
        found[level]++;
        const [, complaint] = /violates PodSecurity [^:]*:latest": (.*)/.exec(wordsOf(both)) ?? [];
        if (complaint !== undefined) complaints.add(`${level}: ${complaint.replace(/ \(.*/, '')}`);
        else expect.soft(wordsOf(both)).toBe('201');
      }
    }
    expect(found.restricted).toBeGreaterThan(10);
    expect(found.baseline).toBeGreaterThan(10);
    // A pod that names a user other than root need not say runAsNonRoot.
    expect([...complaints]).toEqual(['restricted: runAsNonRoot != true']);
  });
});

/** Two namespaces for a level: one with policies alone, and one that enforces the standard too. */
function placesOf(level: StandardLevel): readonly string[] {
  return [level, `${level}-enforced`];
}

function namespaceObject(name: string): JsonObject {
  const [, level] = /^(\w+)-enforced$/.exec(name) ?? [];
  const labels = level === undefined ? {} : {'pod-security.kubernetes.io/enforce': level};
  return {apiVersion: 'v1', kind: 'Namespace', metadata: {name, labels}};
}

function podOf(spec: JsonObject, annotations: JsonObject = {}): JsonObject {
  return podObject({name: 'p', annotations}, spec);
}

function annotationsOf(pod: JsonObject): JsonObject {
  const {annotations} = objectOf(pod.metadata);
  return annotations === undefined || annotations === null ? {} : objectOf(annotations);
}

/** The status, and what is said of a refusal. */
function wordsOf({status, json}: ApiAnswer): string {
  if (status === 201) return '201';
  // The plugin joins the errors of several policies in random order.
  const message = String(objectOf(json).message);
  return message.includes('PodSecurityPolicy: ')
    ? `${status} PodSecurityPolicy`
    : `${status} ${message}`;
}

const plurals: Readonly<Record<string, string>> = {
  PodSecurityPolicy: '/apis/policy/v1beta1/podsecuritypolicies',
  ClusterRole: `/apis/${rbac}/v1/clusterroles`,
  ClusterRoleBinding: `/apis/${rbac}/v1/clusterrolebindings`,
  RoleBinding: `/apis/${rbac}/v1/namespaces/kube-system/rolebindings`,
};

/** Applies each document of a YAML stream as it is; the statuses. */
async function apply(server: ApiServer, yaml: string): Promise<readonly number[]> {
  const statuses: number[] = [];
  for (const text of yaml.split(/^---$/m)) {
    const [, kind = ''] = /^kind: (\w+)$/m.exec(text) ?? [];
    const [, name = ''] = /^ {2}name: (\S+)$/m.exec(text) ?? [];
    const path = `${plurals[kind]}/${name}?fieldManager=test`;
    const contentType = 'application/apply-patch+yaml';
    statuses.push((await server.request('PATCH', path, text, {contentType})).status);
  }
  return statuses;
}

async function versions(server: ApiServer): Promise<readonly unknown[]> {
  const {json} = await server.request('GET', plurals.PodSecurityPolicy ?? '');
  const {items} = objectOf(json);
  if (!Array.isArray(items)) throw new Error('no items');
  return items.map(item => objectOf(objectOf(item).metadata).resourceVersion);
}

/** The plugin and the authorizer work on caches: waits until the last grant has got there. */
async function settled(server: ApiServer): Promise<void> {
  const isBaseline = async (place: string) => {
    const path = `/api/v1/namespaces/${place}/pods?dryRun=All`;
    const {text} = await server.request('POST', path, podOf(plain), alice);
    return text.includes('pss-baseline');
  };
  for (const place of placesOf('baseline')) {
    await vi.waitUntil(() => isBaseline(place), {timeout: 90_000});
  }
}
