import type {Graph} from './graph.ts';

/** Where things are in the picture, in pixels. */
export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  /** The left edge of each column's bars. */
  readonly lefts: readonly number[];
  /** The bar of each node, by column. */
  readonly bars: readonly (readonly Bar[])[];
  /** For each way its top in each column, and its thickness. */
  readonly ways: readonly {readonly tops: readonly number[]; readonly thickness: number}[];
}

/** The bar of a node: its top, its height, and the middle of its label. */
interface Bar {
  readonly top: number;
  readonly height: number;
  readonly middle: number;
}

/** The least height of a node, so that its label has room. */
const slot = 20;
const gap = 7;
/** The height of the columns' titles. */
const head = 34;

/** Lays a graph out for a picture of this width: the more pods, the higher the bar. */
export function layOut({columns, ways}: Graph, width: number): GraphLayout {
  const total = Math.max(
    1,
    ways.reduce((sum, {pods}) => sum + pods, 0),
  );
  const scale = Math.max(180, Math.min(320, total * 6)) / total;
  const heights = columns.map(({nodes}) =>
    nodes.reduce((sum, {pods}) => sum + roomOf(pods, scale) + gap, -gap),
  );
  const tallest = Math.max(slot, ...heights);
  const bars = columns.map(({nodes}, column) =>
    barsOf(nodes, head + (tallest - (heights[column] ?? 0)) / 2, scale),
  );
  const tops = columns.map((_, column) => topsIn(column, ways, bars, scale));
  return {
    width,
    height: Math.ceil(head + tallest + 8),
    lefts: leftsOf(columns.length, width),
    bars,
    ways: ways.map(({pods}, index) => ({
      tops: tops.map(column => column[index] ?? 0),
      thickness: pods * scale,
    })),
  };
}

function heightOf(pods: number, scale: number): number {
  return Math.max(2, pods * scale);
}

function roomOf(pods: number, scale: number): number {
  return Math.max(slot, heightOf(pods, scale));
}

function leftsOf(columns: number, width: number): readonly number[] {
  const [before, after] = columns > 2 ? [width * 0.15, width * 0.19] : [width * 0.41, width * 0.41];
  const pitch = columns > 1 ? (width - before - after) / (columns - 1) : 0;
  return Array.from(
    {length: columns},
    (_, column) => before + column * pitch - (column === 0 ? 8 : 0),
  );
}

/** The bars of a column, from this height down. */
function barsOf(
  nodes: Graph['columns'][number]['nodes'],
  first: number,
  scale: number,
): readonly Bar[] {
  let top = first;
  return nodes.map(({pods}) => {
    const height = heightOf(pods, scale);
    const room = roomOf(pods, scale);
    const bar = {top: top + (room - height) / 2, height, middle: top + room / 2};
    top += room + gap;
    return bar;
  });
}

/** Where each way begins in one column: within its bar, in the order of the nearest columns' nodes. */
function topsIn(
  column: number,
  ways: Graph['ways'],
  bars: GraphLayout['bars'],
  scale: number,
): readonly number[] {
  const nearest = bars
    .map((_, other) => other)
    .sort((one, other) => Math.abs(one - column) - Math.abs(other - column) || other - one);
  const order = ways
    .map((way, index) => ({way, index}))
    .sort((one, other) => {
      const near = nearest.find(place => one.way.at[place] !== other.way.at[place]);
      if (near === undefined) return one.index - other.index;
      return (one.way.at[near] ?? 0) - (other.way.at[near] ?? 0);
    });
  const next = (bars[column] ?? []).map(({top}) => top);
  const tops = ways.map(() => 0);
  for (const {way, index} of order) {
    const node = way.at[column] ?? 0;
    const top = next[node] ?? 0;
    tops[index] = top;
    next[node] = top + way.pods * scale;
  }
  return tops;
}
