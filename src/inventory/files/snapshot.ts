import {UserError} from '../../errors.ts';
import {policyVersions} from '../../kube/apiGroups.ts';
import {boolean, DecodeError, list, object, rawObject, string} from '../../kube/decode.ts';
import {type JsonObject, printJson} from '../../kube/json.ts';
import {
  binding,
  decodePolicy,
  namespaceObject,
  persistentVolume,
  role,
  runtimeClassObject,
  serviceAccountObject,
} from '../../kube/objects.ts';
import {decodePod, passingPod} from '../../kube/pod.ts';
import {releaseOf} from '../../kube/release.ts';
import {oneByOne} from '../../once.ts';
import {inParts} from '../../text.ts';
import {
  type Inventory,
  isSpokenFor,
  type ListedPod,
  type PolicyApi,
  type UnjudgedObject,
} from '../inventory.ts';
import {decodeStoredWorkload, passingWorkload} from '../kinds/workloads.ts';

/** The version of the format; older and newer ones are not read. */
export const snapshotVersion = 'psp.kubectl/v1alpha1';
const kind = 'Snapshot';

/** Whether a document is a snapshot, of any version. */
export function isSnapshot(value: JsonObject): boolean {
  return value.kind === kind && String(value.apiVersion).startsWith('psp.kubectl/');
}

/**
 * The inventory as one document: JSON on one line, in parts. It holds only what was decoded: no environment, no
 * secret, no annotation but those of policies and profiles, no managed fields. The server's version says the
 * release. Each pod is read, printed and forgotten, so that they are never all in memory; a part may throw a
 * DecodeError.
 */
export function snapshotText(inventory: Inventory): Iterable<string> {
  return inParts(piecesOf(inventory));
}

function* piecesOf(inventory: Inventory): Generator<string, void> {
  const {rbac, refused: _, release: _known, native: _compared, ...rest} = inventory;
  const passing = (pod: ListedPod) =>
    isSpokenFor(pod) ? {metadata: pod.metadata} : passingPod(pod);
  const fields = {
    apiVersion: snapshotVersion,
    kind,
    ...rest,
    workloads: oneByOne(rest.workloads, passingWorkload),
    pods: oneByOne(rest.pods, passing),
    persistentVolumes: rest.persistentVolumes?.length ? rest.persistentVolumes : undefined,
    unjudged: rest.unjudged.length > 0 ? rest.unjudged : undefined,
    ...rbac,
  };
  let before = '{';
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    yield `${before}"${key}":`;
    before = ',';
    if (isList(value)) yield* listPieces(value);
    else yield printJson(value);
  }
  yield '}\n';
}

function* listPieces(items: Iterable<unknown>): Generator<string, void> {
  let before = '[';
  for (const item of items) {
    yield before + printJson(item);
    before = ',';
  }
  yield before === '[' ? '[]' : ']';
}

function isList(value: object | string): value is Iterable<unknown> {
  return typeof value === 'object' && Symbol.iterator in value;
}

const snapshotFields = object({
  apiVersion: string,
  origin: string,
  source: string,
  defaultNamespace: string,
  takenAt: string,
  serverVersion: string,
  policyApi: string,
  policies: list(decodePolicy),
  admissionPolicies: list(rawObject),
  namespaces: list(namespaceObject),
  serviceAccounts: list(serviceAccountObject),
  workloads: list(decodeStoredWorkload),
  pods: list(decodePod),
  persistentVolumes: list(persistentVolume),
  runtimeClasses: list(runtimeClassObject),
  caller: object({
    user: string,
    answers: list(object({namespace: string, policy: string, allowed: boolean})),
  }),
  gaps: list(object({resource: string, namespace: string, except: list(string), reason: string})),
  unjudged: list(
    object({apiVersion: string, kind: string, namespace: string, name: string, reason: string}),
  ),
  clusterRoles: list(role),
  roles: list(role),
  clusterRoleBindings: list(binding),
  roleBindings: list(binding),
});

const policyApis = [...policyVersions, 'absent', 'unknown'] as const;

/** The inventory of a snapshot; a UserError if it is of another version or damaged. */
export function inventoryOfSnapshot(value: JsonObject, file: string): Inventory {
  if (value.apiVersion !== snapshotVersion) {
    throw new UserError(
      `${file}: snapshot of version ${String(value.apiVersion)}: this program reads ${snapshotVersion}; take it again with this version`,
    );
  }
  const fields = decodeSnapshot(value, file);
  return {
    origin: fields.origin === 'manifests' ? 'manifests' : 'cluster',
    source: fields.source ?? file,
    defaultNamespace: fields.defaultNamespace ?? 'default',
    takenAt: fields.takenAt,
    serverVersion: fields.serverVersion,
    release: releaseOf(fields.serverVersion),
    policyApi: policyApis.find(api => api === fields.policyApi) ?? ('unknown' satisfies PolicyApi),
    policies: fields.policies ?? [],
    admissionPolicies: fields.admissionPolicies,
    rbac: {
      clusterRoles: fields.clusterRoles ?? [],
      roles: fields.roles ?? [],
      clusterRoleBindings: fields.clusterRoleBindings ?? [],
      roleBindings: fields.roleBindings ?? [],
    },
    namespaces: fields.namespaces ?? [],
    serviceAccounts: fields.serviceAccounts ?? [],
    workloads: fields.workloads ?? [],
    pods: fields.pods ?? [],
    persistentVolumes: fields.persistentVolumes,
    runtimeClasses: fields.runtimeClasses,
    caller: fields.caller && {
      user: fields.caller.user ?? '',
      answers: (fields.caller.answers ?? []).map(answer => ({
        namespace: answer.namespace ?? '',
        policy: answer.policy ?? '',
        allowed: answer.allowed ?? false,
      })),
    },
    gaps: (fields.gaps ?? []).map(gap => ({
      resource: gap.resource ?? '',
      namespace: gap.namespace,
      except: gap.except,
      reason: gap.reason ?? '',
    })),
    unjudged: (fields.unjudged ?? []).map(unjudgedObject),
  };
}

function unjudgedObject(read: Partial<UnjudgedObject>): UnjudgedObject {
  const {apiVersion = '', namespace = '', name = '', reason = ''} = read;
  return {apiVersion, kind: read.kind ?? '', namespace, name, reason};
}

function decodeSnapshot(value: JsonObject, file: string) {
  try {
    return snapshotFields(value);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new UserError(
      `${file}: damaged snapshot: ${error.path}: expected ${error.expected}, found ${error.found}`,
      undefined,
      {cause: error},
    );
  }
}
