import {exitCodes, UserError} from '../../errors.ts';
import {groupOf} from '../../kube/apiGroups.ts';
import {DecodeError, type Decoder} from '../../kube/decode.ts';
import {isObject, type Json, type JsonObject} from '../../kube/json.ts';
import {decodePolicy} from '../../kube/objects.ts';
import {homeGroupOf, workloadKindOf} from '../../kube/workloadKinds.ts';
import type {Inventory, RefusedPolicy, UnjudgedObject} from '../inventory.ts';
import {
  persistentVolumeClaims,
  persistentVolumes,
  type Resource,
  resources,
  runtimeClasses,
} from '../kinds/resources.ts';
import {decodeWorkload, type Workload, workloadAt} from '../kinds/workloads.ts';
import {lendersAmong} from './borrowedTemplates.ts';
import {claimedVolumes} from './claimedVolumes.ts';
import {definitionNotes} from './definitions.ts';
import {type NoSuchKind, noSuchKind} from './noSuchKind.ts';
import {oldVersionNotes} from './oldVersions.ts';
import {otherKinds, type TemplatePlace} from './otherObjects.ts';
import {flattened, hasOpenParameter, type SourceObject} from './sourceObjects.ts';
import {type StrictObject, unknownFieldRemarks} from './unknownFieldRemarks.ts';

/** Objects sorted by kind and decoded. */
export interface Collected
  extends Pick<
    Inventory,
    | 'policies'
    | 'namespaces'
    | 'serviceAccounts'
    | 'workloads'
    | 'pods'
    | 'persistentVolumes'
    | 'runtimeClasses'
    | 'unjudged'
  > {
  readonly clusterRoles: Inventory['rbac']['clusterRoles'];
  readonly roles: Inventory['rbac']['roles'];
  readonly clusterRoleBindings: Inventory['rbac']['clusterRoleBindings'];
  readonly roleBindings: Inventory['rbac']['roleBindings'];
  /** Policies under an apiVersion that has none. */
  readonly refused: readonly RefusedPolicy[];
  /** Things to mention: kinds that only look like workloads, skipped kinds, objects that clash. */
  readonly remarks: readonly string[];
}

const clusterScoped: ReadonlySet<string> = new Set(
  [...Object.values(resources), persistentVolumes, runtimeClasses]
    .filter(({namespaced}) => !namespaced)
    .map(({kind}) => kind),
);

/**
 * Sorts objects by kind and reads what matters of them. Lists and OpenShift Templates are split up.
 * Objects of the same API group, kind, namespace and name: the last one wins, as with `kubectl apply`.
 * Those without a namespace get the default one. A wrong type or a missing name is a UserError that says
 * where; in a Template, where a parameter may stand for a value, the object is not judged.
 */
