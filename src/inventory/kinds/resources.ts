import {exitCodes, UserError} from '../../errors.ts';
import {policyVersions, rbacGroup, rbacVersion} from '../../kube/apiGroups.ts';
import {DecodeError, type Decoder, rawObject} from '../../kube/decode.ts';
import type {Json, JsonObject} from '../../kube/json.ts';
import {decodedOf, headOf, type ListItem, lateOf, wholeOf} from '../../kube/listItem.ts';
import {
  binding,
  bindingOfDecoded,
  decodePolicy,
  namespaceObject,
  persistentVolume,
  persistentVolumeClaim,
  role,
  roleOfDecoded,
  runtimeClassObject,
  serviceAccountObject,
} from '../../kube/objects.ts';
import {decodeLatePod, decodePod, type Late, podAgain} from '../../kube/pod.ts';
import type {LateHead} from '../../kube/protobuf/late.ts';
import {placeOf} from '../../kube/reference.ts';
import {workloadKinds} from '../../kube/workloadKinds.ts';
import {byText} from '../../text.ts';
import type {ListOptions} from '../read/reader.ts';
import {decodeLateWorkload, decodeWorkload, type Workload} from './workloads.ts';

/** A kind of object, and the paths under which servers of different ages have it, newest first. */
export interface Resource<T> {
  readonly plural: string;
  readonly kind: string;
  readonly apiVersions: readonly string[];
  readonly namespaced: boolean;
  /** Whether it is known as JSON alone: kinds that are seldom there, and never many. */
  readonly isPlain?: boolean;
  readonly decode: Decoder<T>;
  /** Like `decode`, for an object whose spec may wait; absent for small kinds. */
  decodeLate?(late: Late): T;
  /** Like `decode`, for an object whose parts are decoded; for the kinds that come so. */
  ofDecoded?(decoded: JsonObject): T;
  /** What to keep of an object that comes again; absent: the new one, if anything is different. */
  again?(before: T, now: T): T;
}

const rbacVersions = [rbacVersion, `${rbacGroup}/v1beta1`];

/** What an inventory reads from a cluster, besides workloads. */
export const resources = {
  policies: resource('podsecuritypolicies', 'PodSecurityPolicy', decodePolicy, {
    apiVersions: policyVersions,
    namespaced: false,
  }),
  clusterRoles: resource('clusterroles', 'ClusterRole', role, {
    apiVersions: rbacVersions,
    namespaced: false,
    ofDecoded: roleOfDecoded,
  }),
  clusterRoleBindings: resource('clusterrolebindings', 'ClusterRoleBinding', binding, {
    apiVersions: rbacVersions,
    namespaced: false,
    ofDecoded: bindingOfDecoded,
  }),
  roles: resource('roles', 'Role', role, {
    apiVersions: rbacVersions,
    namespaced: true,
    ofDecoded: roleOfDecoded,
  }),
  roleBindings: resource('rolebindings', 'RoleBinding', binding, {
    apiVersions: rbacVersions,
    namespaced: true,
    ofDecoded: bindingOfDecoded,
  }),
  namespaces: resource('namespaces', 'Namespace', namespaceObject, {
    apiVersions: ['v1'],
    namespaced: false,
  }),
  serviceAccounts: resource('serviceaccounts', 'ServiceAccount', serviceAccountObject, {
    apiVersions: ['v1'],
    namespaced: true,
  }),
  pods: resource('pods', 'Pod', decodePod, {
    apiVersions: ['v1'],
    namespaced: true,
    decodeLate: decodeLatePod,
    again: podAgain,
  }),
} as const;

/** Where policies live on servers without PodSecurityPolicies; its kind comes first that is asked for first. */
export const admissionResources: readonly Resource<JsonObject>[] = [
  ['validatingadmissionpolicies', 'ValidatingAdmissionPolicy'],
  ['mutatingadmissionpolicies', 'MutatingAdmissionPolicy'],
  ['validatingadmissionpolicybindings', 'ValidatingAdmissionPolicyBinding'],
  ['mutatingadmissionpolicybindings', 'MutatingAdmissionPolicyBinding'],
].map(([plural = '', kind = '']) =>
  resource(plural, kind, withoutManagers, {
    apiVersions: ['v1', 'v1beta1'].map(version => `admissionregistration.k8s.io/${version}`),
    namespaced: false,
    isPlain: true,
  }),
);

/** All of the object but who wrote which of its fields. */
function withoutManagers(value: Json): JsonObject {
  const object = rawObject(value);
  const {managedFields: _, ...metadata} = rawObject(object.metadata ?? {});
  return {...object, metadata};
}

/** Whether a gap is about those. */
export function isOfAdmission({resource: plural}: {readonly resource: string}): boolean {
  return admissionResources.some(one => one.plural === plural);
}

