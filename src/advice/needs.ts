import type {Control} from '../controls/control.ts';
import type {Item} from '../inventory/submissions/items.ts';
import {decidingFor, type Submission} from '../inventory/submissions/submissions.ts';
import {keyed} from '../once.ts';

/** One thing that pods use of a control, in words, and whose pods those are. */
export interface ItemNeed {
  readonly need: string;
  readonly items: readonly Item[];
}

/** What the pods of these items use of a control; none if all fit under its strictest value. */
export function needsOfItems(control: Control, items: readonly Item[]): readonly ItemNeed[] {
  const byNeed = new Map<string, Item[]>();
  const needsFor = keyed((deciding: Submission) => control.needs(deciding.view));
  for (const item of items) {
    for (const need of needsFor(decidingFor(item.submission))) {
      const having = byNeed.get(need);
      if (having === undefined) byNeed.set(need, [item]);
      else if (having.at(-1) !== item) having.push(item);
    }
  }
  return [...byNeed].map(([need, having]) => ({need, items: having}));
}
