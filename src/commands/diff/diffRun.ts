import {type ExitCode, exitCodes, UserError} from '../../errors.ts';
import {emptyInventory, type Inventory} from '../../inventory/inventory.ts';
import type {Policy} from '../../kube/objects.ts';
import {comparePolicies} from '../../policy/comparePolicies.ts';
import {diffText, printedDiff} from '../../report/diff.ts';
import {document} from '../../report/machine.ts';
import {printMachine} from '../answer.ts';
import {load, policyNamed, requirePolicies, type SourceRequest} from '../input/load.ts';
import {type PolicyArgument, parsePolicyArgument} from '../input/policyArgument.ts';
import {builtinNamed, policyOfFile} from '../input/policySource.ts';
import {releaseOfFiles} from '../input/release.ts';
import type {World} from '../world.ts';
import type {DiffFlags, diffFormats} from './diffFlags.ts';

/** How `diff` prints what it finds. */
export interface DiffPrintOptions {
  readonly format: (typeof diffFormats)[number];
  readonly all: boolean;
  readonly headers: boolean;
}

/** Prints how policy B differs from policy A; 1 if they treat some pod differently. */
export async function runDiff(
  world: World,
  flags: DiffFlags,
  [first, second]: readonly [string, string],
  {format, all, headers}: DiffPrintOptions,
): Promise<ExitCode> {
  const wanted = [parsePolicyArgument(first), parsePolicyArgument(second)] as const;
  if (wanted.every(one => one.kind === 'file' && one.path === '-')) {
    throw new UserError(
      'standard input can only be read once: give one file by name',
      exitCodes.usage,
    );
  }
  const needsSource = wanted.some(({kind}) => kind === 'name');
  const inventory = needsSource ? await source(world, flags) : blank(flags);
  const a = {label: first, policy: await policyOf(world, wanted[0], inventory)};
  const b = {label: second, policy: await policyOf(world, wanted[1], inventory)};
  const comparison = comparePolicies(a.policy, b.policy, inventory.release);
  if (format === 'json' || format === 'yaml') {
    const item = printedDiff(a, b, comparison);
    await printMachine(world, format, document('Diff', [item], inventory.gaps));
  } else {
    world.print(diffText(a, b, comparison, {wide: format === 'wide', all, headers}));
  }
  return comparison.isEqual ? exitCodes.ok : exitCodes.no;
}

/** Where no policy is meant by its name. */
function blank(flags: SourceRequest): Inventory {
  return {...emptyInventory, release: releaseOfFiles(flags)};
}

async function source(world: World, flags: SourceRequest): Promise<Inventory> {
  const needs = {policies: true, rbac: false, workloads: false, caller: false, version: true};
  const {inventory} = await load(world, flags, needs);
  requirePolicies(inventory);
  return inventory;
}

/** `inventory` has the policies that are meant by their names. */
function policyOf(
  world: World,
  wanted: PolicyArgument,
  inventory: Inventory,
): Policy | Promise<Policy> {
  switch (wanted.kind) {
    case 'name':
      return policyNamed(inventory, wanted.name);
    case 'builtin':
      return builtinNamed(wanted.name, inventory.release);
    case 'file':
      return policyOfFile(world, wanted.path, wanted.name, inventory.release);
  }
}
