import {type ExitCode, exitCodes} from '../../errors.ts';
import {snapshotOf} from '../../inventory/files/snapshot.ts';
import {printJson} from '../../kube/json.ts';
import {escapeJson} from '../../report/escape.ts';
import {load} from '../input/load.ts';
import type {World} from '../world.ts';
import type {SnapshotFlags} from './snapshotFlags.ts';

/** Writes a snapshot of the whole cluster to the file; `-` or none is standard output. */
export async function runSnapshot(
  world: World,
  flags: SnapshotFlags,
  file: string | undefined,
): Promise<ExitCode> {
  const needs = {policies: true, workloads: true, caller: true, whole: true, everySpec: true};
  const {inventory} = await load(world, {...flags, allNamespaces: true}, needs);
  const text = `${escapeJson(printJson(snapshotOf(inventory)))}\n`;
  if (file === undefined || file === '-') world.print(text);
  else await world.writeFile(file, text, flags.force);
  return exitCodes.ok;
}
