import {type ExitCode, exitCodes} from '../../errors.ts';
import {sortedByName} from '../../inventory/kinds/resources.ts';
import {policiesJson, policiesNames, policiesTable, policiesYaml} from '../../report/policies.ts';
import {load, policyNamed, requirePolicies} from '../input/load.ts';
import type {World} from '../world.ts';
import type {GetFlags, getFormats} from './getFlags.ts';

/** What `get` was asked for. */
export interface GetOptions {
  readonly format: (typeof getFormats)[number];
  /** All, if none is named. */
  readonly names: readonly string[];
}

/** Prints the policies of a cluster, a snapshot or manifests. */
export async function runGet(
  world: World,
  flags: GetFlags,
  {format, names}: GetOptions,
): Promise<ExitCode> {
  const needs = {policies: true, rbac: false, workloads: false, caller: false, version: true};
  const {inventory} = await load(world, {...flags, allNamespaces: true}, needs);
  requirePolicies(inventory);
  const policies =
    names.length === 0
      ? sortedByName(inventory.policies)
      : names.map(name => policyNamed(inventory, name));
  switch (format) {
    case 'yaml':
      world.print(policiesYaml(policies));
      break;
    case 'json':
      world.print(policiesJson(policies));
      break;
    case 'name':
      world.print(policiesNames(policies));
      break;
    case 'table':
      world.print(policiesTable(policies, !flags.noHeaders));
  }
  return exitCodes.ok;
}
