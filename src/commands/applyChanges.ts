import {
  type Applied,
  applyAll,
  type DryRun,
  dryRunAll,
  labelOf,
  type PlannedChange,
} from '../inventory/apply.ts';
import {isObject, type JsonObject} from '../kube/json.ts';
import type {Cluster, World} from './world.ts';

/** The object at this path of the API; undefined if there is none. */
export async function readExisting(
  cluster: Cluster,
  path: string,
): Promise<JsonObject | undefined> {
  try {
    const found = await cluster.get(path);
    return isObject(found) ? found : undefined;
  } catch (error) {
    if (cluster.isNotFound(error)) return undefined;
    throw error;
  }
}

/** What the server says to changes, without making them. */
export interface Tried {
  readonly ok: boolean;
  /** A line for each change. */
  readonly lines: readonly string[];
}

/** Has the server try the changes. */
export async function tryChanges(
  cluster: Cluster,
  changes: readonly PlannedChange[],
): Promise<Tried> {
  const tried = await dryRunAll(cluster, changes);
  return {ok: tried.every(({ok}) => ok), lines: tried.map(triedLine)};
}

function triedLine(result: DryRun): string {
  if (!result.ok) return result.failure.message;
  const note = result.note === undefined ? '' : ` (${result.note})`;
  return `The server would ${result.change.action} ${labelOf(result.change)}${note}`;
}

/** Makes the changes, all or none; the old objects go to files of the current folder first. */
export async function makeChanges(
  world: World,
  cluster: Cluster,
  changes: readonly PlannedChange[],
): Promise<Applied> {
  return applyAll(cluster, changes, {
    now: () => world.now(),
    async backup(fileName, text) {
      await world.writeFile(fileName, text, false);
      return fileName;
    },
  });
}
