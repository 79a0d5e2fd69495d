import {messageOf} from '../errors.ts';
import type {JsonObject} from '../kube/json.ts';
import {labelOf} from '../kube/reference.ts';
import {printYaml} from '../yaml/documents.ts';
import {
  type ChangeFailure,
  type PlannedChange,
  resourceVersionOf,
  withoutServerOwned,
} from './change.ts';

/** Saves a text to a new file that only its owner can read; returns its path. */
export type SaveFile = (fileName: string, text: string) => Promise<string>;

/** Where the old object of an update or a deletion is. */
export interface Backup {
  readonly change: PlannedChange;
  readonly file: string;
}

/** The result of saving the old objects; with a failure, not all of them are saved. */
export interface Saved {
  readonly backups: readonly Backup[];
  readonly failure?: ChangeFailure | undefined;
}

/**
 * Saves the old object of each update and deletion to a file of its own; of deletions alone, all to one, in
 * the order in which they can be created again. `time` is now, as ISO 8601.
 * Without a place to save to, nothing is.
 */
export async function saveAll(
  changes: readonly PlannedChange[],
  save: SaveFile | undefined,
  time: string,
): Promise<Saved> {
  const backups: Backup[] = [];
  if (save === undefined) return {backups};
  const [first] = changes;
  if (first !== undefined && isJoined(changes)) {
    const text = changes
      .toReversed()
      .map(change => backupText(change, change.before ?? {}, time))
      .join('---\n');
    try {
      const file = await save(backupName(first, time, 0), text);
      return {backups: changes.map(change => ({change, file}))};
    } catch (error) {
      return {backups, failure: notSaved(first, error)};
    }
  }
  for (const [index, change] of changes.entries()) {
    if (change.before === undefined) continue;
    const text = backupText(change, change.before, time);
    try {
      backups.push({change, file: await save(backupName(change, time, index), text)});
    } catch (error) {
      return {backups, failure: notSaved(change, error)};
    }
  }
  return {backups};
}

/** Whether the old objects are in one file together: several deletions and nothing else. */
function isJoined(changes: readonly PlannedChange[]): boolean {
  return changes.length > 1 && changes.every(({action}) => action === 'delete');
}

function notSaved(change: PlannedChange, error: unknown): ChangeFailure {
  const message = `${labelOf(change)} can't be saved to a file, so nothing was changed: ${messageOf(error)}`;
  return {change, kind: 'other', message, fields: []};
}

/** A name has at most 253 characters, a file's name 255 bytes. */
const longestNamePart = 150;

function backupName({kind, namespace, name}: PlannedChange, time: string, index: number): string {
  const parts = kind === 'PodSecurityPolicy' ? [name] : [kind.toLowerCase(), namespace, name];
  const subject = parts.filter(part => part !== undefined).join('-');
  const plain = subject.replace(/[^\w.-]/g, '-').slice(0, longestNamePart);
  const nth = index === 0 ? '' : `-${index + 1}`;
  return `psp-backup-${plain}-${time.replace(/[-:]/g, '')}${nth}.yaml`;
}

/** The old object without what would keep `kubectl replace` from putting it back. */
function backupText(change: PlannedChange, before: JsonObject, time: string): string {
  const version = resourceVersionOf(before) ?? 'unknown';
  const head = [
    `${labelOf(change)} as it was before kubectl psp ${change.action === 'delete' ? 'deleted' : 'changed'} it (${time}, resourceVersion ${version}).`,
    `Put it back with: kubectl ${verbOf(change)} -f THIS_FILE`,
  ];
  const object = withoutServerOwned(before);
  return printYaml(
    {apiVersion: before.apiVersion, kind: before.kind, ...object},
    {comments: new Map([['', head]])},
  );
}

/** Where a change's old object is, as the end of a line; empty if it has none. */
export function backupHint(change: PlannedChange, backups: readonly Backup[]): string {
  const file = backups.find(backup => backup.change === change)?.file;
  return file === undefined
    ? ''
    : `; the old one is in ${file} (kubectl ${verbOf(change)} -f puts it back)`;
}

/** The same once all is done, which the last of several deletions says for all of them. */
export function doneHint(change: PlannedChange, backups: readonly Backup[]): string {
  const file = backups.find(backup => backup.change === change)?.file;
  const others = backups.filter(backup => backup.file === file);
  if (file === undefined || others.length < 2) return backupHint(change, backups);
  if (others.at(-1)?.change !== change) return '';
  return `; all of them are in ${file} (kubectl create -f puts them back)`;
}

/** What kubectl takes to put the old object back. */
function verbOf({action}: PlannedChange): string {
  return action === 'delete' ? 'create' : 'replace';
}