/** What a pod may name to run in; few clusters have any. */
export const runtimeClasses = resource('runtimeclasses', 'RuntimeClass', runtimeClassObject, {
  apiVersions: ['v1', 'v1beta1'].map(version => `node.k8s.io/${version}`),
  namespaced: false,
  isPlain: true,
});

/** No verdict depends on them: read where an answer is about paths of nodes. */
export const persistentVolumes = resource(
  'persistentvolumes',
  'PersistentVolume',
  persistentVolume,
  {apiVersions: ['v1'], namespaced: false},
);

/** In files alone: in a cluster the volume says which claim has it. */
export const persistentVolumeClaims = resource(
  'persistentvolumeclaims',
  'PersistentVolumeClaim',
  persistentVolumeClaim,
  {apiVersions: ['v1'], namespaced: true},
);

/** The kinds of workloads that are read, in the order in which an inventory has them. */
export const workloadResources: readonly Resource<Workload>[] = workloadKinds
  .filter(({read}) => read !== 'never')
  .map(({plural, kind, apiVersions, read}) =>
    resource(plural, kind, decodeWorkload, {
      apiVersions,
      namespaced: true,
      ...(read === 'specLater' ? {decodeLate: decodeLateWorkload} : {}),
    }),
  );

function resource<T>(
  plural: string,
  kind: string,
  decode: Decoder<T>,
  where: Omit<Resource<T>, 'plural' | 'kind' | 'decode'>,
): Resource<T> {
  return {plural, kind, decode, ...where};
}

/** Whether every cluster has the kind: a server that does not know it is in trouble, or not an API server. */
export function isInEveryCluster({apiVersions}: Pick<Resource<unknown>, 'apiVersions'>): boolean {
  return apiVersions.includes('v1');
}

/** Whether answers about rights need the kind: a server without it has other authorizers. */
export function decidesRights({apiVersions}: Pick<Resource<unknown>, 'apiVersions'>): boolean {
  return apiVersions.some(version => version.startsWith('rbac.'));
}

/** The path of a kind's list; `namespace` undefined: over all namespaces. */
export function listPath(
  {plural}: {readonly plural: string},
  apiVersion: string,
  namespace: string | undefined,
): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const inside = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${inside}/${plural}`;
}

/**
 * How to take the pages of a list: what is read of a cluster is known as protobuf in its newest version
 * (src/kube/protobuf/objects.ts, which answers from files have no use for), and may come in that form.
 */
export function pagesOf(
  {apiVersions, isPlain = false}: Pick<Resource<unknown>, 'apiVersions' | 'isPlain'>,
  apiVersion: string,
  take: (items: readonly ListItem[]) => void,
): ListOptions {
  return apiVersion === apiVersions[0] && !isPlain ? {onLate: take} : {onPage: take};
}

/** Reads one object that the server sent; throws a UserError that names the object. */
export function decodeLive<T>(
  {
    decode,
    decodeLate,
    ofDecoded,
    kind,
  }: Pick<Resource<T>, 'decode' | 'decodeLate' | 'ofDecoded' | 'kind'>,
  apiVersion: string,
  item: ListItem,
): T {
  const decoded = decodedOf(item);
  if (decoded !== undefined && ofDecoded !== undefined) return ofDecoded(decoded);
  const name = nameOf(headOf(item));
  const late = lateOf(item);
  if (late !== undefined && decodeLate !== undefined) {
    const spec = () => sensible(kind, name, () => late.spec());
    const likeness = () => sensible(kind, name, () => late.likeness());
    return decodeLate({apiVersion, kind, metadata: late.head.metadata, spec, likeness});
  }
  // Lists leave out both; the objects are of the kind that was asked for.
  return sensible(kind, name, () => decode({...wholeOf(item), apiVersion, kind}));
}

function nameOf({metadata}: JsonObject | LateHead): string {
  if (typeof metadata !== 'object' || metadata === null || !('name' in metadata)) return '';
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

/** Runs a decoder; what it finds wrong is an error in the object, not in the program. */
function sensible<T>(kind: string, name: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const message = `the server sent a ${kind} ${name} that can't be read: ${error.message}`;
    throw new UserError(message, exitCodes.unreadable, {cause: error});
  }
}

interface Named {
  readonly metadata:
    | {readonly namespace?: string | undefined; readonly name?: string | undefined}
    | undefined;
}

/** The order of objects in an inventory: by namespace and name. */
export function sortedByName<T extends Named>(items: readonly T[]): readonly T[] {
  return items
    .map(item => ({item, key: placeOf(item.metadata)}))
    .sort((a, b) => byText(a.key, b.key))
    .map(({item}) => item);
}
