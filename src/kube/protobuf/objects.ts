/** The messages of k8s.io/api v0.24 besides pods, as far as they are read. */
import {type ReadKind, type WorkloadKind, workloadKinds} from '../workloadKinds.ts';
import {
  type Field,
  fullMessage,
  inline,
  type Message,
  many,
  message,
  nonZero,
  one,
} from './message.ts';
import {labelSelector, objectMetaMessage} from './meta.ts';
import {hostPath, podSpecMessage, podTemplate, seLinuxOptions} from './pod.ts';

const core = (name: string) => `k8s.io/api/core/v1.${name}`;
const apps = (name: string) => `k8s.io/api/apps/v1.${name}`;
const batch = (name: string) => `k8s.io/api/batch/v1.${name}`;
const rbac = (name: string) => `k8s.io/api/rbac/v1.${name}`;
const policy = (name: string) => `k8s.io/api/policy/v1beta1.${name}`;

const metadata = one(1, objectMetaMessage);

const ranges = {
  rule: one(1, 'string'),
  ranges: many(2, message(policy('IDRange'), {min: one(1, 'int64'), max: one(2, 'int64')})),
};
const rangesOrNone = {...ranges, rule: nonZero(1, 'string')};

const policySpec = message(policy('PodSecurityPolicySpec'), {
  privileged: nonZero(1, 'bool'),
  defaultAddCapabilities: many(2, 'string'),
  requiredDropCapabilities: many(3, 'string'),
  allowedCapabilities: many(4, 'string'),
  volumes: many(5, 'string'),
  hostNetwork: nonZero(6, 'bool'),
  hostPorts: many(
    7,
    message(policy('HostPortRange'), {min: one(1, 'int32'), max: one(2, 'int32')}),
  ),
  hostPID: nonZero(8, 'bool'),
  hostIPC: nonZero(9, 'bool'),
  seLinux: one(
    10,
    message(policy('SELinuxStrategyOptions'), {
      rule: one(1, 'string'),
      seLinuxOptions: one(2, seLinuxOptions),
    }),
  ),
  runAsUser: one(11, message(policy('RunAsUserStrategyOptions'), ranges)),
  supplementalGroups: one(12, message(policy('SupplementalGroupsStrategyOptions'), rangesOrNone)),
  fsGroup: one(13, message(policy('FSGroupStrategyOptions'), rangesOrNone)),
  readOnlyRootFilesystem: nonZero(14, 'bool'),
  defaultAllowPrivilegeEscalation: one(15, 'bool'),
  allowPrivilegeEscalation: one(16, 'bool'),
  allowedHostPaths: many(
    17,
    message(policy('AllowedHostPath'), {
      pathPrefix: nonZero(1, 'string'),
      readOnly: nonZero(2, 'bool'),
    }),
  ),
  allowedFlexVolumes: many(18, message(policy('AllowedFlexVolume'), {driver: one(1, 'string')})),
  allowedUnsafeSysctls: many(19, 'string'),
  forbiddenSysctls: many(20, 'string'),
  allowedProcMountTypes: many(21, 'string'),
  runAsGroup: one(22, message(policy('RunAsGroupStrategyOptions'), ranges)),
  allowedCSIDrivers: many(23, message(policy('AllowedCSIDriver'), {name: one(1, 'string')})),
  runtimeClass: one(
    24,
    message(policy('RuntimeClassStrategyOptions'), {
      allowedRuntimeClassNames: many(1, 'string'),
      defaultRuntimeClassName: one(2, 'string'),
    }),
  ),
});

const rules = many(
  2,
  fullMessage(rbac('PolicyRule'), {
    verbs: many(1, 'string'),
    apiGroups: many(2, 'string'),
    resources: many(3, 'string'),
    resourceNames: many(4, 'string'),
  }),
);

const bindingFields = {
  metadata,
  subjects: many(
    2,
    fullMessage(rbac('Subject'), {
      kind: one(1, 'string'),
      apiGroup: nonZero(2, 'string'),
      namespace: nonZero(4, 'string'),
      name: one(3, 'string'),
    }),
  ),
  roleRef: one(
    3,
    fullMessage(rbac('RoleRef'), {
      apiGroup: one(1, 'string'),
      kind: one(2, 'string'),
      name: one(3, 'string'),
    }),
  ),
};

