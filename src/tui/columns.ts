import {weaklyKeyed} from '../once.ts';
import {type Cell, cellValue, type Row} from './table.ts';
import {safeWidthOf} from './text.ts';

/** A column as it is drawn. */
export interface Column {
  readonly width: number;
  /** Whether all that is in it is numbers: these stand at its right. */
  readonly isNumeric: boolean;
}

/** What is known of a column when all its cells were looked at. */
interface Need {
  width: number;
  isNumeric: boolean;
  /** Whether it has more than a name: a list, or words. */
  isProse: boolean;
}

/**
 * The columns of a table that has so much room. If it does not take all, what is made of several words gives way first, down
 * to a few of them; then names do, the widest first.
 */
export function columnsOf(
  titles: readonly string[],
  rows: readonly Row[],
  room: number,
  gap: number,
): readonly Column[] {
  const needs: Need[] = titles.map(title => ({
    width: safeWidthOf(title),
    isNumeric: rows.length > 0,
    isProse: false,
  }));
  for (const {cells} of rows) {
    const facts = factsOf(cells);
    for (const [column, need] of needs.entries()) {
      const fact = facts[column];
      if (fact === undefined) continue;
      need.width = Math.max(need.width, fact.width);
      need.isNumeric &&= fact.isNumber;
      need.isProse ||= fact.isProse;
    }
  }
  const total = room - gap * (needs.length - 1);
  shrink(needs, total, need => (need.isProse ? fewWords : undefined));
  shrink(needs, total, need => (need.isNumeric ? undefined : shortName));
  shrink(needs, total, () => 4);
  return needs.map(({width, isNumeric}) => ({width, isNumeric}));
}

/** So many columns say something of a list, and tell most names apart. */
const fewWords = 16;
const shortName = 14;

/** Takes columns from the widest of those that may give way, until all fit or none can any more. */
function shrink(
  needs: readonly Need[],
  total: number,
  leastOf: (need: Need) => number | undefined,
): void {
  let over = needs.reduce((sum, {width}) => sum + width, 0) - total;
  while (over > 0) {
    const able = needs.filter(need => need.width > (leastOf(need) ?? need.width));
    const widest = able.findLast(({width}) => width === Math.max(...able.map(each => each.width)));
    if (widest === undefined) return;
    const next = Math.max(
      leastOf(widest) ?? 0,
      ...able.filter(each => each.width < widest.width).map(({width}) => width),
    );
    const cut = Math.min(over, Math.max(1, widest.width - next));
    widest.width -= cut;
    over -= cut;
  }
}

/** What each cell of a row needs; a long table is drawn again and again with mostly the same rows. */
const factsOf = weaklyKeyed((cells: readonly Cell[]) =>
  cells.map(cell => {
    const value = cellValue(cell);
    const text = String(value);
    return {
      width: safeWidthOf(text),
      isNumber: typeof value === 'number' || text === '',
      isProse: text.includes(' '),
    };
  }),
);
