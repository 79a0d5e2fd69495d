import type {JsonObject} from '../../../src/kube/json.ts';
import {podObject} from '../builders/pods.ts';

const rbac = 'rbac.authorization.k8s.io';

/** A policy with exactly this spec, as a chart or a platform ships it. */
export function psp(name: string, spec: JsonObject, annotations?: JsonObject): JsonObject {
  return {
    apiVersion: 'policy/v1beta1',
    kind: 'PodSecurityPolicy',
    metadata: {name, annotations},
    spec,
  };
}

export const anyone = {rule: 'RunAsAny'};
/** All but root, and all groups but that of root. */
export const nonRoot = {rule: 'MustRunAsNonRoot'};
export const groups = {rule: 'MustRunAs', ranges: [{min: 1, max: 65535}]};
/** What holds nothing of the node. */
export const plainVolumes = [
  'configMap',
  'emptyDir',
  'projected',
  'secret',
  'downwardAPI',
  'persistentVolumeClaim',
];

/** Privileged in everything, as in Kubernetes' documentation. */
export const privilegedSpec: JsonObject = {
  privileged: true,
  allowPrivilegeEscalation: true,
  allowedCapabilities: ['*'],
  volumes: ['*'],
  hostNetwork: true,
  hostPorts: [{min: 0, max: 65535}],
  hostIPC: true,
  hostPID: true,
  runAsUser: anyone,
  seLinux: anyone,
  supplementalGroups: anyone,
  fsGroup: anyone,
};

/** Restricted, as in Kubernetes' documentation. */
export const restrictedSpec: JsonObject = {
  privileged: false,
  allowPrivilegeEscalation: false,
  requiredDropCapabilities: ['ALL'],
  volumes: plainVolumes,
  hostNetwork: false,
  hostIPC: false,
  hostPID: false,
  runAsUser: nonRoot,
  seLinux: anyone,
  supplementalGroups: groups,
  fsGroup: groups,
  readOnlyRootFilesystem: false,
};

/** What a container sets under the restricted standard. */
export const hardened: JsonObject = {
  runAsNonRoot: true,
  runAsUser: 1000,
  allowPrivilegeEscalation: false,
  capabilities: {drop: ['ALL']},
};

/** A ClusterRole that grants the use of policies. */
export function roleToUse(name: string, ...policies: readonly string[]): JsonObject {
  const rule = {
    apiGroups: ['policy'],
    resources: ['podsecuritypolicies'],
    verbs: ['use'],
    ...(policies.length > 0 ? {resourceNames: [...policies]} : {}),
  };
  return clusterRole(name, rule);
}

export function clusterRole(name: string, ...rules: readonly JsonObject[]): JsonObject {
  return {apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: {name}, rules};
}

/** Binds a ClusterRole, in the namespace or everywhere; subjects are `sa:NS/NAME`, `group:NAME` or `user:NAME`. */
export function bound(
  name: string,
  role: string,
  namespace: string | undefined,
  ...subjects: readonly string[]
): JsonObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: {name, namespace},
    roleRef: {apiGroup: rbac, kind: 'ClusterRole', name: role},
    subjects: subjects.map(subjectOf),
  };
}

function subjectOf(text: string): JsonObject {
  const [, kind = '', rest = ''] = /^(sa|group|user):(.*)$/.exec(text) ?? [];
  const [namespace, name] = rest.split('/');
  if (kind === 'sa') return {kind: 'ServiceAccount', namespace, name};
  return {apiGroup: rbac, kind: kind === 'group' ? 'Group' : 'User', name: rest};
}

export function namespaces(...names: readonly string[]): readonly JsonObject[] {
  return names.map(name => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name}}));
}

/** A workload and its pods. */
export interface Run {
  readonly kind: 'Deployment' | 'DaemonSet' | 'StatefulSet';
  readonly namespace: string;
  readonly name: string;
  readonly account?: string;
  readonly spec: JsonObject;
  /** The policy that admitted the pods. */
  readonly under: string;
  /** How many pods there are. */
  readonly pods?: number;
}

/** The workload, and the pods that run for it, as a cluster lists them. */
export function runs({kind, namespace, name, account, spec, under, pods = 2}: Run) {
  const podSpec = {serviceAccountName: account ?? name, ...spec};
  const uid = `uid-${namespace}-${name}`;
  const selector = {matchLabels: {app: name}};
  const template = {metadata: {labels: {app: name}}, spec: podSpec};
  const whole = {
    apiVersion: 'apps/v1',
    kind,
    metadata: {name, namespace, uid},
    spec: {...(kind === 'DaemonSet' ? {} : {replicas: pods}), selector, template},
  };
  const owner = {apiVersion: 'apps/v1', kind, name, uid, controller: true};
  const set = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {name: `${name}-5d`, namespace, uid: `${uid}-5d`, ownerReferences: [owner]},
    spec: {replicas: pods, selector, template},
  };
  const setOwner = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: `${name}-5d`,
    uid: `${uid}-5d`,
  };
  const isSet = kind === 'Deployment';
  return [
    whole,
    ...(isSet ? [set] : []),
    ...Array.from({length: pods}, (_, index) =>
      podObject(
        {
          name: isSet ? `${name}-5d-${index}` : `${name}-${index}`,
          namespace,
          labels: {app: name},
          annotations: {'kubernetes.io/psp': under},
          ownerReferences: [isSet ? {...setOwner, controller: true} : owner],
        },
        podSpec,
      ),
    ),
  ] satisfies readonly JsonObject[];
}

/** One container of this security context, with these mounts. */
export function one(
  name: string,
  securityContext: JsonObject = {},
  more: JsonObject = {},
): JsonObject {
  return {containers: [{name, image: `${name}:1`, securityContext, ...more}]};
}
