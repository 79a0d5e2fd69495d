import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {isObject, type Json, type JsonObject, printJson} from '../../src/kube/json.ts';
import {type ApiServer, startApiServer} from '../support/apiServer.ts';
import {hasReference, isThorough} from '../support/reference.ts';
import {fileOf, itemsHere, objectOf} from '../support/world.ts';
import {type Case, errorsOf, objectsOf, patched, podIn, securityOf, validCases} from './pods.ts';
import {prepared, readPod} from './prepared.ts';

const worldCount = isThorough ? 14 : 8;
const podsPerWorld = 14;
const templatesPerWorld = 14;

/** One pod to submit, and what `why` said of it. */
interface Trial {
  readonly label: string;
  readonly pod: JsonObject;
  readonly user: string;
  readonly groups: readonly string[];
  readonly verdict: JsonObject;
}

const controllers: Readonly<Record<string, string>> = {
  Deployment: 'replicaset-controller',
  ReplicaSet: 'replicaset-controller',
  StatefulSet: 'statefulset-controller',
  DaemonSet: 'daemon-set-controller',
  ReplicationController: 'replication-controller',
  Job: 'job-controller',
  CronJob: 'job-controller',
};
const kinds = Object.keys(controllers);

describe.runIf(hasReference('etcd', 'kube-apiserver'))('why, against the API server itself', () => {
  const cases = validCases();
  const worlds = cases
    .filter((_, index) => index % 7 === 3)
    .filter(({policies, namespace}) => policies.length > 1 && namespace !== 'kube-system')
    .slice(0, worldCount)
    .map((base, index) => worldOf(base, `w${index}`, cases, index));
  let server: ApiServer;

  beforeAll(async () => {
    server = await startApiServer();
    await server.createAll([...common(cases), ...worlds.flatMap(({objects}) => objects)]);
  });
  afterAll(() => server?.stop());

  test('bare pods of files: verdict, policy, changes and message are the server’s', async () => {
    const trials: Trial[] = [];
    for (const {pods, user, groups} of worlds) {
      const verdicts = await itemsHere(
        ...['why', '-f', fileOf(pods), '--kubeconfig', server.kubeconfig],
        ...['--requester', [user, ...groups].join(',')],
      );
      trials.push(...pods.map(pod => trialOf(pod, verdicts, user, groups)));
    }
    const seen = await expectSame(server, trials);
    expect(trials).toHaveLength(worldCount * podsPerWorld);
    for (const way of ['ok', 'mutated', 'denied']) expect(seen[way]).toBeGreaterThan(worldCount);
  });

  test('workloads of the cluster: the same, as their controllers submit them', async () => {
    const stored = await server.createAll(worlds.flatMap(({workloads}) => workloads));
    const verdicts = await itemsHere('why', '-A', '--kubeconfig', server.kubeconfig);
    const trials = stored.map(object => {
      const workload = objectOf(object);
      const {namespace, name} = objectOf(workload.metadata);
      const controller = controllers[String(workload.kind)];
      const verdict = verdicts.find(item => item.namespace === namespace && item.name === name);
      return {
        label: `${workload.kind} ${namespace}/${name}`,
        pod: podOf(workload),
        user: `system:serviceaccount:kube-system:${controller}`,
        groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system'],
        verdict: objectOf(verdict),
      };
    });
    const seen = await expectSame(server, trials);
    expect(trials).toHaveLength(worldCount * templatesPerWorld);
    for (const way of ['ok', 'mutated', 'denied']) expect(seen[way]).toBeGreaterThan(20);
  });

  test('mirror pods: asked for by their node', async () => {
    const pods = cases
      .filter(({pod}) => !printJson(pod).includes('"secret') && !printJson(pod).includes('oken'))
      .slice(0, 16)
      .map(({pod}, index) => mirrorOf(podIn(pod, 'w1', {name: `mirror-${index}`})));
    const verdicts = await itemsHere('why', '-f', fileOf(pods), '--kubeconfig', server.kubeconfig);
    const trials = pods.map(pod => trialOf(pod, verdicts, 'system:node:n1', ['system:nodes']));
    const seen = await expectSame(server, trials);
    expect(Object.keys(seen)).toEqual(expect.arrayContaining(['denied', 'mutated']));
  });
});

