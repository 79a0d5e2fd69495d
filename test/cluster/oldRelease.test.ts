import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Json, JsonObject} from '../../src/kube/json.ts';
import {openRules} from '../support/builders/policies.ts';
import {oldApiServer} from '../support/kubernetes/oldServer.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {fileOf} from '../support/run/files.ts';
import {objectOf} from '../support/run/output.ts';
import {itemsHere, runHere} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {expectSame, replicaSetOf, type Trial} from './trials.ts';
import {podOf} from './whyWorlds.ts';

const rbac = 'rbac.authorization.k8s.io';
const podsPerPolicy = 25;
const seccompKey = 'seccomp.security.alpha.kubernetes.io';
const profiles = ['runtime/default', 'docker/default', 'unconfined', 'localhost/a'];

/** Policies in which releases differ, each of a namespace that has its name. */
const policies: Readonly<Record<string, {readonly spec: JsonObject; readonly profiles?: string}>> =
  {
    secrets: {spec: {volumes: ['secret']}},
    projected: {spec: {volumes: ['projected', 'emptyDir']}},
    ephemeral: {spec: {volumes: ['ephemeral', 'secret', 'emptyDir']}},
    docker: {spec: {volumes: ['*']}, profiles: 'docker/default'},
    any: {spec: {volumes: ['*'], allowedUnsafeSysctls: ['kernel.msg*']}, profiles: '*'},
    strict: {
      spec: {
        volumes: ['*'],
        defaultAllowPrivilegeEscalation: false,
        requiredDropCapabilities: ['KILL'],
        fsGroup: {rule: 'MustRunAs', ranges: [{min: 5, max: 9}]},
      },
      profiles: 'runtime/default,localhost/a',
    },
  };

const some = <T>(...values: readonly T[]) =>
  fc.option(fc.constantFrom(...values), {nil: undefined, freq: 2});
const seccompProfile = some<Json>(
  {type: 'RuntimeDefault'},
  {type: 'Unconfined'},
  {type: 'Localhost', localhostProfile: 'a'},
);
const volume = fc.constantFrom<JsonObject>(
  {emptyDir: {}},
  {projected: {sources: [{configMap: {name: 'm'}}]}},
  {secret: {secretName: 's'}},
  {
    ephemeral: {
      volumeClaimTemplate: {
        spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '1Gi'}}},
      },
    },
  },
);
const anyPod = fc.record({
  podProfile: some(...profiles),
  ownProfile: some(...profiles),
  podField: seccompProfile,
  ownField: seccompProfile,
  privileged: some(true),
  sysctl: some('net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start', 'kernel.msgmax'),
  automount: some(false),
  volumes: fc.array(volume, {maxLength: 2}),
});
type AnyPod = typeof anyPod extends fc.Arbitrary<infer T> ? T : never;

/** A ReplicaSet of such a pod, so that it is certain who submits it. Annotations agree with fields. */
function replicaSet(pod: AnyPod, namespace: string, name: string): JsonObject {
  const annotations = {
    [`${seccompKey}/pod`]: pod.podField === undefined ? pod.podProfile : undefined,
    [`container.${seccompKey}/c`]: pod.ownField === undefined ? pod.ownProfile : undefined,
  };
  const {sysctl, privileged, podField, ownField} = pod;
  const spec = {
    automountServiceAccountToken: pod.automount,
    securityContext: {
      seccompProfile: podField,
      sysctls: sysctl === undefined ? undefined : [{name: sysctl, value: '1'}],
    },
    containers: [{name: 'c', image: 'x', securityContext: {privileged, seccompProfile: ownField}}],
    volumes: pod.volumes.map((source, index) => ({name: `v${index}`, ...source})),
  };
  return replicaSetOf(namespace, name, {spec, annotations});
}

/** A ReplicaSet of a pod that asks for nothing. */
function plain(name: string, namespace: string): JsonObject {
  return replicaSetOf(namespace, name, {spec: {containers: [{name: 'c', image: 'x'}]}});
}

