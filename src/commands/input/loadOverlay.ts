import {type ChangedInventory, policiesInVain} from '../../effect/changeNotes.ts';
import {exitCodes, UserError} from '../../errors.ts';
import {layOver} from '../../inventory/files/overlay.ts';
import {emptyInventory, type Inventory} from '../../inventory/inventory.ts';
import {nearNames} from '../../kube/nearNames.ts';
import {storedIn} from '../../policy/refused.ts';
import {count} from '../../text.ts';
import type {World} from '../world.ts';
import {requirePolicies, requireReadPolicies, type SourceRequest, withBase} from './load.ts';
import {inventoryOfFiles} from './loadFiles.ts';
import {readSources, sourceNames} from './readSources.ts';
import {releaseOfFiles} from './release.ts';

/** A cluster without and with a change, and where to look. */
export interface Overlaid extends ChangedInventory {
  /** The namespace that the answer is about; undefined for all. */
  readonly namespace: string | undefined;
}

/** What a change takes away. */
export interface Removal {
  /** The names of policies. */
  readonly deleted: readonly string[];
  /** Whether all goes away that the files of the change do not have. */
  readonly prune: boolean;
}

/**
 * The base (the cluster, --from or the demo) and the same with the files of -f laid over it and what is
 * to be removed taken away. Same kind, namespace and name: the file wins.
 */
export async function loadOverlay(
  world: World,
  flags: SourceRequest,
  {deleted, prune}: Removal,
): Promise<Overlaid> {
  const filename = sourceNames(flags);
  if (filename.length === 0 && deleted.length === 0) {
    throw new UserError(
      'name the change to try: -f with its files, or --delete with a policy',
      exitCodes.usage,
    );
  }
  const read = await readChange(world, flags, filename);
  const needs = {policies: true, workloads: true, caller: false, whole: true, everywhere: true};
  return withBase(world, flags, needs, async ({inventory: before, namespace}) => {
    if (prune && (before.origin !== 'manifests' || filename.length === 0)) {
      throw new UserError(
        '--prune is for manifests on both sides: those of --from and those of -f',
        exitCodes.usage,
      );
    }
    if (deleted.length > 0) requirePolicies(before);
    else requireReadPolicies(before);
    const files = storedIn(before.release, read);
    const problem = policiesInVain(before, files);
    if (problem !== undefined) throw new UserError(problem);
    checkDeleted(deleted, before, files);
    const after = layOver(prune ? emptied(before) : before, files, deleted);
    return {before, after, files, namespace};
  });
}

/** The same place with nothing in it. */
function emptied(inventory: Inventory): Inventory {
  const {policies, rbac, namespaces, serviceAccounts, workloads, pods} = emptyInventory;
  return {...inventory, policies, rbac, namespaces, serviceAccounts, workloads, pods};
}

/** The objects of the files of a change; none that matter is an error. */
export async function readChange(
  world: World,
  flags: SourceRequest,
  paths: readonly string[],
): Promise<Inventory> {
  const namespace = flags.namespace ?? (await world.defaultNamespace(flags));
  const documents = await readSources(world, flags);
  const files = inventoryOfFiles(
    documents,
    paths,
    {namespace, release: releaseOfFiles(flags), isStrict: flags.strict},
    world,
  );
  const {policies, refused = [], rbac, serviceAccounts, namespaces, workloads, pods} = files;
  const found = [
    policies,
    refused,
    serviceAccounts,
    namespaces,
    workloads,
    pods,
    ...Object.values(rbac),
  ];
  if (paths.length === 0 || found.some(list => list.length > 0)) return files;
  throw new UserError(
    `${paths.join(', ')}: no policies, RBAC objects, pods or workloads in ${count(documents.length, 'document')}`,
  );
}

function checkDeleted(deleted: readonly string[], base: Inventory, files: Inventory): void {
  const names = base.policies.map(({metadata}) => metadata.name);
  for (const name of deleted) {
    if (!names.includes(name)) {
      throw new UserError(
        `--delete: policy ${JSON.stringify(name)} not found in ${base.source}: ${nearNames(name, names, 'policies')}`,
      );
    }
    if (files.policies.some(({metadata}) => metadata.name === name)) {
      throw new UserError(
        `--delete: policy ${JSON.stringify(name)} is in the files too: leave out one of the two`,
        exitCodes.usage,
      );
    }
  }
}