const replicas = one(1, 'int32');
const template = (number: number): Field => one(number, podTemplate);
const jobSpec = message(batch('JobSpec'), {template: template(6), suspend: one(10, 'bool')});
const persistentVolumeSpec = message(core('PersistentVolumeSpec'), {
  persistentVolumeSource: inline(
    2,
    message(core('PersistentVolumeSource'), {hostPath: one(3, hostPath)}),
  ),
  claimRef: one(
    4,
    message(core('ObjectReference'), {namespace: nonZero(2, 'string'), name: nonZero(3, 'string')}),
  ),
});
const claim = message(core('PersistentVolumeClaim'), {metadata});

/** The kinds all of whose parts are read as src/kube/objects.ts decodes them: nothing is left to decode. */
export const decodedKinds: ReadonlySet<string> = new Set(
  ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'].map(
    kind => `rbac.authorization.k8s.io/v1/${kind}`,
  ),
);

/** A kind whose spec is only read when somebody asks for it. */
export interface LateKind {
  readonly parts: Message;
  /** undefined: it has none. */
  readonly spec: Message | undefined;
}

/** Metadata and spec start out as bytes. */
function late(goType: string, spec: Message): LateKind {
  return {parts: message(goType, {metadata: one(1, 'raw'), spec: one(2, 'raw')}), spec};
}

const replicated = {replicas, template: template(3)};

/** The specs of workloads, as far as they are read. */
const workloadSpecs: Readonly<Record<ReadKind, Message>> = {
  Deployment: message(apps('DeploymentSpec'), replicated),
  ReplicaSet: message(apps('ReplicaSetSpec'), replicated),
  StatefulSet: message(apps('StatefulSetSpec'), {
    ...replicated,
    volumeClaimTemplates: many(4, claim),
  }),
  DaemonSet: message(apps('DaemonSetSpec'), {template: template(2)}),
  ReplicationController: message(core('ReplicationControllerSpec'), replicated),
  Job: jobSpec,
  CronJob: message(batch('CronJobSpec'), {
    suspend: one(4, 'bool'),
    jobTemplate: one(5, message(batch('JobTemplateSpec'), {spec: one(2, jobSpec)})),
  }),
};

/** A workload's kind in its newest version, as `kinds` has it. */
function lateWorkload({kind, apiVersions: [version = '']}: WorkloadKind) {
  const spec = Object.entries(workloadSpecs).find(([name]) => name === kind)?.[1];
  if (spec === undefined) return [];
  const goType = `${spec.goType.slice(0, spec.goType.lastIndexOf('.'))}.${kind}`;
  return [[`${version}/${kind}`, late(goType, spec)] as const];
}

/** What is known to be served as protobuf, by version and kind: read whole, or with a spec that can wait. */
export const kinds: Readonly<Record<string, Message | LateKind>> = {
  'meta.k8s.io/v1/PartialObjectMetadata': {
    parts: message('k8s.io/apimachinery/pkg/apis/meta/v1.PartialObjectMetadata', {
      metadata: one(1, 'raw'),
    }),
    spec: undefined,
  },
  'v1/Pod': late(core('Pod'), podSpecMessage),
  ...Object.fromEntries(workloadKinds.flatMap(lateWorkload)),
  'v1/Namespace': message(core('Namespace'), {metadata}),
  'v1/PersistentVolume': message(core('PersistentVolume'), {
    metadata,
    spec: one(2, persistentVolumeSpec),
  }),
  'v1/ServiceAccount': message(core('ServiceAccount'), {
    metadata,
    automountServiceAccountToken: one(4, 'bool'),
  }),
  'policy/v1beta1/PodSecurityPolicy': message(policy('PodSecurityPolicy'), {
    metadata,
    spec: one(2, policySpec),
  }),
  'rbac.authorization.k8s.io/v1/Role': message(rbac('Role'), {metadata, rules}),
  'rbac.authorization.k8s.io/v1/ClusterRole': message(rbac('ClusterRole'), {
    metadata,
    rules,
    aggregationRule: one(
      3,
      fullMessage(rbac('AggregationRule'), {clusterRoleSelectors: many(1, labelSelector)}),
    ),
  }),
  'rbac.authorization.k8s.io/v1/RoleBinding': message(rbac('RoleBinding'), bindingFields),
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': message(
    rbac('ClusterRoleBinding'),
    bindingFields,
  ),
};