/** What all the worlds need: who may create pods, and the runtime classes that are named. */
function common(cases: readonly Case[]): readonly JsonObject[] {
  const text = printJson(cases);
  const names = new Set([
    ...[...text.matchAll(/"(?:runtimeClassName|defaultRuntimeClassName)":"([^"]+)"/g)].map(
      ([, name]) => name ?? '',
    ),
  ]);
  return [
    sharedPolicy('zz-open', openSpec),
    sharedPolicy('zz-filling', fillingSpec),
    ...[...names].map(name => ({
      ...{apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: {name}, handler: 'runc'},
    })),
    {
      ...{apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole'},
      metadata: {name: 'creator'},
      rules: [{apiGroups: [''], resources: ['pods'], verbs: ['create']}],
    },
    {
      ...{apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding'},
      metadata: {name: 'creators'},
      roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'creator'},
      subjects: [
        {apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:authenticated'},
      ],
    },
  ];
}

/** A namespace with the rights of one case, and pods and workloads of many. */
function worldOf(base: Case, id: string, cases: readonly Case[], index: number) {
  const own = objectOf(base.pod.spec).serviceAccountName ?? 'default';
  // Pods near the case's own come from cases next to it; others from everywhere.
  const pick = (number: number) => cases[(index * 97 + number * 31) % cases.length] ?? base;
  const accountFor = (number: number) => (number % 3 === 0 ? 'quiet' : own);
  const pods = Array.from({length: podsPerWorld}, (_, number) => {
    const name = number % 5 === 4 ? {generateName: `g${number}-`} : {name: `p${number}`};
    return podIn(number === 0 ? base.pod : pick(number).pod, id, name, accountFor(number));
  });
  const workloads = Array.from({length: templatesPerWorld}, (_, number) =>
    workloadOf(kinds[number % kinds.length] ?? 'Job', `t${number}`, {
      ...podIn(pick(number + 50).pod, id, {}, accountFor(number + 1)),
    }),
  );
  const accounts = [...new Set(['default', 'quiet', String(own)])];
  return {
    user: base.user.username,
    groups: base.user.groups,
    pods,
    workloads,
    objects: [
      {apiVersion: 'v1', kind: 'Namespace', metadata: {name: id}},
      ...accounts.map(name => ({
        ...{apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name, namespace: id}},
        ...(name === 'quiet' ? {automountServiceAccountToken: false} : {}),
      })),
      ...objectsOf(base, id),
      ...grantsTo(id, index, base),
    ],
  };
}

/** Policies of all worlds that `quiet` may use, world by world: a filling one, an open one, none. */
const shared = [['zz-filling'], ['zz-open'], []];
const any = {rule: 'RunAsAny'};
const openSpec = {
  ...{privileged: true, hostNetwork: true, hostPID: true, hostIPC: true},
  ...{volumes: ['*'], allowedCapabilities: ['*'], hostPorts: [{min: 0, max: 65535}]},
  ...{runAsUser: any, seLinux: any, supplementalGroups: any, fsGroup: any},
  ...{allowedUnsafeSysctls: ['*']},
};
const fillingSpec = {
  ...openSpec,
  ...{defaultAllowPrivilegeEscalation: false},
  fsGroup: {rule: 'MustRunAs', ranges: [{min: 0, max: 4294967295}]},
  supplementalGroups: {rule: 'MustRunAs', ranges: [{min: 7, max: 4294967295}]},
};

function sharedPolicy(name: string, spec: JsonObject): JsonObject {
  const annotations = {'seccomp.security.alpha.kubernetes.io/allowedProfileNames': '*'};
  return {
    apiVersion: 'policy/v1beta1',
    kind: 'PodSecurityPolicy',
    metadata: {name, annotations},
    spec,
  };
}

/** In every other world controllers may use the case's policies too; in all of them `quiet` may. */
function grantsTo(id: string, index: number, {policies}: Case): readonly JsonObject[] {
  const account = (name: string, namespace: string) => ({kind: 'ServiceAccount', name, namespace});
  const name = `${id}-all`;
  return [
    {
      ...{apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role'},
      metadata: {name, namespace: id},
      rules: [
        {
          apiGroups: [index % 4 === 0 ? 'extensions' : 'policy'],
          resources: ['podsecuritypolicies'],
          resourceNames: [
            ...(shared[index % 3] ?? []),
            ...policies.map(policy => `${id}-${objectOf(policy.metadata).name}`),
          ],
          verbs: ['use'],
        },
      ],
    },
    {
      ...{apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding'},
      metadata: {name, namespace: id},
      roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name},
      subjects: [
        account('quiet', id),
        ...(index % 2 === 0
          ? [...new Set(Object.values(controllers))].map(name => account(name, 'kube-system'))
          : []),
      ],
    },
  ];
}

function workloadOf(kind: string, name: string, {metadata, spec}: JsonObject): JsonObject {
  const {namespace, labels, annotations = {}} = objectOf(metadata);
  const isJob = kind === 'Job' || kind === 'CronJob';
  const {activeDeadlineSeconds: _deadline, ...rest} = objectOf(spec);
  const all = {...(isObject(labels) ? labels : {}), app: name};
  const template = {
    metadata: {annotations, ...(kind === 'Job' ? {labels} : {labels: all})},
    spec: {...rest, restartPolicy: isJob ? 'Never' : 'Always'},
  };
  const selector = kind === 'ReplicationController' ? {app: name} : {matchLabels: {app: name}};
  const group = kind === 'ReplicationController' ? 'v1' : isJob ? 'batch/v1' : 'apps/v1';
  const head = {apiVersion: group, kind, metadata: {name, namespace}};
  if (kind === 'Job') return {...head, spec: {template}} as JsonObject;
  if (kind === 'CronJob') {
    return {...head, spec: {schedule: '0 0 * * *', jobTemplate: {spec: {template}}}} as JsonObject;
  }
  const claims = kind === 'StatefulSet' ? {serviceName: name, volumeClaimTemplates: [claim]} : {};
  return {...head, spec: {selector, template, ...claims}} as JsonObject;
}

const claim = {
  metadata: {name: 'data'},
  spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '1Gi'}}},
};

