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
  /** Whether it is not drawn at all, so that the others have room. */
  readonly isLeftOut: boolean;
}

/** How a table is laid out. */
export interface Layout {
  readonly columns: readonly Column[];
  /** How much the longest row needs to say what of it is cut or left out. */
  readonly hidden: number;
}

/** What is known of a column when all its cells were looked at. */
interface Need {
  width: number;
  /** How wide it is if each cell says it shortly, where one can; undefined if none can. */
  short: number | undefined;
  isNumeric: boolean;
  /** Whether it has more than a name: a list, or words. */
  isProse: boolean;
}

/** What there is to lay out, and in how much room. */
interface Demand {
  readonly titles: readonly string[];
  /** In parts, each of which is looked at once; the order makes no difference. */
  readonly parts: readonly (readonly Row[])[];
  readonly room: number;
  readonly gap: number;
  /** The places of the columns that may be left out, the first one first. */
  readonly spare?: readonly number[] | undefined;
  /** How many columns words want before spare columns are shown, if not the usual. */
  readonly wordRoom?: number | undefined;
}

/**
 * The columns of a table that has so much room. If it does not take all, what is made of several words gives way first, down
 * to a few of them; then names do, the widest first. Where that leaves too little of one, spare columns are left out.
 */
export function layoutOf(demand: Demand): Layout {
  const {titles, parts, spare = [], wordRoom} = demand;
  const wanted = wordRoom === undefined ? comfort : {...comfort, prose: wordRoom};
  const needs = needsOf(titles, parts);
  let leftOut: ReadonlySet<number> = new Set();
  let widths = widthsOf(needs, leftOut, demand);
  for (const place of spare) {
    if (!needs.some((need, index) => isCramped(need, widths[index], index === 0, wanted))) break;
    leftOut = new Set([...leftOut, place]);
    widths = widthsOf(needs, leftOut, demand);
  }
  const columns = needs.map(({width: whole, isNumeric}, index) => {
    const width = widths[index] ?? 0;
    const isLeftOut = leftOut.has(index);
    return {width, isNumeric, isCut: !isLeftOut && width < whole, isLeftOut};
  });
  const hidden = columns.reduce((sum, {isCut, isLeftOut}, index) => {
    if (!isCut && !isLeftOut) return sum;
    return sum + (needs[index]?.width ?? 0) + (isLeftOut ? (titles[index] ?? '').length + 5 : 3);
  }, 0);
  return {columns, hidden};
}

/** What each column needs to be whole. */
function needsOf(titles: readonly string[], parts: readonly (readonly Row[])[]): readonly Need[] {
  const found = parts.filter(rows => rows.length > 0).map(needsIn);
  return titles.map((title, column) => {
    const needs = found.flatMap(each => each[column] ?? []);
    const shorts = needs.flatMap(({short}) => short ?? []);
    return {
      width: needs.reduce((most, {width}) => Math.max(most, width), safeWidthOf(title)),
      short: shorts.length === 0 ? undefined : shorts.reduce((a, b) => Math.max(a, b)),
      isNumeric: found.length > 0 && needs.every(({isNumeric}) => isNumeric),
      isProse: needs.some(({isProse}) => isProse),
    };
  });
}

/** What the cells of some rows need; a long table is drawn again and again with mostly the same parts. */
const needsIn = weaklyKeyed((rows: readonly Row[]): readonly Need[] => {
  const needs: Need[] = [];
  for (const {cells} of rows) {
    const facts = factsOf(cells);
    for (let column = 0; column < facts.length; column++) {
      const fact = facts[column];
      const need = needs[column];
      if (fact === undefined) continue;
      if (need === undefined) {
        needs[column] = {...fact};
        continue;
      }
      need.width = Math.max(need.width, fact.width);
      if (fact.short !== undefined) need.short = Math.max(need.short ?? 0, fact.short);
      need.isNumeric &&= fact.isNumeric;
      need.isProse ||= fact.isProse;
    }
  }
  return needs;
});

