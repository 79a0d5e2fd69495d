import {weaklyKeyed} from '../once.ts';
import {type Cell, cellValue, type Row} from './table.ts';
import {safeWidthOf} from './text.ts';

/** A column as it is drawn. */
export interface Column {
  readonly width: number;
  /** Whether all that is in it is numbers: these stand at its right. */
  readonly isNumeric: boolean;
  /** Whether it is narrower than the widest of its cells. */
  readonly isCut: boolean;
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
  const wanted = needs.map(({width}) => width);
  const total = room - gap * (needs.length - 1);
  for (const {kind, least} of stages) {
    shrink(needs, total, need => (kindOf(need, need === needs[0]) === kind ? least : undefined));
  }
  shrink(needs, total, () => 4);
  return needs.map(({width, isNumeric}, index) => ({
    width,
    isNumeric,
    isCut: width < (wanted[index] ?? 0),
  }));
}

type Kind = 'first' | 'number' | 'prose' | 'name';

/** The first column names the row, whatever is in it. */
function kindOf({isNumeric, isProse}: Need, isFirst: boolean): Kind {
  if (isFirst) return 'first';
  if (isNumeric) return 'number';
  return isProse ? 'prose' : 'name';
}

/**
 * How far columns give way, one after the other: so many columns say something of a list or of words, so many tell most
 * names apart.
 */
const stages: readonly {readonly kind: Kind; readonly least: number}[] = [
  {kind: 'prose', least: 24},
  {kind: 'name', least: 24},
  {kind: 'name', least: 16},
  {kind: 'prose', least: 12},
  {kind: 'first', least: 16},
];

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
      isNumber: typeof value === 'number' || /^(\d+\+)?$/.test(text),
      isProse: /, | .* /.test(text),
    };
  }),
);
