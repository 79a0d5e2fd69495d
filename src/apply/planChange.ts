import {exitCodes, UserError} from '../errors.ts';
import {policyVersion} from '../kube/apiGroups.ts';
import {isObject, type Json, type JsonObject, printJson} from '../kube/json.ts';
import type {Policy} from '../kube/objects.ts';
import {labelOf} from '../kube/reference.ts';
import {metadataOf, type PlannedChange, resourceVersionOf, withMetadata} from './change.ts';
import {type FieldChange, lastAppliedKey, rewriteLastApplied} from './lastApplied.ts';
import {
  differenceOf,
  normalSpec,
  ownAnnotations,
  plain,
  profileKeys,
  specKeys,
} from './sameMeaning.ts';

/** The result of planning to create an object: something to do, nothing, or an object of its name in the way. */
export type CreatePlan =
  | {readonly plan: 'change'; readonly change: PlannedChange}
  | {readonly plan: 'same'; readonly text: string}
  | {readonly plan: 'conflict'; readonly text: string};

const plurals: ReadonlyMap<unknown, string> = new Map([
  ['PodSecurityPolicy', 'podsecuritypolicies'],
  ['Role', 'roles'],
  ['RoleBinding', 'rolebindings'],
  ['ClusterRole', 'clusterroles'],
  ['ClusterRoleBinding', 'clusterrolebindings'],
  ['Namespace', 'namespaces'],
  ['ConfigMap', 'configmaps'],
  ['ValidatingAdmissionPolicy', 'validatingadmissionpolicies'],
  ['ValidatingAdmissionPolicyBinding', 'validatingadmissionpolicybindings'],
  ['MutatingAdmissionPolicy', 'mutatingadmissionpolicies'],
  ['MutatingAdmissionPolicyBinding', 'mutatingadmissionpolicybindings'],
]);

/** Those that are in namespaces. */
const namespacedKinds: readonly unknown[] = ['Role', 'RoleBinding', 'ConfigMap'];

/**
 * The update that gives a policy of the cluster the spec and the profile annotations of `draft`;
 * undefined if it has them already. `raw` is the policy as just read: its labels and other annotations stay.
 * If it is no longer the version that the draft began from, the server will refuse the update.
 */
export function planPolicyUpdate(draft: Policy, raw: JsonObject): PlannedChange | undefined {
  const before = {apiVersion: policyVersion, kind: 'PodSecurityPolicy', ...raw};
  const expectedResourceVersion = draft.metadata.resourceVersion ?? resourceVersionOf(raw);
  if (metadataOf(raw).name !== draft.metadata.name) throw new TypeError('two policies, not one');
  const changes = [...annotationChanges(draft, raw), ...specChanges(draft, raw)];
  if (changes.length === 0) return undefined;
  return {
    ...placeOf(before),
    action: 'update',
    desired: withMetadata(withChanges(before, changes), {
      annotations: annotationsAfter(raw, changes),
      managedFields: undefined,
      resourceVersion: expectedResourceVersion,
    }),
    before,
    expectedResourceVersion,
  };
}

/**
 * Creating a policy, or a role or binding of RBAC. `existing` is the object of its name, if the cluster
 * has one (see `objectPath`): it is never overwritten. Throws a UserError for any other object.
 */
export function planCreate(object: object, existing?: JsonObject): CreatePlan {
  const desired = plain(object);
  const place = placeOf(desired);
  const change: PlannedChange = {...place, action: 'create', desired};
  if (existing === undefined) return {plan: 'change', change};
  const label = labelOf(change);
  const difference = differenceOf(desired, existing);
  return difference === undefined
    ? {plan: 'same', text: `${label} exists already and needs no change`}
    : {
        plan: 'conflict',
        text: `${label} exists and differs in its ${difference}: resolve that first`,
      };
}

/**
 * Putting an object of this program into its place, all of it: `existing` is what is there, as just read. Labels and
 * annotations of others stay.
 */
export function planPut(object: JsonObject, existing: JsonObject | undefined): PlannedChange {
  const place = placeOf(object);
  if (existing === undefined) return {...place, action: 'create', desired: object};
  const {labels, annotations, resourceVersion, uid} = metadataOf(existing);
  const own = metadataOf(object);
  const before = {...existing, apiVersion: object.apiVersion ?? null, kind: object.kind ?? null};
  return {
    ...place,
    action: 'update',
    desired: withMetadata(object, {
      labels: isObject(labels) ? {...labels, ...mapOf(own.labels)} : own.labels,
      annotations: {...othersIn(annotations), ...mapOf(own.annotations)},
      resourceVersion,
      uid,
    }),
    before,
    expectedResourceVersion: resourceVersionOf(existing),
  };
}

function othersIn(annotations: Json | undefined): JsonObject {
  const others = Object.entries(mapOf(annotations)).filter(
    ([key]) => !key.startsWith(ownAnnotations),
  );
  return Object.fromEntries(others);
}

/**
 * The update that gives a binding other subjects and leaves the rest of it alone. `raw` is the binding as
 * just read, with its kind.
 */
