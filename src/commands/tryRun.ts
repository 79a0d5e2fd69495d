import {type ExitCode, exitCodes} from '../errors.ts';
import type {Inventory} from '../inventory/inventory.ts';
import {changeNotes} from '../policy/changeNotes.ts';
import {type Effect, effectOf} from '../policy/effect.ts';
import {escapeText} from '../report/escape.ts';
import {effectTable, effectText, printedShift, printedSummary} from '../report/impact.ts';
import {document} from '../report/machine.ts';
import {printMachine} from './answer.ts';
import type {SourceRequest} from './load.ts';
import {loadOverlay, type Overlaid} from './overlay.ts';
import type {tryFormats} from './try.ts';
import type {World} from './world.ts';

/** What `try` was asked for, and how it is printed. */
export interface TryOptions {
  readonly format: (typeof tryFormats)[number];
  readonly headers: boolean;
  /** The names of the policies to do without. */
  readonly deleted: readonly string[];
}

/** Prints what the change does; 1 if something that runs would be denied. */
export async function runTry(
  world: World,
  flags: SourceRequest,
  options: TryOptions,
): Promise<ExitCode> {
  const overlaid = await loadOverlay(world, flags, options.deleted);
  const {before, after, namespace} = overlaid;
  const effect = effectOf(before, after, {namespace});
  for (const note of notesOf(overlaid)) world.warn(`note: ${note}`);
  print(world, effect, before, options);
  return effect.shifts.some(({kind}) => kind === 'denied') ? exitCodes.no : exitCodes.ok;
}

function print(
  world: World,
  effect: Effect,
  {gaps}: Inventory,
  {format, headers}: TryOptions,
): void {
  const {shifts} = effect;
  switch (format) {
    case 'json':
    case 'yaml': {
      const answer = document('Try', shifts.map(printedShift), gaps);
      printMachine(world, format, {...answer, summary: printedSummary(effect)});
      return;
    }
    case 'name':
      for (const {item} of shifts) {
        world.print(`${escapeText(`${item.kind.toLowerCase()}/${item.name}`)}\n`);
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

/** What is odd about the change, and what the answer leaves out. */
function notesOf(overlaid: Overlaid): readonly string[] {
  const {files, namespace, after} = overlaid;
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
  return [
    ...changeNotes(overlaid),
    ...(names.length === 0
      ? []
      : [
          `only namespace ${namespace} is looked at; the files have objects of ${names.join(', ')} too: see -A`,
        ]),
    ...(isForCaller
      ? ['pods whose creator is unknown are judged by what you may use in the cluster as it is now']
      : []),
  ];
}
