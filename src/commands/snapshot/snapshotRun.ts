import {type ExitCode, exitCodes} from '../../errors.ts';
import {snapshotText} from '../../inventory/files/snapshot.ts';
import {type Inventory, namespacesOf} from '../../inventory/inventory.ts';
import {oneByOne} from '../../once.ts';
import {escapeJson} from '../../report/escape.ts';
import {count} from '../../text.ts';
import {load} from '../input/load.ts';
import type {World} from '../world.ts';
import type {SnapshotFlags} from './snapshotFlags.ts';

/** Writes a snapshot of the whole cluster to the file; `-` or none is standard output. */
export async function runSnapshot(
  world: World,
  flags: SnapshotFlags,
  file: string | undefined,
): Promise<ExitCode> {
  const needs = {
    policies: true,
    workloads: true,
    caller: true,
    whole: true,
    everySpec: true,
    volumes: true,
  };
  const {inventory} = await load(world, {...flags, allNamespaces: true}, needs);
  const parts = oneByOne(snapshotText(inventory), escapeJson);
  if (file === undefined || file === '-') {
    // As it is made: what a pod that can't be read cuts off is no JSON, and no reader takes it for a whole.
    for (const part of parts) world.print(part);
  } else {
    await world.writeFile(file, parts, flags.force);
    world.warn(`wrote ${file}: ${contentsText(inventory)}`);
  }
  return exitCodes.ok;
}

/** What a snapshot holds, as the end of a sentence. */
function contentsText(inventory: Inventory): string {
  const {policies, rbac, workloads, pods} = inventory;
  const grants = Object.values(rbac).reduce((sum, {length}) => sum + length, 0);
  return [
    count(policies.length, 'policy', 'policies'),
    count(grants, 'role and binding', 'roles and bindings'),
    count(workloads.length, 'workload'),
    `${count(pods.length, 'pod')} in ${count(namespacesOf(inventory).length, 'namespace')}`,
  ].join(', ');
}
