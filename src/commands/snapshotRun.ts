import {type ExitCode, exitCodes} from '../errors.ts';
import {snapshotOf} from '../inventory/snapshot.ts';
import {printJson} from '../kube/json.ts';
import {escapeJson} from '../report/escape.ts';
import {load, type SourceRequest} from './load.ts';
import type {World} from './world.ts';

/** Writes a snapshot of the whole cluster to the file; `-` or none is standard output. */
export async function runSnapshot(
  world: World,
  flags: SourceRequest & {readonly force: boolean},
  file: string | undefined,
): Promise<ExitCode> {
  const needs = {policies: true, workloads: true, caller: true, whole: true, everySpec: true};
  const {inventory} = await load(world, {...flags, allNamespaces: true}, needs);
  const text = `${escapeJson(printJson(snapshotOf(inventory)))}\n`;
  if (file === undefined || file === '-') world.print(text);
  else await world.writeFile(file, text, flags.force);
  return exitCodes.ok;
}