export function planSubjects(raw: JsonObject, subjects: readonly object[]): PlannedChange {
  const list = subjects.map(plain);
  // The server leaves the field out if it is empty.
  const value = list.length === 0 ? undefined : list;
  const desired = withMetadata(
    {...raw, subjects: value},
    {
      annotations: annotationsAfter(raw, [{in: 'top', key: 'subjects', value}]),
      managedFields: undefined,
    },
  );
  return {
    ...placeOf(raw),
    action: 'update',
    desired,
    before: raw,
    expectedResourceVersion: resourceVersionOf(raw),
  };
}

/**
 * The update that gives an object other labels; one without a value is removed, all others stay. What
 * `kubectl apply` keeps is left alone: with these labels in it, its next run would take them away.
 */
export function planLabels(
  raw: JsonObject,
  labels: Readonly<Record<string, string | undefined>>,
): PlannedChange {
  const all = Object.entries({...mapOf(metadataOf(raw).labels), ...labels});
  const left = all.filter(([, value]) => value !== undefined);
  return {
    ...placeOf(raw),
    action: 'update',
    desired: withMetadata(raw, {
      labels: left.length === 0 ? undefined : Object.fromEntries(left),
      managedFields: undefined,
    }),
    before: raw,
    expectedResourceVersion: resourceVersionOf(raw),
  };
}

/** Deleting an object as just read, unless somebody changes it before that. */
export function planDelete(raw: JsonObject): PlannedChange {
  return {
    ...placeOf(raw),
    action: 'delete',
    desired: raw,
    before: raw,
    expectedResourceVersion: resourceVersionOf(raw),
  };
}

/** The path of an object in the API. Throws a UserError if its kind is not one that is ever written. */
export function objectPath(object: object): string {
  return placeOf(plain(object)).path;
}

type Place = Pick<PlannedChange, 'path' | 'collection' | 'kind' | 'name' | 'namespace'>;

function placeOf(object: JsonObject): Place {
  const {apiVersion, kind} = object;
  const {name, namespace} = metadataOf(object);
  const plural = plurals.get(kind);
  if (typeof kind !== 'string' || plural === undefined || typeof apiVersion !== 'string') {
    throw cannot(`a ${String(kind)} can't be applied, only ${[...plurals.keys()].join(', ')}`);
  }
  if (typeof name !== 'string' || name === '') throw cannot(`a ${kind} without a name`);
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  const isNamespaced = namespacedKinds.includes(kind);
  if (isNamespaced && (typeof namespace !== 'string' || namespace === '')) {
    throw cannot(`${kind} ${name} names no namespace`);
  }
  const collection = isNamespaced
    ? `${root}/namespaces/${encodeURIComponent(String(namespace))}/${plural}`
    : `${root}/${plural}`;
  return {
    path: `${collection}/${encodeURIComponent(name)}`,
    collection,
    kind,
    name,
    namespace: isNamespaced ? String(namespace) : undefined,
  };
}

function cannot(message: string): UserError {
  return new UserError(message, exitCodes.unreadable);
}

function annotationChanges(draft: Policy, raw: JsonObject): readonly FieldChange[] {
  const old = mapOf(metadataOf(raw).annotations);
  const wanted = draft.metadata.annotations ?? {};
  return profileKeys
    .filter(key => wanted[key] !== old[key])
    .map(key => ({in: 'annotations', key, value: wanted[key]}));
}

/** The top-level fields of the spec in which the draft differs in meaning. */
function specChanges(draft: Policy, raw: JsonObject): readonly FieldChange[] {
  const written = plain(draft.spec);
  const wanted = normalSpec(written);
  const old = normalSpec(raw.spec ?? {});
  return specKeys
    .filter(key => printJson(wanted[key]) !== printJson(old[key]))
    .map(key => ({in: 'spec', key, value: wanted[key] === undefined ? undefined : written[key]}));
}

/** The object with the changes made to its spec, the known fields in the API's order. */
function withChanges(object: JsonObject, changes: readonly FieldChange[]): JsonObject {
  const fields: Record<string, Json | undefined> = {...mapOf(object.spec)};
  for (const {in: part, key, value} of changes) if (part === 'spec') fields[key] = value;
  const order = new Set([...specKeys, ...Object.keys(fields)]);
  const spec = [...order]
    .map(key => [key, fields[key]] as const)
    .filter(([, value]) => value !== undefined);
  return {...object, spec: Object.fromEntries(spec)};
}

/** The annotations after the changes, including the one that `kubectl apply` keeps; undefined if none is left. */
function annotationsAfter(
  raw: JsonObject,
  changes: readonly FieldChange[],
): JsonObject | undefined {
  const annotations: Record<string, Json | undefined> = {...mapOf(metadataOf(raw).annotations)};
  for (const {in: part, key, value} of changes) {
    if (part === 'annotations') annotations[key] = value;
  }
  const lastApplied = annotations[lastAppliedKey];
  if (typeof lastApplied === 'string') {
    annotations[lastAppliedKey] = rewriteLastApplied(lastApplied, changes);
  }
  const left = Object.entries(annotations).filter(([, value]) => value !== undefined);
  return left.length === 0 ? undefined : Object.fromEntries(left);
}

function mapOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
