import {isObject, type JsonObject} from '../kube/json.ts';
import {kubectlName, labelOf} from '../kube/reference.ts';
import {type Backup, backupHint, doneHint, type SaveFile, saveAll} from './backup.ts';
import {carryOut, type Pause, removeCreated} from './carryOut.ts';
import {
  type ChangeClient,
  type ChangeFailure,
  failureOf,
  isServerError,
  type PlannedChange,
  sendChange,
  staleness,
} from './change.ts';
import {remakeOf, reverseOf} from './reverse.ts';

export type {Backup} from './backup.ts';
export {readObject} from './carryOut.ts';
export type {ChangeClient, ChangeFailure, FailureKind, PlannedChange} from './change.ts';

/** What the server said to a change that it only tried. */
export type DryRun =
  | {
      readonly change: PlannedChange;
      readonly ok: true;
      /** The object as it would be stored. */
      readonly stored: JsonObject;
      /** What could not be tried, in one line. */
      readonly note?: string | undefined;
    }
  | {readonly change: PlannedChange; readonly ok: false; readonly failure: ChangeFailure};

/**
 * Has the server try each change (`dryRun=All`) and returns a result for each, even after a failure. Throws
 * only what is not an answer of the server: a failed login, an interruption.
 */
export async function dryRunAll(
  client: ChangeClient,
  changes: readonly PlannedChange[],
): Promise<readonly DryRun[]> {
  const results: DryRun[] = [];
  let unreachable: ChangeFailure | undefined;
  for (const change of changes) {
    // Each request to a server that is gone would wait for its time-out.
    const result: DryRun =
      unreachable === undefined
        ? await dryRun(client, change, changes)
        : {change, ok: false, failure: {...unreachable, change}};
    if (!result.ok && result.failure.kind === 'unreachable') unreachable = result.failure;
    results.push(result);
  }
  return results;
}

async function dryRun(
  client: ChangeClient,
  change: PlannedChange,
  all: readonly PlannedChange[],
): Promise<DryRun> {
  const failure = staleness(change);
  if (failure !== undefined) return {change, ok: false, failure};
  try {
    return {change, ok: true, stored: await sendChange(client, change, true)};
  } catch (error) {
    if (!isServerError(error)) throw error;
    const failed = failureOf(change, error);
    if (failed.kind !== 'notFound' || !bindsNewRole(change, all)) {
      return {change, ok: false, failure: failed};
    }
    const note = `${labelOf(change)} can only be tried once its role is there`;
    return {change, ok: true, stored: change.desired, note};
  }
}

/**
 * Whether a binding's role is created in the same apply. To someone without the right to `bind` it, the
 * server says that such a role does not exist (pkg/registry/rbac/rolebinding/policybased, v1.24).
 */
function bindsNewRole({desired, namespace}: PlannedChange, all: readonly PlannedChange[]): boolean {
  const {roleRef} = desired;
  return (
    isObject(roleRef) &&
    all.some(
      other =>
        other.action === 'create' &&
        other.kind === roleRef.kind &&
        other.name === roleRef.name &&
        (other.namespace === undefined || other.namespace === namespace),
    )
  );
}

/** What applying needs from around it. */
export interface ApplyOptions {
  /** undefined: what undoes the changes was saved already. */
  readonly backup: SaveFile | undefined;
  /** Now, as ISO 8601. */
  now(): string;
  /** Waits between two looks at what a broken connection left behind; the real clock if not given. */
  readonly pause?: Pause | undefined;
}

/** One thing that was done or undone, or could not be. */
export interface ApplyStep {
  readonly change: PlannedChange;
  readonly ok: boolean;
  /** One line for people. */
  readonly text: string;
  /** The object as it is stored now, if this step stored it. */
  readonly stored?: JsonObject | undefined;
}

/** What became of an apply. */
export interface Applied {
  /**
   * `applied`: all of it. `refused`: nothing was changed. `rolledBack`: what was changed was undone.
   * `partly`: some of it stands, or that is unknown; the steps say what.
   */
  readonly outcome: 'applied' | 'rolledBack' | 'partly' | 'refused';
  readonly done: readonly ApplyStep[];
  readonly failure?: ChangeFailure | undefined;
  readonly rollback: readonly ApplyStep[];
  /** Where the old objects are. */
  readonly backups: readonly Backup[];
}

