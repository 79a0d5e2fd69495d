import {exitCodes, UserError} from '../../errors.ts';
import {groupOf, policyVersion} from '../../kube/apiGroups.ts';
import {DecodeError, type Decoder} from '../../kube/decode.ts';
import {isObject, type Json, type JsonObject, printJson} from '../../kube/json.ts';
import {decodePolicy} from '../../kube/objects.ts';
import {workloadKindOf} from '../../kube/workloadKinds.ts';
import {count} from '../../text.ts';
import type {Inventory, RefusedPolicy} from '../inventory.ts';
import {type Resource, resources} from '../kinds/resources.ts';
import {decodeWorkload, looksLikeWorkload} from '../kinds/workloads.ts';
import {type DefinedObject, refusePatches} from './patches.ts';
import {type StrictObject, unknownFieldRemarks} from './unknownFieldRemarks.ts';

/** An object and where it was read: `FILE: document 2, line 10`; '' for objects of a cluster. */
export interface SourceObject {
  readonly where: string;
  readonly value: JsonObject;
}

/** Objects sorted by kind and decoded. */
export interface Collected
  extends Pick<Inventory, 'policies' | 'namespaces' | 'serviceAccounts' | 'workloads' | 'pods'> {
  readonly clusterRoles: Inventory['rbac']['clusterRoles'];
  readonly roles: Inventory['rbac']['roles'];
  readonly clusterRoleBindings: Inventory['rbac']['clusterRoleBindings'];
  readonly roleBindings: Inventory['rbac']['roleBindings'];
  /** Policies of an apiVersion that has none. */
  readonly refused: readonly RefusedPolicy[];
  /** Things to tell: kinds that only look like workloads, that were skipped, objects that clash. */
  readonly remarks: readonly string[];
}

const clusterScoped: ReadonlySet<string> = new Set(
  Object.values(resources)
    .filter(({namespaced}) => !namespaced)
    .map(({kind}) => kind),
);

/**
 * Sorts objects by kind and reads what matters of them. Lists are taken apart. Objects of the same
 * kind, namespace and name: the last one wins, as with `kubectl apply`. Those without a namespace get
 * the default one. A wrong type or a missing name is a UserError that says where.
 */
export function collect(objects: readonly SourceObject[], defaultNamespace: string): Collected {
  const shelves = emptyShelves();
  const workloads = shelfOf(decodeWorkload);
  const skipped = new Map<string, number>();
  const lookalikes = new Map<string, number>();
  const defined = new Map<string, DefinedObject>();
  const strict: StrictObject[] = [];
  const clashes: string[] = [];
  const refused: RefusedPolicy[] = [];
  let unnamed = 0;

  for (const source of objects.flatMap(flattenList)) {
    const {apiVersion, kind, name} = headOf(source);
    const value = inNamespace(source.value, kind, defaultNamespace);
    const object = {where: source.where, label: labelOf(kind, value, name), kind, value};
    if (isMisversioned(apiVersion, kind)) {
      refused.push({policy: read(source, decodePolicy, value), reason: versionProblem(apiVersion)});
      strict.push(object);
      continue;
    }
    // Objects that the server will name are each their own.
    if (name === undefined) unnamed += 1;
    const key = `${kind} ${namespaceOf(value)}/${name ?? `#${unnamed}`}`;
    const known = Object.values(shelves).find(({fits}) => fits(apiVersion, kind));
    const isGuess = known === undefined && workloadKindOf(apiVersion, kind) === undefined;
    if (isGuess && !looksLikeWorkload(value)) {
      increase(skipped, kind);
      continue;
    }
    if (isGuess) increase(lookalikes, kind);
    else strict.push(object);
    (known ?? workloads).put(key, source, value);
    const clash = clashOf(defined.get(key), object, known === undefined || known === shelves.pods);
    if (clash !== undefined) clashes.push(clash);
    defined.set(key, object);
  }

  return {
    policies: shelves.policies.objects(),
    refused,
    clusterRoles: shelves.clusterRoles.objects(),
    roles: shelves.roles.objects(),
    clusterRoleBindings: shelves.clusterRoleBindings.objects(),
    roleBindings: shelves.roleBindings.objects(),
    namespaces: shelves.namespaces.objects(),
    serviceAccounts: shelves.serviceAccounts.objects(),
    workloads: workloads.objects(),
    pods: shelves.pods.objects(),
    remarks: [
      ...[...lookalikes].map(lookalikeText),
      ...(skipped.size > 0 ? [skippedText(skipped)] : []),
      ...unknownFieldRemarks(strict),
      ...firstOf(clashes),
    ],
  };
}

