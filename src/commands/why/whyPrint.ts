import type {Verdict} from '../../admission/judgement.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import type {Item} from '../../inventory/submissions/items.ts';
import {kindText} from '../../kube/workloadKinds.ts';
import {oneByOne} from '../../once.ts';
import {escapeText} from '../../report/escape.ts';
import {document} from '../../report/machine.ts';
import {printedVerdict} from '../../report/verdict.ts';
import {whyTable} from '../../report/why.ts';
import {sameStories, whyStory} from '../../report/whyStory.ts';
import {printMachine} from '../answer.ts';
import type {World} from '../world.ts';
import type {whyFormats} from './whyFlags.ts';

/** A format of `why`. */
export type WhyFormat = (typeof whyFormats)[number];

/** What is printed of verdicts. */
export interface WhyPrintOptions {
  readonly format: WhyFormat;
  readonly inventory: Inventory;
  /** What machine output says of the admission plugin; undefined unless it seems to be off. */
  readonly admission: object | undefined;
  /** Whether pods were asked for by name: then people get the whole story. */
  readonly isNamed: boolean;
  readonly noHeaders: boolean;
  readonly showLabels: boolean;
  /** Whether policies that a pod may not use are told as well. */
  readonly all: boolean;
}

/** Prints verdicts in the format that was asked for. */
export async function printWhy(
  world: World,
  verdicts: readonly Verdict[],
  {format, isNamed, inventory, admission, all, ...options}: WhyPrintOptions,
): Promise<void> {
  const wide = format === 'wide';
  if (format === 'json' || format === 'yaml') {
    const {gaps, unjudged} = inventory;
    const answer = {
      ...document('Why', oneByOne(verdicts, printedVerdict), gaps),
      admission,
      unjudged: unjudged.length > 0 && !isNamed ? unjudged : undefined,
    };
    await printMachine(world, format, answer);
  } else if (format === 'name') {
    for (const {item} of verdicts) world.print(`${escapeText(resourceName(item))}\n`);
  } else if (isNamed) {
    const stories = sameStories(verdicts);
    world.print(stories.map(each => whyStory(each, {wide, all: wide || all})).join('\n'));
  } else if (verdicts.length > 0) {
    const {noHeaders, showLabels} = options;
    world.print(whyTable(verdicts, {wide, headers: !noHeaders, showLabels}));
  }
}

/** As kubectl's -o name has it. */
function resourceName(item: Item): string {
  return `${kindText(item).toLowerCase()}/${item.name}`;
}
