import {exitCodes, messageOf, UserError} from '../errors.ts';
import {isObject, type Json, type JsonObject} from '../kube/json.ts';
import {labelOf, type Reference} from '../kube/reference.ts';

/** One object to create, replace or delete, as planned by src/apply/planChange.ts. */
export interface PlannedChange extends Reference {
  readonly action: 'create' | 'update' | 'delete';
  /** The object's own path in the API. */
  readonly path: string;
  /** The path that it is posted to. */
  readonly collection: string;
  /** What is sent, complete; for a deletion, what is deleted. */
  readonly desired: JsonObject;
  /** For an update or a deletion: the object as it was read just before. */
  readonly before?: JsonObject | undefined;
  /** For an update or a deletion: the version that the edit began from. */
  readonly expectedResourceVersion?: string | undefined;
}

/** What changing a cluster takes: raw JSON by path. src/world/client.ts has it. */
export interface ChangeClient {
  get(path: string): Promise<Json>;
  send(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Json>;
}

export type FailureKind =
  | 'conflict'
  | 'forbidden'
  | 'invalid'
  | 'notFound'
  | 'unreachable'
  | 'other';

/** Why the server did not take a change. */
export interface ChangeFailure {
  readonly change: PlannedChange;
  readonly kind: FailureKind;
  /** One line: what is wrong with which object, and what to do. */
  readonly message: string;
  /** For an invalid object: each field, and the server's words about it. */
  readonly fields: readonly {readonly field: string; readonly message: string}[];
}

/** The writer's name in the objects' managedFields. */
export const fieldManager = 'kubectl-psp';

/** Sends a change, or has it tried if `dryRun`. Returns the object as the server stores it. */
export async function sendChange(
  client: ChangeClient,
  change: PlannedChange,
  dryRun: boolean,
): Promise<JsonObject> {
  const {action, path, collection, desired} = change;
  const query = `?${dryRun ? 'dryRun=All&' : ''}fieldManager=${fieldManager}`;
  const send = () => {
    switch (action) {
      case 'create':
        return client.send('POST', collection + query, desired);
      case 'update':
        return client.send('PUT', path + query, desired);
      case 'delete':
        return client.send('DELETE', path, deleteOptions(change, dryRun));
    }
  };
  const answer = await send();
  if (isObject(answer)) return answer;
  throw new UserError(`the server answered ${path} with no object`, exitCodes.unreadable);
}

/**
 * Deletes the object only if it is what was read. The server reads options from the body or else from
 * the query (apiserver v0.24, pkg/endpoints/handlers/delete.go).
 */
function deleteOptions({before}: PlannedChange, dryRun: boolean): JsonObject {
  const {uid} = metadataOf(before);
  const preconditions = {uid, resourceVersion: resourceVersionOf(before)};
  const options = {apiVersion: 'v1', kind: 'DeleteOptions', preconditions};
  return dryRun ? {...options, dryRun: ['All']} : options;
}

/** `metadata` of a raw object; empty if it has none. */
export function metadataOf(object: JsonObject | undefined): JsonObject {
  const metadata = object?.metadata;
  return isObject(metadata) ? metadata : {};
}

/** The labels of a raw object; empty if it has none. */
export function objectLabels(object: JsonObject | undefined): JsonObject {
  const {labels} = metadataOf(object);
  return isObject(labels) ? labels : {};
}

/** The version of a raw object; undefined if it was never stored. */
export function resourceVersionOf(object: JsonObject | undefined): string | undefined {
  const {resourceVersion} = metadataOf(object);
  return typeof resourceVersion === 'string' ? resourceVersion : undefined;
}

/** The object with some fields of its metadata set; with undefined, removed. */
export function withMetadata(object: JsonObject, fields: JsonObject): JsonObject {
  const entries = Object.entries({...metadataOf(object), ...fields});
  const metadata = Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  return {...object, metadata};
}

/** What only the server writes into an object's metadata (apimachinery v0.24, meta/v1 ObjectMeta). */
const serverOwned = {
  creationTimestamp: undefined,
  generation: undefined,
  managedFields: undefined,
  resourceVersion: undefined,
  selfLink: undefined,
  uid: undefined,
};

/** The object without what only the server writes into its metadata: as it could be created. */
export function withoutServerOwned(object: JsonObject): JsonObject {
  return withMetadata(object, serverOwned);
}

/** The error of a change whose object is no longer what the edit began from; undefined if it is. */
export function staleness(change: PlannedChange): ChangeFailure | undefined {
  const {before, expectedResourceVersion} = change;
  const isStale =
    change.action !== 'create' &&
    expectedResourceVersion !== undefined &&
    resourceVersionOf(before) !== expectedResourceVersion;
  return isStale ? failure(change, 'conflict', changedMeanwhile(change)) : undefined;
}

/** What a refusal or a broken connection says; ApiError of src/world/apiError.ts is one. */
interface ServerError extends Error {
  /** HTTP status; 0 if there was no usable answer. */
  readonly status: number;
  readonly body?: unknown;
}

/** Whether an error comes from asking the server, rather than from a bug in the program. */
export function isServerError(error: unknown): error is ServerError {
  return error instanceof Error && 'status' in error && typeof error.status === 'number';
}

/** Whether the change may have been carried out anyway: nobody answered, or a server in trouble did. */
export function isUncertain(error: unknown): boolean {
  return !isServerError(error) || error.status === 0 || error.status === 408 || error.status >= 500;
}

/** What an error means for a change. */
export function failureOf(change: PlannedChange, error: unknown): ChangeFailure {
  if (!isServerError(error)) {
    return failure(change, 'other', `${labelOf(change)}: ${messageOf(error)}`);
  }
  const said = saidBy(error);
  switch (error.status) {
    case 0:
      return failure(change, 'unreachable', error.message);
    case 403:
      return failure(change, 'forbidden', forbidden(change, said, error.message));
    case 404:
      return failure(change, 'notFound', missing(change, said, error.message));
    case 409:
      return conflict(change, said);
    case 422:
      return invalid(change, said, error.message);
    default:
      return failure(change, 'other', error.message);
  }
}

function failure(change: PlannedChange, kind: FailureKind, message: string): ChangeFailure {
  return {change, kind, message: oneLine(message), fields: []};
}

function changedMeanwhile(change: PlannedChange): string {
  return `${labelOf(change)} was changed by someone else since it was read: read it again and repeat the change`;
}

/** A `Status`'s own words and what it says about the object. */
interface Said {
  readonly message: string;
  readonly details: JsonObject;
}

function saidBy({body, message}: ServerError): Said {
  const status = isJsonObject(body) ? body : {};
  return {
    message: typeof status.message === 'string' ? status.message : message,
    details: isObject(status.details) ? status.details : {},
  };
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function conflict(change: PlannedChange, {message}: Said): ChangeFailure {
  const label = labelOf(change);
  if (change.action === 'create') {
    const text = `${label} exists already: someone else made it in the meantime: read it again`;
    return failure(change, 'conflict', text);
  }
  // apiserver v0.24, pkg/storage/interfaces.go, Preconditions.Check: an object that is gone has no UID.
  const found = /Precondition failed: UID in precondition: .*, UID in object meta:(.*)/.exec(
    message,
  );
  if (found === null) return failure(change, 'conflict', changedMeanwhile(change));
  if (found[1]?.trim() === '') return failure(change, 'notFound', deleted(change));
  const recreated = `${label} was deleted and recreated by someone else since it was read: read it again`;
  return failure(change, 'conflict', recreated);
}

function deleted(change: PlannedChange): string {
  return `${labelOf(change)} was deleted by someone else since it was read: read again`;
}

function forbidden(change: PlannedChange, {message}: Said, whole: string): string {
  const label = labelOf(change);
  // kubernetes v1.24, pkg/registry/rbac/validation/rule.go, ConfirmNoEscalation.
  const missingRights = /attempting to grant RBAC permissions not currently held:\s*([\s\S]*)/.exec(
    message,
  )?.[1];
  if (missingRights !== undefined) {
    const verb = change.kind.endsWith('Binding') ? 'bind' : 'escalate';
    return `${label} grants what you may not do yourself (${missingRights.trim()}): have it made by someone who may, or ask for the right to ${verb} the role`;
  }
  return / cannot \w+ resource /.test(message) ? whole : `the server forbids ${label}: ${message}`;
}

function missing(change: PlannedChange, {message, details}: Said, whole: string): string {
  const label = labelOf(change);
  if (change.action !== 'create' && details.name === change.name) {
    return deleted(change);
  }
  if (details.kind === 'namespaces') {
    return `${label}: there is no namespace ${String(details.name)}: make it first`;
  }
  // The answer about a path that the server does not know at all has no name.
  return details.name === undefined
    ? `${label}: the server does not have this kind of object: ${whole}`
    : `${label}: ${message}`;
}

function invalid(change: PlannedChange, {message, details}: Said, whole: string): ChangeFailure {
  const causes = Array.isArray(details.causes) ? details.causes.filter(isObject) : [];
  const fields = causes.map(({field, message: words}) => ({
    field: oneLine(String(field ?? '')),
    message: oneLine(String(words ?? '')),
  }));
  const list = fields.map(({field, message: words}) => `${field}: ${words}`).join('; ');
  const why = list === '' ? message || whole : list;
  return {...failure(change, 'invalid', `${labelOf(change)} is invalid: ${why}`), fields};
}

/** Control characters in a server's text are kept from the terminal. */
function oneLine(text: string): string {
  return text.replace(/[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, ' ').trim();
}
