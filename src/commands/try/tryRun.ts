import {changeNotes} from '../../effect/changeNotes.ts';
import {type Effect, effectOf} from '../../effect/effect.ts';
import {type ExitCode, exitCodes, UserError} from '../../errors.ts';
import {emptyInventory, type Inventory, namespacesOf} from '../../inventory/inventory.ts';
import {kindText} from '../../kube/workloadKinds.ts';
import {effectTable, effectText, printedShift, printedSummary} from '../../report/effect.ts';
import {escapeText} from '../../report/escape.ts';
import {document} from '../../report/machine.ts';
import {printMachine} from '../answer.ts';
import {requireNamespace} from '../input/load.ts';
import {loadOverlay, type Overlaid, type Removal} from '../input/loadOverlay.ts';
import type {World} from '../world.ts';
import type {TryFlags, tryFormats} from './tryFlags.ts';

/** What `try` was asked for, and how it is printed. */
export interface TryOptions {
  readonly format: (typeof tryFormats)[number];
  readonly headers: boolean;
  readonly removal: Removal;
}

/** Prints what the change does; 1 if something that runs would be denied, or a policy be refused. */
export async function runTry(
  world: World,
  flags: TryFlags,
  options: TryOptions,
): Promise<ExitCode> {
  const overlaid = await loadOverlay(world, flags, options.removal);
  const {before, after, namespace} = overlaid;
  requireNamespace(after, flags.namespace);
  const effect = effectOf(before, after, {namespace});
  const isPart = namespace !== undefined && flags.namespace === undefined;
  for (const note of notesOf(overlaid, isPart)) world.warn(`note: ${note}`);
  if (effect.same + effect.shifts.length === 0) requireCluster(overlaid);
  await print(world, effect, before, options);
  const isRefused = (overlaid.files.refused ?? []).length > 0;
  const isDenied = effect.shifts.some(({kind}) => kind === 'denied');
  return isRefused || isDenied ? exitCodes.no : exitCodes.ok;
}

async function print(
  world: World,
  effect: Effect,
  {gaps}: Inventory,
  {format, headers}: TryOptions,
): Promise<void> {
  const {shifts} = effect;
  switch (format) {
    case 'json':
    case 'yaml': {
      const answer = document('Try', shifts.map(printedShift), gaps);
      await printMachine(world, format, {...answer, summary: printedSummary(effect)});
      return;
    }
    case 'name':
      for (const {item} of shifts) {
        world.print(`${escapeText(`${kindText(item).toLowerCase()}/${item.name}`)}\n`);
      }
      return;
    case 'table':
    case 'wide':
      if (shifts.length > 0) {
        world.print(`${effectTable(shifts, {wide: format === 'wide', headers})}\n`);
      }
      world.print(`${effectText(effect)}\n`);
  }
}

/** A namespace of a cluster may be empty; files without anything to judge are not the ones meant. */
function requireCluster({before, after, namespace}: Overlaid): void {
  if (before.origin === 'cluster') return;
  const {workloads, pods} = after;
  const places = namespacesOf({...emptyInventory, workloads, pods});
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
  const others = places.length === 0 ? '' : `, but in ${places.join(', ')}: see -A`;
  throw new UserError(
    `${before.source}: no pods or workloads${where} to try the change on${others}`,
  );
}

/**
 * What is odd about the change, and what the answer leaves out. `isPart`: it is about one namespace, and
 * not because that was asked for.
 */
function notesOf(overlaid: Overlaid, isPart: boolean): readonly string[] {
  const {files, namespace, before, after} = overlaid;
  const placed = [
    ...[...files.workloads, ...files.pods, ...files.serviceAccounts],
    ...[...files.rbac.roles, ...files.rbac.roleBindings],
  ];
  const elsewhere = placed
    .flatMap(({metadata}) => metadata?.namespace ?? [])
    .filter(place => namespace !== undefined && place !== namespace);
  const names = [...new Set(elsewhere)].sort();
  const isForCaller =
    (after.caller?.answers.length ?? 0) > 0 &&
    Object.values(files.rbac).some(objects => objects.length > 0);
  const {clusterRoles, clusterRoleBindings} = files.rbac;
  const isWide =
    after.policies !== before.policies || clusterRoles.length + clusterRoleBindings.length > 0;
  const beyond =
    (names.length > 0 && `the files have objects of ${names.join(', ')} too`) ||
    (isPart && isWide && 'the change reaches all');
  return [
    ...changeNotes(overlaid),
    ...(beyond ? [`only namespace ${namespace} is looked at; ${beyond}: see -A`] : []),
    ...(isForCaller
      ? ['pods whose creator is unknown are judged by what you may use in the cluster as it is now']
      : []),
  ];
}