/** How wide each column may be; undefined for one that is left out. */
function widthsOf(
  needs: readonly Need[],
  leftOut: ReadonlySet<number>,
  {room, gap, wordRoom}: Pick<Demand, 'room' | 'gap' | 'wordRoom'>,
): readonly (number | undefined)[] {
  const drawn = needs.map((need, index) =>
    leftOut.has(index) ? undefined : {...need, whole: need.width},
  );
  const shown = drawn.filter(need => need !== undefined);
  const total = room - gap * (shown.length - 1);
  for (const {kind, least} of wordRoom === undefined ? stages : [...wordsFirst, ...stages]) {
    shrink(shown, total, need => {
      if (kind === 'short') return need.short;
      return kindOf(need, need === shown[0]) === kind ? least : undefined;
    });
  }
  shrink(shown, total, () => 4);
  return drawn.map(need => need?.width);
}

/** So little of a column that another one is better left out. */
function isCramped(
  need: Need,
  width: number | undefined,
  isFirst: boolean,
  wanted: Readonly<Record<Kind, number>>,
): boolean {
  const least = need.short ?? wanted[kindOf(need, isFirst)];
  return width !== undefined && width < Math.min(need.width, least);
}

type Kind = 'first' | 'number' | 'prose' | 'name';

/** The first column names the row, whatever is in it. */
function kindOf({isNumeric, isProse}: Need, isFirst: boolean): Kind {
  if (isFirst) return 'first';
  if (isNumeric) return 'number';
  return isProse ? 'prose' : 'name';
}

interface Stage {
  readonly kind: Kind | 'short';
  readonly least?: number;
}

/** Where words matter more than usual, names give way first before a sentence has less than this. */
const wordsFirst: readonly Stage[] = [
  {kind: 'prose', least: 32},
  {kind: 'name', least: 32},
];

/**
 * How far columns give way, one after the other: so many columns say something of a list or of words, so many tell most
 * names apart; `short` are those that can say the same in fewer words.
 */
const stages: readonly Stage[] = [
  {kind: 'prose', least: 24},
  {kind: 'name', least: 24},
  {kind: 'short'},
  {kind: 'name', least: 16},
  {kind: 'prose', least: 16},
  {kind: 'first', least: 16},
];

/** From so many columns on, one of a kind is good to read. */
const comfort: Readonly<Record<Kind, number>> = {first: 32, number: Infinity, prose: 24, name: 24};

/** A column that gives way, and how wide it would be whole. */
interface Giving extends Need {
  readonly whole: number;
}

/**
 * Takes columns from the widest of those that may give way, until all fit or none can any more. Of several as wide, the one
 * that already lacks most goes on giving if it can give all that is missing, so that others stay whole; else they share it.
 */
function shrink(
  needs: readonly Giving[],
  total: number,
  leastOf: (need: Giving) => number | undefined,
): void {
  let over = needs.reduce((sum, {width}) => sum + width, 0) - total;
  while (over > 0) {
    const able = needs.filter(need => need.width > (leastOf(need) ?? need.width));
    const most = Math.max(...able.map(({width}) => width));
    const alike = able.filter(({width}) => width === most);
    const giver = alike.toSorted((one, other) => other.whole - one.whole)[0];
    if (giver === undefined) return;
    const room = giver.width - (leastOf(giver) ?? 0);
    const saves = room >= over && alike.some(({width, whole}) => width === whole);
    const narrower = able.filter(({width}) => width < most).map(({width}) => width);
    const next = alike.length > 1 && !saves ? most - 1 : Math.max(leastOf(giver) ?? 0, ...narrower);
    const cut = Math.min(over, Math.max(1, giver.width - next));
    giver.width -= cut;
    over -= cut;
  }
}

/** What each cell of a row needs; rows that are filtered are the same again and again. */
const factsOf = weaklyKeyed((cells: readonly Cell[]): readonly Need[] =>
  cells.map(cell => {
    const value = cellValue(cell);
    const text = String(value);
    return {
      width: safeWidthOf(text),
      short: typeof cell === 'object' && cell.short ? safeWidthOf(cell.short) : undefined,
      isNumeric: typeof value === 'number' || /^(\d+\+)?$/.test(text),
      isProse: /, | .* /.test(text),
    };
  }),
);