export function collect(objects: readonly SourceObject[], defaultNamespace: string): Collected {
  const shelves = emptyShelves();
  const workloads = new Map<string, readonly Workload[]>();
  const sources = objects.flatMap(flattened);
  const others = otherKinds(lendersAmong(sources, defaultNamespace));
  const unjudged = new Map<string, UnjudgedObject>();
  const definitions = definitionNotes();
  const strict: StrictObject[] = [];
  const misnamed = misnamedObjects();
  const old = oldVersionNotes();
  let unnamed = 0;
  for (const source of sources) {
    const {apiVersion, kind, name} = headOf(source);
    const value = inNamespace(source.value, kind, defaultNamespace);
    const object = {where: source.where, label: labelOf(kind, value, name), kind, value};
    const missing = noSuchKind(apiVersion, kind);
    if (missing !== undefined && !missing.holdsPods) {
      misnamed.put(source, object, missing);
      strict.push({...object, kind: missing.kind});
      continue;
    }
    // Objects that the server will name are all distinct.
    if (name === undefined) unnamed += 1;
    const known = Object.values(shelves).find(({fits}) => fits(apiVersion, kind));
    // Policies and RBAC objects are the same ones in each group that serves them.
    const group = known === undefined ? homeGroupOf(apiVersion, kind) : '';
    const key = `${group}/${kind} ${namespaceOf(value)}/${name ?? `#${unnamed}`}`;
    const setAside = (reason: string) =>
      unjudged.set(key, {
        apiVersion,
        kind,
        namespace: namespaceOf(value),
        name: name ?? '',
        reason,
      });
    unjudged.delete(key);
    if (known !== undefined) {
      if (!known.put(key, source, value)) setAside(needsParameter);
    } else {
      const isOwn = workloadKindOf(apiVersion, kind) !== undefined;
      const other = isOwn ? undefined : (missing ?? others.see(apiVersion, kind, value));
      if (other?.unjudged !== undefined) setAside(other.unjudged);
      if (other?.templates.length === 0) continue;
      const found = read(source, all => workloadsOf(all, other?.templates), value);
      workloads.set(key, found ?? []);
      if (found === undefined) setAside(needsParameter);
    }
    const newest = newestVersionOf(known, apiVersion, kind);
    if (newest !== undefined) old.see(apiVersion, object, newest);
    const isOwn = known !== undefined || workloadKindOf(apiVersion, kind) !== undefined;
    const isUncharted =
      known === shelves.persistentVolumes ||
      known === shelves.persistentVolumeClaims ||
      known === shelves.runtimeClasses;
    if (isOwn && !isUncharted && !source.isOfTemplate) strict.push(object);
    const holdsPods = known === undefined ? isOwn : known === shelves.pods;
    definitions.add(key, object, holdsPods);
  }

  return {
    policies: shelves.policies.objects(),
    refused: misnamed.refused,
    clusterRoles: shelves.clusterRoles.objects(),
    roles: shelves.roles.objects(),
    clusterRoleBindings: shelves.clusterRoleBindings.objects(),
    roleBindings: shelves.roleBindings.objects(),
    namespaces: shelves.namespaces.objects(),
    serviceAccounts: shelves.serviceAccounts.objects(),
    workloads: [...workloads.values()].flat(),
    pods: shelves.pods.objects(),
    persistentVolumes: claimedVolumes(
      shelves.persistentVolumes.objects(),
      shelves.persistentVolumeClaims.objects(),
    ),
    runtimeClasses: shelves.runtimeClasses.objects(),
    unjudged: [...unjudged.values()],
    remarks: [
      ...others.remarks(),
      ...unjudgedTexts([...unjudged.values()]),
      ...misnamed.remarks,
      ...old.remarks(),
      ...unknownFieldRemarks(strict),
      ...definitions.remarks(),
    ],
  };
}

const needsParameter = 'a parameter of its Template stands for a value that matters';

/** The apiVersion under which servers of today have a kind that is read. */
function newestVersionOf(
  shelf: {readonly newest: string | undefined} | undefined,
  apiVersion: string,
  kind: string,
): string | undefined {
  return shelf === undefined ? workloadKindOf(apiVersion, kind)?.apiVersions[0] : shelf.newest;
}

/** The workloads of an object: of one of Kubernetes' own kind, or those of the templates found in it. */
function workloadsOf(
  value: Json,
  templates: readonly TemplatePlace[] | undefined,
): readonly Workload[] {
  if (templates === undefined) return [decodeWorkload(value)];
  return templates.map(({path, part}) => ({...workloadAt(value, path), part}));
}

/** So many objects are named one by one. */
const shown = 5;

/** One line for each reason. */
function unjudgedTexts(objects: readonly UnjudgedObject[]): readonly string[] {
  return [...Map.groupBy(objects, ({reason}) => reason)].map(([reason, found]) => {
    const names = found.map(({kind, namespace, name}) => `${kind} ${namespace}/${name}`);
    const more = names.length - shown;
    const rest = more > 0 ? ` and ${more} more` : '';
    return `not judged: ${names.slice(0, shown).join(', ')}${rest}: ${reason}`;
  });
}

/** Objects of kinds that no server knows: the policies among them, and what to say of the others. */
function misnamedObjects() {
  const refused: RefusedPolicy[] = [];
  const remarks: string[] = [];
  return {
    refused,
    remarks,
    put(source: SourceObject, {where, label, value}: StrictObject, {kind, says}: NoSuchKind): void {
      if (kind !== resources.policies.kind) {
        remarks.push(`${where}: ${label} was not read: ${says}`);
        return;
      }
      const policy = read(source, decodePolicy, value);
      if (policy !== undefined) refused.push({policy, reason: `apiVersion: ${says}`});
    },
  };
}

