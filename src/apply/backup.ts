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

/** Saves a text to a new file that only its owner can read; answers with its path. */
export type SaveFile = (fileName: string, text: string) => Promise<string>;

/** Where the old object of an update or a deletion is. */
export interface Backup {
  readonly change: PlannedChange;
  readonly file: string;
}

/** What saving the old objects came to; with a failure, not all of them are saved. */
export interface Saved {
  readonly backups: readonly Backup[];
  readonly failure?: ChangeFailure | undefined;
}

/** Saves the old object of each update and deletion to a file of its own, if at all. `time` is now, as ISO 8601. */
export async function saveAll(
  changes: readonly PlannedChange[],
  save: SaveFile | undefined,
  time: string,
): Promise<Saved> {
  const backups: Backup[] = [];
  if (save === undefined) return {backups};
  for (const [index, change] of changes.entries()) {
    if (change.before === undefined) continue;
    const text = backupText(change, change.before, time);
    try {
      backups.push({change, file: await save(backupName(change, time, index), text)});
    } catch (error) {
      const message = `${labelOf(change)} can't be saved to a file, so nothing was changed: ${messageOf(error)}`;
      return {backups, failure: {change, kind: 'other', message, fields: []}};
    }
  }
  return {backups};
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

/** Where a change's old object is, to end a line with; empty if it has none. */
export function backupHint(change: PlannedChange, backups: readonly Backup[]): string {
  const file = backups.find(backup => backup.change === change)?.file;
  return file === undefined
    ? ''
    : `; the old one is in ${file} (kubectl ${verbOf(change)} -f puts it back)`;
}

/** What kubectl takes to put the old object back. */
function verbOf({action}: PlannedChange): string {
  return action === 'delete' ? 'create' : 'replace';
}
