/**
 * The parts of Kubernetes v1.24 objects that this program reads, in their JSON shape. A decoded object
 * has nothing else in it, so a snapshot can't leak what was never read (environment, secrets).
 */
import {isKeptAnnotation} from './annotations.ts';
import {boolean, int32, int64, list, object, string, stringMap, type TypeOf} from './decode.ts';
import type {JsonObject} from './json.ts';

const ownerReference = object({
  apiVersion: string,
  kind: string,
  name: string,
  uid: string,
  controller: boolean,
});

export const objectMeta = object({
  name: string,
  generateName: string,
  namespace: string,
  uid: string,
  resourceVersion: string,
  labels: stringMap(),
  annotations: stringMap(isKeptAnnotation),
  ownerReferences: list(ownerReference),
});
export type ObjectMeta = TypeOf<typeof objectMeta>;
export type OwnerReference = TypeOf<typeof ownerReference>;

/** Both ends are included; the range is empty when min is above max. */
export interface Range {
  readonly min: number | bigint;
  readonly max: number | bigint;
}

const rangeFields = object({min: int64, max: int64});
const portRangeFields = object({min: int32, max: int32});
const range = (value: Parameters<typeof rangeFields>[0]): Range => {
  const {min = 0, max = 0} = rangeFields(value);
  return {min, max};
};
const portRange = (value: Parameters<typeof rangeFields>[0]): Range => {
  const {min = 0, max = 0} = portRangeFields(value);
  return {min, max};
};

const ruleWithRanges = object({rule: string, ranges: list(range)});
export type RuleWithRanges = TypeOf<typeof ruleWithRanges>;

export const seLinuxOptions = object({user: string, role: string, type: string, level: string});
export type SELinuxOptions = TypeOf<typeof seLinuxOptions>;

const allowedHostPath = object({pathPrefix: string, readOnly: boolean});
export type AllowedHostPath = TypeOf<typeof allowedHostPath>;

export const policySpec = object({
  privileged: boolean,
  defaultAddCapabilities: list(string, ''),
  requiredDropCapabilities: list(string, ''),
  allowedCapabilities: list(string, ''),
  volumes: list(string, ''),
  hostNetwork: boolean,
  hostPorts: list(portRange),
  hostPID: boolean,
  hostIPC: boolean,
  seLinux: object({rule: string, seLinuxOptions}),
  runAsUser: ruleWithRanges,
  runAsGroup: ruleWithRanges,
  supplementalGroups: ruleWithRanges,
  fsGroup: ruleWithRanges,
  readOnlyRootFilesystem: boolean,
  defaultAllowPrivilegeEscalation: boolean,
  allowPrivilegeEscalation: boolean,
  allowedHostPaths: list(allowedHostPath),
  allowedFlexVolumes: list(object({driver: string})),
  allowedCSIDrivers: list(object({name: string})),
  allowedUnsafeSysctls: list(string, ''),
  forbiddenSysctls: list(string, ''),
  allowedProcMountTypes: list(string, ''),
  runtimeClass: object({
    allowedRuntimeClassNames: list(string, ''),
    defaultRuntimeClassName: string,
  }),
});
export type PolicySpec = Partial<TypeOf<typeof policySpec>>;

const policyFields = object({metadata: objectMeta, spec: policySpec});

/** policy/v1beta1 PodSecurityPolicy. */
export interface Policy {
  readonly metadata: {
    readonly name: string;
    readonly uid?: string | undefined;
    readonly resourceVersion?: string | undefined;
    readonly labels?: Readonly<Record<string, string>> | undefined;
    readonly annotations?: Readonly<Record<string, string>> | undefined;
  };
  readonly spec: PolicySpec;
}

export function decodePolicy(value: Parameters<typeof policyFields>[0]): Policy {
  const {metadata, spec} = policyFields(value);
  const {generateName = '', uid, resourceVersion, labels, annotations} = metadata ?? {};
  // The server will complete it: five letters or digits take their place.
  const name = metadata?.name || (generateName && `${generateName}xxxxx`);
  return {
    metadata: {name, uid, resourceVersion, labels, annotations},
    spec: spec ?? policySpec({}),
  };
}

const rule = object({
  verbs: list(string, ''),
  apiGroups: list(string, ''),
  resources: list(string, ''),
  resourceNames: list(string, ''),
});
/** A rule of a role; the fields for non-resource URLs are not read, since they never grant `use`. */
export type Rule = TypeOf<typeof rule>;

const labelSelector = object({
  matchLabels: stringMap(),
  matchExpressions: list(object({key: string, operator: string, values: list(string, '')})),
});
export type LabelSelector = TypeOf<typeof labelSelector>;

const roleMeta = object({name: string, namespace: string, uid: string, labels: stringMap()});

/** Role or ClusterRole of rbac.authorization.k8s.io/v1. */
export const role = object({
  metadata: roleMeta,
  rules: list(rule),
  aggregationRule: object({clusterRoleSelectors: list(labelSelector)}),
});
export type Role = TypeOf<typeof role>;

/** The role in an object whose parts are decoded. */
export function roleOfDecoded(decoded: JsonObject): Role {
  const {metadata, rules, aggregationRule} = decoded as unknown as Role;
  return {metadata: metadata && roleMetaOf(metadata), rules, aggregationRule};
}

function roleMetaOf({name, namespace, uid, labels}: TypeOf<typeof roleMeta>) {
  return {name, namespace, uid, labels};
}

const subject = object({kind: string, apiGroup: string, namespace: string, name: string});
export type Subject = TypeOf<typeof subject>;

/** RoleBinding or ClusterRoleBinding of rbac.authorization.k8s.io/v1. */
export const binding = object({
  metadata: roleMeta,
  roleRef: object({apiGroup: string, kind: string, name: string}),
  subjects: list(subject),
});
export type Binding = TypeOf<typeof binding>;

/** The binding in an object whose parts are decoded. */
export function bindingOfDecoded(decoded: JsonObject): Binding {
  const {metadata, roleRef, subjects} = decoded as unknown as Binding;
  return {metadata: metadata && roleMetaOf(metadata), roleRef, subjects};
}

/** node.k8s.io RuntimeClass: what admission asks is whether there is one of its name. */
export const runtimeClassObject = object({metadata: object({name: string, uid: string})});
export type RuntimeClass = TypeOf<typeof runtimeClassObject>;

/** As far as it matters who reaches which path of a node through a claim. */
export const persistentVolume = object({
  metadata: object({name: string, uid: string}),
  spec: object({
    hostPath: object({path: string}),
    claimRef: object({namespace: string, name: string}),
  }),
});
export type PersistentVolume = TypeOf<typeof persistentVolume>;

/** As far as it asks for a volume by name. */
export const persistentVolumeClaim = object({
  metadata: object({name: string, namespace: string}),
  spec: object({volumeName: string}),
});
export type PersistentVolumeClaim = TypeOf<typeof persistentVolumeClaim>;

export const namespaceObject = object({metadata: object({name: string, labels: stringMap()})});
export type NamespaceObject = TypeOf<typeof namespaceObject>;

export const serviceAccountObject = object({
  metadata: object({name: string, namespace: string}),
  automountServiceAccountToken: boolean,
});
export type ServiceAccountObject = TypeOf<typeof serviceAccountObject>;
