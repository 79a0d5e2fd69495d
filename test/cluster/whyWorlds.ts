import {isObject, type JsonObject, printJson} from '../../src/kube/json.ts';
import {podObject} from '../support/builders/pods.ts';
import {openRules} from '../support/builders/policies.ts';
import {objectOf} from '../support/run/output.ts';
import {type Case, objectsOf, podIn} from './pods.ts';

/** How many bare pods a world has. */
export const podsPerWorld = 14;
/** How many workloads a world has. */
export const templatesPerWorld = 14;

/** The account of the controller that makes the pods of a kind, in kube-system. */
export const controllers: Readonly<Record<string, string>> = {
  Deployment: 'replicaset-controller',
  ReplicaSet: 'replicaset-controller',
  StatefulSet: 'statefulset-controller',
  DaemonSet: 'daemon-set-controller',
  ReplicationController: 'replication-controller',
  Job: 'job-controller',
  CronJob: 'job-controller',
};
const kinds = Object.keys(controllers);

/** What all the worlds need: who may create pods, and the runtime classes that are named. */
export function common(cases: readonly Case[]): readonly JsonObject[] {
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
      apiVersion: 'node.k8s.io/v1',
      kind: 'RuntimeClass',
      metadata: {name},
      handler: 'runc',
    })),
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: {name: 'creator'},
      rules: [{apiGroups: [''], resources: ['pods'], verbs: ['create']}],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: {name: 'creators'},
      roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'creator'},
      subjects: [
        {apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:authenticated'},
      ],
    },
  ];
}

/** A namespace with the rights of one case, and pods and workloads of many. */
export function worldOf(base: Case, id: string, cases: readonly Case[], index: number) {
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
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: {name, namespace: id},
        ...(name === 'quiet' ? {automountServiceAccountToken: false} : {}),
      })),
      ...objectsOf(base, id),
      ...grantsTo(id, index, base),
    ],
  };
}

/** Policies of all worlds that `quiet` may use, world by world: a filling one, an open one, none. */
const shared = [['zz-filling'], ['zz-open'], []];
const openSpec = {
  privileged: true,
  hostNetwork: true,
  hostPID: true,
  hostIPC: true,
  volumes: ['*'],
  allowedCapabilities: ['*'],
  hostPorts: [{min: 0, max: 65535}],
  ...openRules,
  allowedUnsafeSysctls: ['*'],
};
const fillingSpec = {
  ...openSpec,
  defaultAllowPrivilegeEscalation: false,
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
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
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
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
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
export function podOf({kind, metadata, spec}: JsonObject): JsonObject {
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
  const naming = isStateful ? {name: `${name}-0`} : {generateName: `${name}-`};
  return podObject(
    {...objectOf(template.metadata), ...naming, namespace},
    isStateful ? {...podSpec, volumes: [data, ...others]} : podSpec,
  );
}
