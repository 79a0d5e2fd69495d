import {messageOf, UserError} from '../../errors.ts';
import {snapshotVersion} from '../../inventory/files/snapshot.ts';
import {DecodeError, list, object} from '../../kube/decode.ts';
import {compact} from '../../kube/edits.ts';
import {isObject, type JsonObject, printJson} from '../../kube/json.ts';
import {decodePolicy} from '../../kube/objects.ts';
import {escapeJson} from '../../report/escape.ts';
import type {Draft} from '../../tui/edit.ts';
import {editedDrafts, type Session} from '../../tui/session.ts';
import type {World} from '../world.ts';

const kind = 'Drafts';

const fields = object({
  drafts: list(
    object({
      base: decodePolicy,
      past: list(decodePolicy),
      now: decodePolicy,
      future: list(decodePolicy),
    }),
  ),
});

/** Edits in progress as one document, their undo history with them. */
function draftsText(drafts: readonly Draft[]): string {
  return `${escapeJson(printJson(compact({apiVersion: snapshotVersion, kind, drafts})))}\n`;
}

/** The edits in progress that a session wrote to a file when it had to end; a UserError if it holds none. */
export async function readDrafts(world: World, path: string): Promise<readonly Draft[]> {
  const [document, ...others] = await world.readDocuments([path]);
  const value = document?.value;
  if (value === undefined || others.length > 0 || !isObject(value) || !isDrafts(value)) {
    throw new UserError(`${path}: not a drafts file written by kubectl psp`);
  }
  try {
    return (fields(value).drafts ?? []).map(({base, past = [], now, future = []}) => {
      if (!base?.metadata.name || !now) throw new DecodeError('drafts', 'policies', 'none');
      return {base, past, now, future};
    });
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new UserError(`${path}: ${error.message}`, undefined, {cause: error});
  }
}

function isDrafts(value: JsonObject): boolean {
  return value.kind === kind && value.apiVersion === snapshotVersion;
}

/**
 * What to say of a session that failed because of a mistake in the program, in one line. The edits in progress
 * are in a file then that only its owner can read: of the current folder, or else of that for temporary files.
 */
export async function failureLine(world: World, error: unknown, session: Session): Promise<string> {
  const [, place] = /^\s*at (.+)$/m.exec((error instanceof Error && error.stack) || '') ?? [];
  const what = `${messageOf(error)}${place === undefined ? '' : ` (at ${place})`}`;
  const kept = await keptDrafts(world, editedDrafts(session));
  const report = `error: this is a bug of kubectl psp, please report it: ${what}`;
  return `${report.replaceAll(/\s+/g, ' ')}${kept}`;
}

/** The same of a session that a signal ended; undefined if there is nothing to keep. */
export async function killedLine(world: World, session: Session): Promise<string | undefined> {
  const kept = await keptDrafts(world, editedDrafts(session));
  return kept === '' ? undefined : `The session was ended from outside${kept}`;
}

async function keptDrafts(world: World, drafts: readonly Draft[]): Promise<string> {
  if (drafts.length === 0) return '';
  const name = `psp-drafts-${world.now().replace(/[-:]/g, '')}.json`;
  const text = draftsText(drafts);
  try {
    const file = await firstWritten(world, [name, `${world.temporaryFolder()}/${name}`], text);
    return `; your edits are kept: kubectl psp --drafts ${file}`;
  } catch (error) {
    return `; your edits can't be saved: ${messageOf(error)}`;
  }
}

/** The first of the files that can be written; throws what kept the last one from it. */
async function firstWritten(
  world: World,
  [file = '', ...others]: readonly string[],
  text: string,
): Promise<string> {
  try {
    await world.writeFile(file, text, true);
    return file;
  } catch (error) {
    if (others.length === 0) throw error;
    return firstWritten(world, others, text);
  }
}