/** Whether somebody means a PodSecurityPolicy, under an apiVersion that no server has it in. */
function isMisversioned(apiVersion: string, kind: string): boolean {
  if (kind !== resources.policies.kind) return false;
  if (resources.policies.apiVersions.includes(apiVersion)) return false;
  const group = groupOf(apiVersion);
  // A group with a domain of its own has kinds of its own.
  return !group.includes('.') || group.endsWith('.k8s.io');
}

function versionProblem(apiVersion: string): string {
  return `apiVersion: ${apiVersion} has no PodSecurityPolicy, it is ${policyVersion}`;
}

function lookalikeText([kind, n]: readonly [string, number]): string {
  const what = n === 1 ? 'a workload' : 'workloads';
  return `${n} of unknown kind ${kind} read as ${what}: spec.template looks like a pod template`;
}

/** What is odd about two objects of one name; a UserError if one is a patch of the other. */
function clashOf(
  older: DefinedObject | undefined,
  object: DefinedObject,
  holdsPods: boolean,
): string | undefined {
  if (older === undefined || printJson(older.value) === printJson(object.value)) return undefined;
  if (holdsPods) refusePatches(older, object);
  return `${object.where}: ${object.label} is defined again, differently: this one counts`;
}

/** So many clashes are told one by one. */
const clashesShown = 5;

function firstOf(clashes: readonly string[]): readonly string[] {
  const more = clashes.length - clashesShown;
  return [
    ...clashes.slice(0, clashesShown),
    ...(more > 0 ? [`${more} more ${more === 1 ? 'object is' : 'objects are'} defined again`] : []),
  ];
}

/** Objects that are read alike, the last one of each key. */
interface Shelf<T> {
  put(key: string, source: SourceObject, value: JsonObject): void;
  objects(): readonly T[];
}

function shelfOf<T>(decode: Decoder<T>): Shelf<T> {
  const found = new Map<string, T>();
  return {
    put(key, source, value) {
      found.set(key, read(source, decode, value));
    },
    objects: () => [...found.values()],
  };
}

/** A shelf for one kind, in whatever version of its API groups. */
function kindShelf<T>({kind, apiVersions, decode}: Resource<T>) {
  const groups = new Set(apiVersions.map(groupOf));
  const fits = (apiVersion: string, name: string) =>
    name === kind && groups.has(groupOf(apiVersion));
  return {...shelfOf(decode), fits};
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
  };
}

function skippedText(skipped: ReadonlyMap<string, number>): string {
  const total = [...skipped.values()].reduce((sum, n) => sum + n, 0);
  const kinds = [...skipped].sort().map(([kind, n]) => `${n} ${kind}`);
  return `skipped ${count(total, 'object')} without a pod template: ${kinds.join(', ')}`;
}

/** The objects of a `kind: List`, or of a typed list, each with its own kind. */
function flattenList(source: SourceObject): readonly SourceObject[] {
  const {kind, apiVersion, items} = source.value;
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return [source];
  return items.flatMap((item: Json, index) => {
    const where = `${source.where}: items[${index}]`;
    if (!isObject(item)) throw new UserError(`${where}: not an object`);
    const typed = kind === 'List' ? {} : {apiVersion, kind: kind.slice(0, -'List'.length)};
    return flattenList({where, value: {...typed, ...item}});
  });
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
 * The object in the namespace in which the server would put it. From what has none the server takes it
 * away (apiserver/pkg/registry/rest/meta.go, v1.24).
 */
function inNamespace(value: JsonObject, kind: string, namespace: string): JsonObject {
  const metadata = value.metadata ?? {};
  // What is there and no text is left for decoding to find fault with.
  if (!isObject(metadata)) return value;
  if (clusterScoped.has(kind)) {
    if (typeof metadata.namespace !== 'string') return value;
    const {namespace: _, ...rest} = metadata;
    return {...value, metadata: rest};
  }
  if ((metadata.namespace ?? '') !== '') return value;
  return {...value, metadata: {...metadata, namespace}};
}

/** Decodes, and tells where if that fails. */
function read<T>(source: SourceObject, decode: Decoder<T>, value: JsonObject): T {
  try {
    return decode(value);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const {kind, name} = headOf(source);
    const at = source.where === '' ? '' : `${source.where}: `;
    throw new UserError(
      `${at}${labelOf(kind, value, name)}: ${error.path}: expected ${error.expected}, found ${error.found}`,
      exitCodes.unreadable,
      {cause: error},
    );
  }
}

function labelOf(kind: string, value: JsonObject, name: string | undefined): string {
  return `${kind} ${[namespaceOf(value), name].filter(Boolean).join('/')}`;
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
