import {compareWorkloads} from '../../effect/compareWorkloads.ts';
import {type ExitCode, exitCodes, UserError} from '../../errors.ts';
import {type Item, templatesOf} from '../../inventory/submissions/items.ts';
import type {Release} from '../../kube/release.ts';
import {compareText, printedComparison} from '../../report/compare.ts';
import {document} from '../../report/machine.ts';
import {printMachine} from '../answer.ts';
import {type FilesPlace, inventoryOfFiles} from '../input/loadFiles.ts';
import type {World} from '../world.ts';
import type {compareFormats} from './compareFlags.ts';

/** How `compare` reads, answers and prints. */
export interface CompareOptions {
  readonly format: (typeof compareFormats)[number];
  /** That of objects that name none. */
  readonly namespace: string;
  /** The one on which both versions run. */
  readonly release: Release;
  readonly failOnRise: boolean;
  readonly headers: boolean;
}

/** Prints what rises and falls from the old manifests to the new ones. */
export async function runCompare(
  world: World,
  [old, now]: readonly [string, string],
  {format, namespace, release, failOnRise, headers}: CompareOptions,
): Promise<ExitCode> {
  if (old === '-' && now === '-') {
    throw new UserError(
      'standard input can only be read once: give one file by name',
      exitCodes.usage,
    );
  }
  const before = await itemsIn(world, old, {namespace, release});
  const after = await itemsIn(world, now, {namespace, release});
  if (before.length + after.length === 0) {
    throw new UserError(`no pods or workloads in ${old} or ${now}`);
  }
  for (const [path, items] of [[old, before] as const, [now, after] as const]) {
    if (items.length === 0) world.warn(`${path}: contains no pods or workloads`);
  }
  const comparison = compareWorkloads(before, after, release);
  if (format === 'json' || format === 'yaml') {
    const {items, summary} = printedComparison(comparison);
    await printMachine(world, format, {...document('Compare', items, []), summary});
  } else {
    world.print(compareText(comparison, {wide: format === 'wide', headers}));
  }
  return failOnRise && comparison.counts.rise > 0 ? exitCodes.no : exitCodes.ok;
}

async function itemsIn(world: World, path: string, place: FilesPlace): Promise<readonly Item[]> {
  const documents = await world.readDocuments([path]);
  return templatesOf(inventoryOfFiles(documents, [path], place, world));
}
