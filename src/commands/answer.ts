import type {Inventory} from '../inventory/inventory.ts';
import {unreadPlaces} from '../inventory/unreadPlaces.ts';
import {jsonParts, yamlParts} from '../report/machine.ts';
import type {World} from './world.ts';

/** Prints a document of machine output; its items may be made as they are printed. */
export async function printMachine(
  world: World,
  format: 'json' | 'yaml',
  answer: object,
): Promise<void> {
  const parts =
    format === 'json'
      ? jsonParts(answer)
      : yamlParts(answer, (await import('../yaml/documents.ts')).printYaml);
  for (const part of parts) world.print(part);
}

/**
 * What kubectl says where there is nothing, unless that is not known; on standard error, and no failure.
 */
export function warnOfNothing(
  world: World,
  namespace: string | undefined,
  inventory: Inventory,
): void {
  const places = namespace === undefined ? undefined : new Set([namespace]);
  const unread = unreadPlaces(inventory, places);
  if (unread?.kind === 'namespaces') {
    const where = namespace === undefined ? '' : ` in ${namespace} namespace`;
    world.warn(`Nothing that could be read was found${where}; what runs there is unknown.`);
    return;
  }
  world.warn(
    namespace === undefined
      ? 'No resources found'
      : `No resources found in ${namespace} namespace.`,
  );
}

/** The names of policies, as kubectl's -o name has them. */
export function printPolicyNames(world: World, names: Iterable<string>): void {
  for (const name of names) world.print(`podsecuritypolicy.policy/${name}\n`);
}
