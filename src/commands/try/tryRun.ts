import {changeNotes} from '../../effect/changeNotes.ts';
import {type Effect, effectOf, isRisky} from '../../effect/effect.ts';
import {type ExitCode, exitCodes, UserError} from '../../errors.ts';
import {emptyInventory, namespacesOf} from '../../inventory/inventory.ts';
import {kindText} from '../../kube/workloadKinds.ts';
import {
  effectTable,
  effectText,
  elsewhereText,
  printedShift,
  printedSummary,
} from '../../report/effect.ts';
import {escapeText} from '../../report/escape.ts';
import {document} from '../../report/machine.ts';
import {admissionOff, printedAdmission, warnOfAdmission} from '../admissionOff.ts';
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

/** Prints what the change does; 1 if something that runs would be denied, or perhaps, or a policy refused. */
export async function runTry(
  world: World,
  flags: TryFlags,
  options: TryOptions,
): Promise<ExitCode> {
  const overlaid = await loadOverlay(world, flags, options.removal);
  const {before, after} = overlaid;
  requireNamespace(after, flags.namespace);
  const effect = effectOf(before, after);
  for (const note of changeNotes(overlaid)) world.warn(`note: ${note}`);
  if (effect.same + effect.shifts.length === 0) requireCluster(overlaid);
  const off = await admissionOff(before);
  warnOfAdmission(world, off, 'this tells');
  await print(world, effect, overlaid, {...options, admission: printedAdmission(off)});
  const isRefused = (overlaid.files.refused ?? []).length > 0;
  return isRefused || isRisky(effect) ? exitCodes.no : exitCodes.ok;
}

async function print(
  world: World,
  effect: Effect,
  {before: {gaps}, namespace}: Overlaid,
  {format, headers, admission}: TryOptions & {readonly admission: object | undefined},
): Promise<void> {
  const shifts = effect.shifts.filter(
    ({item}) => namespace === undefined || item.namespace === namespace,
  );
  const elsewhere = elsewhereText(effect, namespace);
  switch (format) {
    case 'json':
    case 'yaml': {
      const answer = document('Try', shifts.map(printedShift), gaps);
      await printMachine(world, format, {...answer, admission, summary: printedSummary(effect)});
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
      if (elsewhere !== undefined) world.print(`${elsewhere}\n`);
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