/** A namespace whose accounts may use one policy. No controller makes tokens, so the account's stands here. */
function worldOf(name: string, {spec, profiles}: (typeof policies)[string]): readonly JsonObject[] {
  const group = {apiGroup: rbac, kind: 'Group', name: `system:serviceaccounts:${name}`};
  const use = {
    apiGroups: ['policy'],
    resources: ['podsecuritypolicies'],
    resourceNames: [name],
    verbs: ['use'],
  };
  const annotations = {[`${seccompKey}/allowedProfileNames`]: profiles};
  return JSON.parse(
    JSON.stringify([
      {apiVersion: 'v1', kind: 'Namespace', metadata: {name}},
      {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: {name: 'default', namespace: name},
        secrets: [{name: 'default-token-abcde'}],
      },
      {
        apiVersion: 'policy/v1beta1',
        kind: 'PodSecurityPolicy',
        metadata: {name, annotations},
        spec: {privileged: true, ...openRules, ...spec},
      },
      {apiVersion: `${rbac}/v1`, kind: 'Role', metadata: {name, namespace: name}, rules: [use]},
      {
        apiVersion: `${rbac}/v1`,
        kind: 'RoleBinding',
        metadata: {name, namespace: name},
        roleRef: {apiGroup: rbac, kind: 'Role', name},
        subjects: [group],
      },
    ]),
  ) as readonly JsonObject[];
}

/** A token of the account `default`, whose uid the server has given. */
async function createToken(server: ApiServer, namespace: string): Promise<void> {
  const at = `/api/v1/namespaces/${namespace}`;
  const account = await server.request('GET', `${at}/serviceaccounts/default`);
  const {uid} = objectOf(objectOf(account.json).metadata);
  const name = 'default-token-abcde';
  const annotations = {
    'kubernetes.io/service-account.name': 'default',
    'kubernetes.io/service-account.uid': uid ?? null,
  };
  const data = {token: 'eA==', namespace: 'eA=='};
  const type = 'kubernetes.io/service-account-token';
  const secret = {apiVersion: 'v1', kind: 'Secret', metadata: {name, annotations}, type, data};
  expect((await server.request('POST', `${at}/secrets`, secret)).status).toBe(201);
}

const controller = 'system:serviceaccount:kube-system:replicaset-controller';
const program = oldApiServer();

describe.runIf(program !== undefined && hasReference('etcd'))('an API server of v1.20', () => {
  let server: ApiServer;
  const names = Object.keys(policies);
  const sets = names.flatMap(namespace =>
    fc
      .sample(anyPod, podsPerPolicy)
      .map((pod, index) => replicaSet(pod, namespace, `${namespace}-${index}`)),
  );

  beforeAll(async () => {
    if (program === undefined) return;
    server = await startApiServer({program, args: ['--feature-gates=ServerSideApply=false']});
    await server.createAll(Object.entries(policies).flatMap(([name, one]) => worldOf(name, one)));
    for (const name of names) await createToken(server, name);
  });
  afterAll(() => server?.stop());

  test('is judged by its own rules: verdict, policy, changes and message', async () => {
    const verdicts = await itemsHere(
      'why',
      '-A',
      '-f',
      fileOf(sets),
      '--kubeconfig',
      server.kubeconfig,
    );
    const byName = new Map(verdicts.map(verdict => [verdict.name, verdict]));
    const trials = sets.map((set): Trial => {
      const {namespace, name} = objectOf(set.metadata);
      return {
        label: `${namespace}/${name} ${JSON.stringify(objectOf(set.spec).template)}`,
        pod: podOf(set),
        user: controller,
        groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system'],
        verdict: objectOf(byName.get(String(name))),
      };
    });
    const seen = await expectSame(server, trials);
    expect(trials).toHaveLength(names.length * podsPerPolicy);
    for (const way of ['ok', 'mutated', 'denied']) expect(seen[way], way).toBeGreaterThan(2);
  });

  test('says its version, and what an upgrade would change', async () => {
    const live = ['--kubeconfig', server.kubeconfig];
    const version = await runHere('version', '-o', 'wide', ...live);
    expect(version.out).toContain('server: v1.20.15 ');
    expect(version.out).toContain('rules: those of v1.20\n');
    await server.createAll([plain('web', 'projected'), plain('web', 'secrets')]);
    const {out} = await runHere('check', '-n', 'secrets', ...live);
    expect(out).toContain('Rules:      those of v1.20\n');
    // What gets a token as a secret is denied by the policy `projected`, and will not be.
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(
      /Upgrade: +to v1\.21, pods and workloads: 1 is no longer denied, 1 stays/,
    );
    expect(out).toMatch(/\nprojected +ReplicaSet +web +denied +projected +admitted/);
  });
});
