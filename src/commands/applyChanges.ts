import {
  type Applied,
  applyAll,
  applyLines,
  type DryRun,
  dryRunAll,
  type PlannedChange,
} from '../apply/applyAll.ts';
import {type ExitCode, exitCodes} from '../errors.ts';
import {labelOf} from '../kube/reference.ts';
import type {Cluster, World} from './world.ts';

/** What the server says to changes, without making them. */
export interface Tried {
  readonly ok: boolean;
  /** A line for each change. */
  readonly lines: readonly string[];
  readonly results: readonly DryRun[];
}

/** Has the server try the changes. */
export async function tryChanges(
  cluster: Cluster,
  changes: readonly PlannedChange[],
): Promise<Tried> {
  const tried = await dryRunAll(cluster, changes);
  return {ok: tried.every(({ok}) => ok), lines: tried.map(triedLine), results: tried};
}

function triedLine(result: DryRun): string {
  if (!result.ok) return result.failure.message;
  const note = result.note === undefined ? '' : ` (${result.note})`;
  return `The server would ${result.change.action} ${labelOf(result.change)}${note}`;
}

/**
 * Makes the changes, all or none; the old objects go to files of the current folder first, unless what
 * undoes the changes is saved already.
 */
export async function makeChanges(
  world: World,
  cluster: Cluster,
  changes: readonly PlannedChange[],
  {isSaved = false}: {readonly isSaved?: boolean} = {},
): Promise<Applied> {
  const backup = async (fileName: string, text: string) => {
    await world.writeFile(fileName, text, false);
    return fileName;
  };
  return applyAll(cluster, changes, {
    now: () => world.now(),
    backup: isSaved ? undefined : backup,
  });
}

/**
 * Says what became of changes: by `say` if all were made, else as warnings. Returns the exit code for it.
 */
export function tellApplied(world: World, applied: Applied, say: (line: string) => void): ExitCode {
  const isDone = applied.outcome === 'applied';
  for (const line of applyLines(applied)) {
    if (isDone) say(line);
    else world.warn(line);
  }
  if (isDone) return exitCodes.ok;
  return applied.failure?.kind === 'unreachable' ? exitCodes.unreadable : exitCodes.refused;
}