/** Objects that are read in the same way, the last one of each key. */
interface Shelf<T> {
  /** Whether it could be read. */
  put(key: string, source: SourceObject, value: JsonObject): boolean;
  objects(): readonly T[];
}

function shelfOf<T>(decode: Decoder<T>): Shelf<T> {
  const found = new Map<string, T>();
  return {
    put(key, source, value) {
      const object = read(source, decode, value);
      if (object === undefined) found.delete(key);
      else found.set(key, object);
      return object !== undefined;
    },
    objects: () => [...found.values()],
  };
}

/** A shelf for one kind, in whatever version of its API groups. */
function kindShelf<T>({kind, apiVersions, decode}: Resource<T>) {
  const groups = new Set(apiVersions.map(groupOf));
  const fits = (apiVersion: string, name: string) =>
    name === kind && groups.has(groupOf(apiVersion));
  return {...shelfOf(decode), fits, newest: apiVersions[0]};
}

function emptyShelves() {
  return {
    policies: kindShelf(resources.policies),
    clusterRoles: kindShelf(resources.clusterRoles),
    roles: kindShelf(resources.roles),
    clusterRoleBindings: kindShelf(resources.clusterRoleBindings),
    roleBindings: kindShelf(resources.roleBindings),
    namespaces: kindShelf(resources.namespaces),
    serviceAccounts: kindShelf(resources.serviceAccounts),
    pods: kindShelf(resources.pods),
    persistentVolumes: kindShelf(persistentVolumes),
    runtimeClasses: kindShelf(runtimeClasses),
    persistentVolumeClaims: kindShelf(persistentVolumeClaims),
  };
}

function headOf({where, value}: SourceObject) {
  const {apiVersion, kind, metadata} = value;
  for (const [field, text] of Object.entries({apiVersion, kind})) {
    if (typeof text === 'string' && text !== '') continue;
    throw new UserError(`${where}: ${field} is not set: this is not a Kubernetes object`);
  }
  const name = isObject(metadata) ? metadata.name : undefined;
  return {
    apiVersion: String(apiVersion),
    kind: String(kind),
    name: typeof name === 'string' && name !== '' ? name : undefined,
  };
}

function namespaceOf({metadata}: JsonObject): string {
  const namespace = isObject(metadata) ? metadata.namespace : undefined;
  return typeof namespace === 'string' ? namespace : '';
}

/**
 * The object in the namespace that the server would give it. From kinds that have none, the server removes
 * it (apiserver/pkg/registry/rest/meta.go, v1.24).
 */
function inNamespace(value: JsonObject, kind: string, namespace: string): JsonObject {
  const metadata = value.metadata ?? {};
  // A value that is not text is left for decoding to find fault with.
  if (!isObject(metadata)) return value;
  if (clusterScoped.has(kind)) {
    if (typeof metadata.namespace !== 'string') return value;
    const {namespace: _, ...rest} = metadata;
    return {...value, metadata: rest};
  }
  if ((metadata.namespace ?? '') !== '') return value;
  return {...value, metadata: {...metadata, namespace}};
}

/** Decodes, and says where that failed; undefined if a parameter stands for a value that matters. */
function read<T>(source: SourceObject, decode: Decoder<T>, value: JsonObject): T | undefined {
  try {
    const object = decode(value);
    return source.isOfTemplate && hasOpenParameter(object) ? undefined : object;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    if (source.isOfTemplate) return undefined;
    const {kind, name} = headOf(source);
    const at = source.where === '' ? '' : `${source.where}: `;
    const isPlaceholder = /\$\{[^}]*\}/.test(error.found);
    const hint = isPlaceholder ? '; render it first: envsubst < FILE | kubectl psp ... -f -' : '';
    throw new UserError(
      `${at}${labelOf(kind, value, name)}: ${error.path}: expected ${error.expected}, found ${error.found}${hint}`,
      exitCodes.unreadable,
      {cause: error},
    );
  }
}

function labelOf(kind: string, value: JsonObject, name: string | undefined): string {
  return `${kind} ${[namespaceOf(value), name].filter(Boolean).join('/')}`;
}