/**
 * Makes the changes in order, once the old objects are saved to files. Each update is guarded by the
 * version that its edit began from. If one fails, the earlier ones are undone, the last one first. Never
 * throws because of the server or a file. Try the changes with `dryRunAll` first.
 */
export async function applyAll(
  client: ChangeClient,
  changes: readonly PlannedChange[],
  options: ApplyOptions,
): Promise<Applied> {
  const stale = changes.map(staleness).find(found => found !== undefined);
  if (stale !== undefined) return refused(stale, []);
  const saved = await saveAll(changes, options.backup, options.now());
  if (saved.failure !== undefined) return refused(saved.failure, saved.backups);
  const {backups} = saved;
  const done: Done[] = [];
  for (const change of changes) {
    const sent = await carryOut(client, change, options.pause);
    if (sent.state === 'stored') {
      const text = `${change.action}d ${labelOf(change)}`;
      done.push({change, ok: true, text: text + doneHint(change, backups), stored: sent.object});
      continue;
    }
    const rollback: ApplyStep[] = [];
    if (sent.state === 'unknown') rollback.push(unknownStep(change, backups));
    for (const step of done.toReversed())
      rollback.push(await undo(client, step, backups, options.pause));
    return {outcome: outcomeOf(rollback), done, failure: sent.failure, rollback, backups};
  }
  return {outcome: 'applied', done, rollback: [], backups};
}

/** What became of an apply, in lines for people, in the order in which it happened. */
export function applyLines({done, failure, rollback}: Applied): readonly string[] {
  return [
    ...done.map(({text}) => text),
    ...(failure === undefined ? [] : [failure.message]),
    ...rollback.map(({text}) => text),
  ];
}

interface Done extends ApplyStep {
  readonly stored: JsonObject;
}

function refused(failure: ChangeFailure, backups: readonly Backup[]): Applied {
  return {outcome: 'refused', done: [], failure, rollback: [], backups};
}

function outcomeOf(rollback: readonly ApplyStep[]): Applied['outcome'] {
  if (rollback.length === 0) return 'refused';
  return rollback.every(({ok}) => ok) ? 'rolledBack' : 'partly';
}

function unknownStep(change: PlannedChange, backups: readonly Backup[]): ApplyStep {
  const text = `it is not known whether ${labelOf(change)} was ${change.action}d: see kubectl get ${kubectlName(change)} -o yaml`;
  return {change, ok: false, text: text + backupHint(change, backups)};
}

async function undo(
  client: ChangeClient,
  {change, stored}: Done,
  backups: readonly Backup[],
  pause: Pause | undefined,
): Promise<ApplyStep> {
  const label = labelOf(change);
  if (change.action === 'create') {
    const removed = await removeCreated(client, change, stored, pause);
    if (removed.state === 'gone') return {change, ok: true, text: `deleted ${label} again`};
    const hint = `kubectl delete ${kubectlName(change)} removes it`;
    const start =
      removed.state === 'stays' ? `${label} stays` : `it is not known whether ${label} stays`;
    return {change, ok: false, text: `${start}: ${removed.failure.message}; ${hint}`};
  }
  const isDeleted = change.action === 'delete';
  const back = isDeleted ? remakeOf(change) : reverseOf(change, stored);
  const first = await carryOut(client, back, pause);
  // The object is as we left it: only the connection failed, and the version still guards the object.
  const again = first.state === 'failed' && first.failure.kind === 'unreachable';
  const sent = again ? await carryOut(client, back, pause) : first;
  if (sent.state === 'stored') {
    const text = isDeleted ? `made ${label} again` : `put ${label} back as it was`;
    return {change, ok: true, text, stored: sent.object};
  }
  const stays = `${label} stays ${isDeleted ? 'deleted' : 'changed'}`;
  const isUnknown = sent.state === 'unknown' && sent.failure.kind !== 'conflict';
  const start = isUnknown ? `it is not known whether ${stays}` : stays;
  const text = `${start}: ${sent.failure.message}`;
  return {change, ok: false, text: text + backupHint(change, backups)};
}