/** The pod that a controller makes of the stored workload. */
function podOf({kind, metadata, spec}: JsonObject): JsonObject {
  const {name, namespace} = objectOf(metadata);
  const own = objectOf(spec);
  const template = objectOf(
    kind === 'CronJob' ? objectOf(objectOf(own.jobTemplate).spec).template : own.template,
  );
  const podSpec = objectOf(template.spec);
  const isStateful = kind === 'StatefulSet';
  const volumes = Array.isArray(podSpec.volumes) ? podSpec.volumes : [];
  const others = volumes.filter(volume => objectOf(volume).name !== 'data');
  const data = {name: 'data', persistentVolumeClaim: {claimName: `data-${name}-0`}};
  return {
    ...{apiVersion: 'v1', kind: 'Pod'},
    metadata: {
      ...objectOf(template.metadata),
      ...(isStateful ? {name: `${name}-0`} : {generateName: `${name}-`}),
      namespace,
    },
    spec: isStateful ? {...podSpec, volumes: [data, ...others]} : podSpec,
  } as JsonObject;
}

function mirrorOf(pod: JsonObject): JsonObject {
  const {serviceAccountName: _account, ...spec} = objectOf(pod.spec);
  const {annotations, ...metadata} = objectOf(pod.metadata);
  const mark = {...(isObject(annotations) ? annotations : {}), 'kubernetes.io/config.mirror': 'x'};
  return {
    ...pod,
    metadata: {...metadata, annotations: mark},
    spec: {...spec, nodeName: 'n1'},
  } as JsonObject;
}

function trialOf(
  pod: JsonObject,
  verdicts: readonly JsonObject[],
  user: string,
  groups: readonly string[],
): Trial {
  const {namespace, name, generateName} = objectOf(pod.metadata);
  const verdict = verdicts.find(item => item.name === (name ?? generateName));
  const label = `${namespace}/${name ?? generateName}`;
  return {label, pod, user, groups, verdict: objectOf(verdict)};
}

/** Submits every pod as a dry run and compares; counts what came out. */
async function expectSame(
  server: ApiServer,
  trials: readonly Trial[],
): Promise<Readonly<Record<string, number>>> {
  const seen: Record<string, number> = {};
  const differences: string[] = [];
  for (const trial of trials) {
    const {namespace} = objectOf(trial.pod.metadata);
    const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All`;
    const {status, json} = await server.request('POST', path, trial.pod, {
      as: trial.user,
      asGroups: trial.groups,
    });
    const {state} = trial.verdict;
    // The policy's own values make the pod invalid: that is found after admission.
    const way = status === 422 && state === 'mutated' ? 'invalid' : String(state);
    seen[way] = (seen[way] ?? 0) + 1;
    const difference = differenceIn(trial, status, json);
    if (difference !== undefined) differences.push(`${trial.label}: ${difference}`);
  }
  expect(differences).toEqual([]);
  return seen;
}

function differenceIn(
  {pod, verdict}: Trial,
  status: number,
  json: Json | undefined,
): string | undefined {
  const answer = objectOf(json);
  if (status === 422) {
    return verdict.state === 'mutated' ? undefined : `${verdict.state}, but ${answer.message}`;
  }
  if (status !== 201) {
    const [ours, theirs] = [verdict.message ?? 'admitted', answer.message].map(message =>
      errorsOf(String(message)).join('\n'),
    );
    return ours === theirs ? undefined : `we say\n${ours}\nthe server says\n${theirs}`;
  }
  const chosen = objectOf(objectOf(answer.metadata).annotations)['kubernetes.io/psp'];
  if (verdict.policy !== chosen) return `we say ${verdict.policy}, the server ${chosen}`;
  const changes = (verdict.changes as readonly JsonObject[]) ?? [];
  const ours = securityOf(prepared(patched(pod, changes), String(chosen)));
  const theirs = securityOf(readPod(answer));
  return ours === theirs ? undefined : `we make it\n${ours}\nthe server\n${theirs}`;
}
