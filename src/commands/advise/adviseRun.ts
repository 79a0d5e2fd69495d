import {scopes} from '../../advice/scope.ts';
import type {UpgradedItem} from '../../advice/upgradeAdvice.ts';
import {type ExitCode, exitCodes, UserError} from '../../errors.ts';
import type {Item} from '../../inventory/submissions/items.ts';
import {warnOfNothing} from '../answer.ts';
import {choose} from '../flags.ts';
import {type Loaded, load, requirePolicies} from '../input/load.ts';
import {isPolicyName} from '../input/policyArgument.ts';
import {laterRelease} from '../input/release.ts';
import {parseSelection, requireSelectable} from '../input/selection.ts';
import {parseTargets, templatesMeant} from '../input/targets.ts';
import type {World} from '../world.ts';
import type {AdviseFlags} from './adviseFlags.ts';
import {adviseHarden, hardenLevelOf} from './adviseHarden.ts';
import {adviseLeast, judgesOldGrants} from './adviseLeast.ts';
import {adviseMax, policyCountOf} from './adviseMax.ts';
import type {AdviseRequest} from './adviseRequest.ts';

/** Answers advise, in the way that the flags ask for. */
export async function runAdvise(
  world: World,
  args: readonly string[],
  flags: AdviseFlags,
): Promise<ExitCode> {
  const wanted = flags.for === undefined ? undefined : choose('--for', flags.for, scopes);
  const most = flags.maxPolicies === undefined ? undefined : policyCountOf(flags.maxPolicies);
  const select = parseSelection(flags);
  const hardenLevel = flags.harden === undefined ? undefined : hardenLevelOf(flags.harden);
  checkModes(flags);
  const {inventory, namespace} = await read(world, flags);
  const targets = parseTargets(args, inventory);
  requireSelectable(targets, flags);
  // Accounts have more than what is named: a policy of just that has its name.
  const scope = wanted ?? (targets.kind === 'names' ? 'workload' : 'service-account');
  const later = laterRelease('--for-upgrade', flags.forUpgrade, inventory.release);
  const meant = templatesMeant(targets, inventory, namespace);
  const items = await select(world, flags, inventory, meant);
  if (items.length === 0) warnOfNothing(world, namespace, inventory);
  const isNamed = targets.kind !== 'all';
  const upgrade =
    later &&
    upgradedItems(items, meant, templatesMeant(targets, {...inventory, release: later}, namespace));
  const request: AdviseRequest = {
    flags,
    scope,
    inventory,
    namespace,
    items,
    upgrade,
    isNamed,
    world,
  };
  if (most !== undefined) return adviseMax(request, most);
  if (hardenLevel !== undefined) return adviseHarden(request, hardenLevel);
  if (flags.reuse) return (await import('./adviseReuse.ts')).adviseReuse(request);
  if (flags.compare !== undefined) {
    return (await import('./adviseCompare.ts')).adviseCompare(request, flags.compare);
  }
  return adviseLeast(request);
}

/** The items with what a later release makes of them, which comes in the same order. */
function upgradedItems(
  items: readonly Item[],
  meant: readonly Item[],
  later: readonly Item[],
): readonly UpgradedItem[] {
  const places = new Map(meant.map((item, index) => [item, index]));
  return items.map(now => ({now, later: later[places.get(now) ?? -1] ?? now}));
}

/** Ways to advise exclude each other: each answers another question. */
function checkModes(flags: AdviseFlags): void {
  const {reuse, compare, maxPolicies, harden, forUpgrade, grant, for: scope} = flags;
  const [first, second] = [
    ...(reuse ? ['--reuse'] : []),
    ...(compare === undefined ? [] : ['--compare']),
    ...(maxPolicies === undefined ? [] : ['--max-policies']),
    ...(harden === undefined ? [] : ['--harden']),
    ...(forUpgrade === undefined ? [] : ['--for-upgrade']),
  ];
  if (second !== undefined) {
    throw new UserError(`${first} and ${second} exclude each other`, exitCodes.usage);
  }
  const idle = grant ? '--grant' : scope === undefined ? undefined : '--for';
  if (compare !== undefined && idle !== undefined) {
    throw new UserError(`--compare writes no policy, so ${idle} has no meaning`, exitCodes.usage);
  }
}

/** Existing policies are read where they count; who is bound to one may be in any namespace. */
async function read(world: World, flags: AdviseFlags): Promise<Loaded> {
  const {reuse, compare, namespace, allNamespaces} = flags;
  const needsPolicies = reuse || (compare !== undefined && isPolicyName(compare));
  const policies = needsPolicies || judgesOldGrants(flags);
  const everywhere = allNamespaces || (compare !== undefined && namespace === undefined);
  const loaded = await load(
    world,
    {...flags, allNamespaces: everywhere},
    {policies, workloads: true, caller: false},
  );
  if (needsPolicies) requirePolicies(loaded.inventory);
  return loaded;
}
