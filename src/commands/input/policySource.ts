import {exitCodes, UserError} from '../../errors.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import {nearNames} from '../../kube/nearNames.ts';
import type {Policy} from '../../kube/objects.ts';
import type {Release} from '../../kube/release.ts';
import {builtinLevels, builtinPolicy} from '../../policy/builtin.ts';
import {refusalText} from '../../policy/refused.ts';
import type {World} from '../world.ts';
import {inventoryOfFiles} from './loadFiles.ts';

/** A policy that the program brings along: `restricted`, `baseline` or `privileged`. */
export function builtinNamed(wanted: string, release: Release): Policy {
  const level = builtinLevels.find(one => one === wanted);
  if (level !== undefined) return builtinPolicy(level, {appArmor: true, release});
  const near = nearNames(wanted, builtinLevels, 'built-in policies');
  throw new UserError(`no built-in policy ${JSON.stringify(wanted)}: ${near}`, exitCodes.usage);
}

/** The one policy in a file or folder, or the one of this name; as the API server would store it. */
export async function policyOfFile(
  world: World,
  path: string,
  name: string | undefined,
  release: Release,
): Promise<Policy> {
  const documents = await world.readDocuments([path]);
  const files = inventoryOfFiles(documents, [path], {namespace: 'default', release}, world);
  const found = policyIn(files, path, name);
  const refusal = files.refused?.find(({policy}) => policy === found);
  if (refusal !== undefined) world.warn(refusalText(refusal));
  return found;
}

function policyIn(files: Inventory, path: string, name: string | undefined): Policy {
  const policies = [...files.policies, ...(files.refused ?? []).map(({policy}) => policy)];
  const names = policies.map(({metadata}) => metadata.name);
  const [first, ...others] = policies;
  if (first === undefined) throw new UserError(`${path}: contains no PodSecurityPolicy`);
  if (name !== undefined) {
    const found = policies.find(({metadata}) => metadata.name === name);
    if (found !== undefined) return found;
    const near = nearNames(name, names, 'policies');
    throw new UserError(`${path}: contains no policy ${JSON.stringify(name)}: ${near}`);
  }
  if (others.length === 0) return first;
  throw new UserError(
    `${path}: contains ${policies.length} policies; choose one with ${path}#NAME (${names.slice(0, 5).join(', ')}${names.length > 5 ? ', ...' : ''})`,
    exitCodes.usage,
  );
}
