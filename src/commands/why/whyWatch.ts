import type {Verdict} from '../../admission/judgement.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import {itemKey} from '../../inventory/submissions/items.ts';
import {nameOf} from '../../report/place.ts';
import {printedVerdict} from '../../report/verdict.ts';
import {whyTable} from '../../report/why.ts';
import {followInventory} from '../input/following.ts';
import type {World} from '../world.ts';
import type {WhyFlags} from './whyFlags.ts';
import {printWhy, type WhyPrintOptions} from './whyPrint.ts';

/** What was printed first, and how to judge what comes. */
interface Watched {
  readonly options: WhyPrintOptions;
  readonly verdicts: readonly Verdict[];
  judge(inventory: Inventory): Promise<readonly Verdict[]>;
}

/** Prints what is judged otherwise than before, as kubectl's -w does, until the process ends. */
export function watchWhy(
  world: World,
  flags: WhyFlags,
  {options, verdicts, judge}: Watched,
): Promise<never> {
  const caller = options.inventory.caller;
  let before = textsOf(verdicts);
  return followInventory(world, flags, async now => {
    const inventory = {...now, caller};
    const all = await judge(inventory);
    const after = textsOf(all);
    const changed = all.filter(({item}) => after.get(itemKey(item)) !== before.get(itemKey(item)));
    for (const key of before.keys()) if (!after.has(key)) world.warn(`gone: ${key}`);
    before = after;
    if (changed.length > 0) await printChanged(world, changed, all, {...options, inventory});
  });
}

/** All that is printed of each, to see what differs. */
function textsOf(verdicts: readonly Verdict[]): ReadonlyMap<string, string> {
  return new Map(
    verdicts.map(verdict => [itemKey(verdict.item), JSON.stringify(printedVerdict(verdict))]),
  );
}

async function printChanged(
  world: World,
  changed: readonly Verdict[],
  all: readonly Verdict[],
  options: WhyPrintOptions,
): Promise<void> {
  const {format, isNamed, showLabels} = options;
  if ((format === 'table' || format === 'wide') && !isNamed) {
    // As wide as all rows together, so that the columns stay where they are.
    const table = whyTable(all, {wide: format === 'wide', headers: true, showLabels});
    const rows = table.split('\n').slice(1);
    for (const verdict of changed)
      world.print(`${rows[all.indexOf(verdict)] ?? nameOf(verdict.item)}\n`);
    return;
  }
  if (format === 'yaml') world.print('---\n');
  if (isNamed && format !== 'json' && format !== 'name' && format !== 'yaml') world.print('\n');
  await printWhy(world, changed, options);
}
