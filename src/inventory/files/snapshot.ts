import {UserError} from '../../errors.ts';
import {policyVersions} from '../../kube/apiGroups.ts';
import {boolean, DecodeError, list, object, string} from '../../kube/decode.ts';
import {compact} from '../../kube/edits.ts';
import type {Json, JsonObject} from '../../kube/json.ts';
import {
  binding,
  decodePolicy,
  namespaceObject,
  persistentVolume,
  role,
  serviceAccountObject,
} from '../../kube/objects.ts';
import {decodePod} from '../../kube/pod.ts';
import {releaseOf} from '../../kube/release.ts';
import {type Inventory, isSpokenFor, type PolicyApi, type UnjudgedObject} from '../inventory.ts';
import {decodeStoredWorkload} from '../kinds/workloads.ts';

/** The version of the format; older and newer ones are not read. */
export const snapshotVersion = 'psp.kubectl/v1alpha1';
const kind = 'Snapshot';

/** Whether a document is a snapshot, of any version. */
export function isSnapshot(value: JsonObject): boolean {
  return value.kind === kind && String(value.apiVersion).startsWith('psp.kubectl/');
}

/**
 * The inventory as one document. It holds only what was decoded: no environment, no secret, no
 * annotation but those of policies and profiles, no managed fields. The server's version says the release.
 */
export function snapshotOf(inventory: Inventory): Json {
  const {rbac, refused: _, release: _known, ...rest} = inventory;
  const pods = inventory.pods.map(pod => (isSpokenFor(pod) ? {metadata: pod.metadata} : pod));
  const unjudged = rest.unjudged.length > 0 ? rest.unjudged : undefined;
  const persistentVolumes = rest.persistentVolumes?.length ? rest.persistentVolumes : undefined;
  return compact({
    apiVersion: snapshotVersion,
    kind,
    ...rest,
    pods,
    persistentVolumes,
    unjudged,
    ...rbac,
  });
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
  namespaces: list(namespaceObject),
  serviceAccounts: list(serviceAccountObject),
  workloads: list(decodeStoredWorkload),
  pods: list(decodePod),
  persistentVolumes: list(persistentVolume),
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
