import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {JsonObject} from '../../src/kube/json.ts';
import {readDocuments} from '../../src/yaml/documents.ts';
import {podObject} from '../support/builders/pods.ts';
import {policyObject} from '../support/builders/policies.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {itemsOf, objectOf} from '../support/run/output.ts';
import {runHere} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';

const users = [
  {token: 'creator-token', name: 'creator'},
  {token: 'policies-token', name: 'policies'},
];
const rbac = 'rbac.authorization.k8s.io';
const policy = (name: string, spec: JsonObject) =>
  policyObject(name, {allowPrivilegeEscalation: true, ...spec});

/** A clerk may be as tight as it gets; an agent needs more, which no policy here has just so. */
const pods: Readonly<Record<string, JsonObject>> = {
  clerk: {containers: [{name: 'c', image: 'i', securityContext: {readOnlyRootFilesystem: true}}]},
  agent: {containers: [{name: 'c', image: 'i'}], hostNetwork: true},
};

describe.runIf(hasReference('etcd', 'kube-apiserver'))('existing policies, live', () => {
  let server: ApiServer;
  let live: readonly string[];

  beforeAll(async () => {
    server = await startApiServer({users});
    live = ['--kubeconfig', server.kubeconfig];
    await server.createAll(objects());
  });
  afterAll(() => server?.stop());

  test('advise --reuse --grant: the server then chooses the policies that it names', async () => {
    const flags = ['advise', '-n', 'team', '--reuse', ...live];
    // Make the least policy of the clerk one that exists: then it is the one to reuse.
    const least = await runHere('advise', '-n', 'team', '-l', 'app=clerk', ...live);
    await server.createAll(
      readDocuments(least.out.replace('0-least.team.clerk', 'm-clerk'), 'yaml').map(({value}) =>
        objectOf(value),
      ),
    );
    const items = itemsOf((await runHere(...flags, '-o', 'json')).out);
    expect(items).toMatchObject([
      {policy: '0-least.team.agent', new: true, existing: ['open'], overtaken: []},
      {policy: 'm-clerk', new: false, existing: ['m-clerk'], overtaken: []},
    ]);

    const {out, err} = await runHere(...flags, '--grant');
    expect(err).toBe('');
    await server.createAll(readDocuments(out, 'yaml').map(({value}) => objectOf(value)));
    expect(await chosenFor('clerk')).toBe('m-clerk');
    expect(await chosenFor('agent')).toBe('0-least.team.agent');
    // Now all is granted and exists: nothing is left to be done but to name it.
    expect((await runHere(...flags, '--grant')).out.replaceAll(/^#.*\n/gm, '')).toBe('');
  });

  test('advise --compare counts what the server binds to a policy', async () => {
    const {out, code} = await runHere('advise', '--compare', 'm-clerk', ...live, '-o', 'json');
    expect(code).toBe(0);
    const [item] = itemsOf(out);
    expect(item?.workloads).toEqual([{namespace: 'team', kind: 'Deployment', name: 'clerk'}]);
    const controls = item?.controls as readonly JsonObject[];
    expect(controls.filter(({state}) => state !== 'tight')).toEqual([]);
  });

  test('diff takes the right to list policies, and no other', async () => {
    const answer = await runHere('diff', 'open', 'm-clerk', ...live, '--token', 'policies-token');
    expect(answer.err).toBe('');
    expect(answer.code).toBe(1);
    expect(answer.out).toContain('B (m-clerk) is tighter than A (open)');
    const refused = await runHere('diff', 'open', 'm-clerk', ...live, '--token', 'creator-token');
    expect(refused.code).toBe(4);
    expect(refused.err).toMatch(/error: could not read podsecuritypolicies: .*cannot list/);
  });

  async function chosenFor(name: string): Promise<unknown> {
    const pod = podObject({generateName: `${name}-`}, {...pods[name], serviceAccountName: name});
    const path = '/api/v1/namespaces/team/pods?dryRun=All';
    const {json, text} = await server.request('POST', path, pod, {token: 'creator-token'});
    const {annotations} = objectOf(objectOf(json).metadata);
    expect(annotations, text).toBeDefined();
    return objectOf(annotations)['kubernetes.io/psp'];
  }
});

function objects(): readonly JsonObject[] {
  const role = (name: string, rules: readonly JsonObject[]): JsonObject => ({
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: {name},
    rules,
  });
  const bound = (name: string, user: string): JsonObject => ({
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: {name},
    roleRef: {apiGroup: rbac, kind: 'ClusterRole', name},
    subjects: [{apiGroup: rbac, kind: 'User', name: user}],
  });
  const psp = {apiGroups: ['policy'], resources: ['podsecuritypolicies']};
  return [
    {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'team'}},
    policy('open', {privileged: true, hostNetwork: true, hostPID: true, volumes: ['*']}),
    policy('z-none', {volumes: []}),
    role('create-pods', [{apiGroups: [''], resources: ['pods'], verbs: ['create']}]),
    bound('create-pods', 'creator'),
    role('list-policies', [{...psp, verbs: ['list']}]),
    bound('list-policies', 'policies'),
    ...Object.entries(pods).flatMap(([name, spec]): readonly JsonObject[] => [
      {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name, namespace: 'team'}},
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: {name, namespace: 'team', labels: {app: name}},
        spec: {
          selector: {matchLabels: {app: name}},
          template: {metadata: {labels: {app: name}}, spec: {...spec, serviceAccountName: name}},
        },
      },
    ]),
  ];
}
