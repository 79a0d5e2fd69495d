import {exitCodes, UserError} from '../errors.ts';
import type {Json, JsonObject} from '../kube/json.ts';
import {labelOf} from '../kube/reference.ts';
import type {Backup} from './backup.ts';
import {
  objectLabels,
  type PlannedChange,
  resourceVersionOf,
  withMetadata,
  withoutServerOwned,
} from './change.ts';
import {planLabels} from './planChange.ts';
import {differenceOf} from './sameMeaning.ts';

/** The creation that makes a deleted object again; the server gives it a new identity. */
export function remakeOf(change: PlannedChange): PlannedChange {
  const desired = withoutServerOwned(change.before ?? {});
  const {path, collection, kind, name, namespace} = change;
  return {action: 'create', path, collection, kind, name, namespace, desired};
}

/** The update that puts the old object back, if nobody has touched it since it was stored as `stored`. */
export function reverseOf(change: PlannedChange, stored: JsonObject): PlannedChange {
  const resourceVersion = resourceVersionOf(stored);
  const old = withMetadata(change.before ?? {}, {managedFields: undefined, resourceVersion});
  return {...change, desired: old, before: stored, expectedResourceVersion: resourceVersion};
}

/** A change that was made, and what it takes to take it back. */
export interface MadeChange {
  readonly change: PlannedChange;
  /** The object as it is stored since; undefined if it was deleted. */
  readonly stored: JsonObject | undefined;
  /** The file that has the object as it was before; undefined if there was none. */
  readonly backup: string | undefined;
}

/** What an apply that went through has changed. */
export function madeChanges({
  done,
  backups,
}: {
  readonly done: readonly {
    readonly change: PlannedChange;
    readonly stored?: JsonObject | undefined;
  }[];
  readonly backups: readonly Backup[];
}): readonly MadeChange[] {
  return done.map(({change, stored}) => ({
    change,
    stored: change.action === 'delete' ? undefined : stored,
    backup: backups.find(backup => backup.change === change)?.file,
  }));
}

/**
 * The changes that take back what was made, the last first; those that are taken back already are left
 * out. `read` gives the object of a path as it is now. Throws a UserError if somebody has changed one since.
 */
export async function planReverse(
  made: readonly MadeChange[],
  read: (path: string) => Promise<JsonObject | undefined>,
): Promise<readonly PlannedChange[]> {
  const changes: PlannedChange[] = [];
  for (const each of made.toReversed()) {
    const reverse = reverseNow(each, await read(each.change.path));
    if (reverse !== undefined) changes.push(reverse);
  }
  return changes;
}

function reverseNow(
  {change, stored, backup}: MadeChange,
  now: JsonObject | undefined,
): PlannedChange | undefined {
  const {apiVersion = null, kind = null} = change.desired;
  const current = now && {apiVersion, kind, ...now};
  if (change.action === 'delete') {
    if (current === undefined) return remakeOf(change);
    throw inTheWay(change, 'was made again by someone else since', backup);
  }
  if (current === undefined) {
    if (change.action === 'create') return undefined;
    throw inTheWay(change, 'was deleted by someone else since', backup);
  }
  if (change.kind === 'Namespace') return labelsBack({change, backup}, current);
  if (stored !== undefined && differenceOf(stored, current) !== undefined) {
    throw inTheWay(change, 'was changed by someone else since', backup);
  }
  return change.action === 'create' ? deletionOf(change, current) : reverseOf(change, current);
}

/** Of a namespace only labels are ever changed: these go back, and all that others changed since stays. */
function labelsBack(
  {change, backup}: Pick<MadeChange, 'change' | 'backup'>,
  current: JsonObject,
): PlannedChange | undefined {
  const was = objectLabels(change.before);
  const made = objectLabels(change.desired);
  const now = objectLabels(current);
  const names = Object.keys({...was, ...made}).filter(name => was[name] !== made[name]);
  if (names.every(name => now[name] === was[name])) return undefined;
  if (names.some(name => now[name] !== made[name])) {
    throw inTheWay(change, 'was labelled by someone else since', backup);
  }
  const values = names.map(name => [name, textOf(was[name])] as const);
  return planLabels(current, Object.fromEntries(values));
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function deletionOf(change: PlannedChange, current: JsonObject): PlannedChange {
  const expectedResourceVersion = resourceVersionOf(current);
  return {...change, action: 'delete', desired: current, before: current, expectedResourceVersion};
}

function inTheWay(change: PlannedChange, what: string, backup: string | undefined): UserError {
  const hint = backup === undefined ? '' : `; the old one is in ${backup}`;
  return new UserError(
    `${labelOf(change)} ${what}: nothing is taken back${hint}`,
    exitCodes.refused,
  );
}
