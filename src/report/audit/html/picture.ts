/**
 * The picture of the flows. These functions also run in the page, which gets their source: each has to
 * stand by itself, and may use nothing that is imported or declared outside of it.
 */
import type {Flows} from './flows.ts';

/** What the picture shows: columns of nodes, and the ways of pods through them. */
export interface Graph {
  readonly columns: readonly {readonly title: string; readonly nodes: readonly GraphNode[]}[];
  /** `at` has the index of a node for each column. */
  readonly ways: readonly GraphWay[];
}

interface GraphNode {
  readonly label: string;
  readonly pods: number;
  readonly tone: string;
  /** The index of the namespace that it is; -1 for all else. */
  readonly namespace: number;
}

interface GraphWay {
  readonly at: readonly number[];
  readonly pods: number;
  readonly tone: string;
}

/**
 * The flows of one namespace, or of all if `namespace` is -1, with at most 12 nodes a column: the
 * smallest become one. If `isNarrow`, just where the pods come from, and their policies.
 */
export function graphOf(flows: Flows, namespace: number, isNarrow: boolean): Graph {
  const most = 12;
  const isAll = namespace < 0;
  const gravity = ['denied', 'unknown', 'many', 'some', 'few', 'baseline', 'restricted'];
  const source = isAll
    ? {title: 'Namespace', field: 0, labels: flows.namespaces}
    : {title: 'Service account', field: 1, labels: flows.accounts};
  const grant = isAll
    ? {title: 'Policy granted to', field: 2, labels: flows.breadths}
    : {title: 'Through', field: 3, labels: flows.bindings};
  const policy = {title: 'Policy', field: 4, labels: flows.policies};
  const state = {title: 'After a restart', field: 5, labels: flows.states};
  const kinds = isNarrow ? [source, policy] : [source, grant, policy, state];
  const rows = flows.rows.filter(row => isAll || row[0] === namespace);

  const places: Map<number, number>[] = [];
  const columns = kinds.map(({title, field, labels}) => {
    const pods = new Map<number, number>();
    for (const row of rows)
      pods.set(Number(row[field]), (pods.get(Number(row[field])) ?? 0) + row[6]);
    const largest = [...pods].sort((one, other) => other[1] - one[1] || one[0] - other[0]);
    const shown = largest.length > most ? largest.slice(0, most - 1) : largest;
    const tone = (index: number) => (field === 4 ? (flows.tones[index] ?? '') : '');
    const meanTone = (index: number) =>
      rows.reduce((sum, row) => {
        return row[field] === index
          ? sum + row[6] * gravity.indexOf(flows.tones[row[4]] ?? '')
          : sum;
      }, 0) / (pods.get(index) ?? 1);
    const rank = field === 0 || field === 1 ? () => 0 : field === 5 ? Number : meanTone;
    const ranks = new Map(shown.map(([index]) => [index, rank(index)]));
    shown.sort(([one], [other]) => (ranks.get(one) ?? 0) - (ranks.get(other) ?? 0));
    const rest = largest.slice(shown.length);
    places.push(
      new Map([...shown, ...rest].map(([index], at) => [index, Math.min(at, shown.length)])),
    );
    const nodes = shown.map(([index, number]) => ({
      label: labels[index] ?? '',
      pods: number,
      tone: tone(index),
      namespace: field === 0 ? index : -1,
    }));
    const together = rest.reduce((sum, [, number]) => sum + number, 0);
    const other = {
      label: rest.length === 1 ? '1 other' : `${rest.length} others`,
      pods: together,
      tone: '',
      namespace: -1,
    };
    return {title, nodes: rest.length > 0 ? [...nodes, other] : nodes};
  });

  const ways = new Map<string, {at: readonly number[]; pods: number; tone: string}>();
  for (const row of rows) {
    const at = kinds.map(({field}, column) => places[column]?.get(Number(row[field])) ?? 0);
    const tone = flows.tones[row[4]] ?? '';
    const key = [...at, tone].join();
    const way = ways.get(key) ?? {at, pods: 0, tone};
    way.pods += row[6];
    ways.set(key, way);
  }
  return {columns, ways: [...ways.values()]};
}

/** Where things are in the picture, in pixels. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** The left edge of each column's bars. */
  readonly lefts: readonly number[];
  /** The bar of each node, by column: its top, its height, and the middle of its label. */
  readonly bars: readonly (readonly {top: number; height: number; middle: number}[])[];
  /** For each way its top in each column, and its thickness. */
  readonly ways: readonly {readonly tops: readonly number[]; readonly thickness: number}[];
}

/** Lays a graph out for a picture of this width: a bar is as high as it has pods. */
export function layOut({columns, ways}: Graph, width: number): Layout {
  const slot = 20;
  const gap = 7;
  const head = 34;
  const [before, after] =
    columns.length > 2 ? [width * 0.15, width * 0.19] : [width * 0.41, width * 0.41];
  const total = Math.max(
    1,
    ways.reduce((sum, {pods}) => sum + pods, 0),
  );
  const scale = Math.max(180, Math.min(320, total * 6)) / total;
  const heightOf = (pods: number) => Math.max(2, pods * scale);
  const heights = columns.map(({nodes}) =>
    nodes.reduce((sum, {pods}) => sum + Math.max(slot, heightOf(pods)) + gap, -gap),
  );
  const tallest = Math.max(slot, ...heights);
  const pitch = columns.length > 1 ? (width - before - after) / (columns.length - 1) : 0;
  const bars = columns.map(({nodes}, column) => {
    let top = head + (tallest - (heights[column] ?? 0)) / 2;
    return nodes.map(({pods}) => {
      const room = Math.max(slot, heightOf(pods));
      const bar = {
        top: top + (room - heightOf(pods)) / 2,
        height: heightOf(pods),
        middle: top + room / 2,
      };
      top += room + gap;
      return bar;
    });
  });

  const tops = ways.map(() => [] as number[]);
  for (const [column, {nodes}] of columns.entries()) {
    const nearest = columns
      .map((_, other) => other)
      .sort((one, other) => Math.abs(one - column) - Math.abs(other - column) || other - one);
    const order = ways
      .map((way, index) => ({way, index}))
      .sort((one, other) => {
        for (const near of nearest) {
          const difference = (one.way.at[near] ?? 0) - (other.way.at[near] ?? 0);
          if (difference !== 0) return difference;
        }
        return one.index - other.index;
      });
    const cursors = nodes.map((_, node) => bars[column]?.[node]?.top ?? 0);
    for (const {way, index} of order) {
      const node = way.at[column] ?? 0;
      tops[index]?.push(cursors[node] ?? 0);
      cursors[node] = (cursors[node] ?? 0) + way.pods * scale;
    }
  }
  return {
    width,
    height: Math.ceil(head + tallest + 8),
    lefts: columns.map((_, column) => before + column * pitch - (column === 0 ? 8 : 0)),
    bars,
    ways: ways.map(({pods}, index) => ({tops: tops[index] ?? [], thickness: pods * scale})),
  };
}

/** The picture as SVG. Its texts are escaped here; dangerous characters are expected to be gone. */
export function drawGraph({columns, ways}: Graph, layout: Layout): string {
  const barWidth = 8;
  const last = columns.length - 1;
  const safe = (text: string) =>
    text.replaceAll(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
  const short = (text: string, room: number) => {
    const most = Math.max(4, Math.floor(room / 6.9));
    return text.length > most ? `${[...text].slice(0, most - 1).join('')}…` : text;
  };
  const px = (value: number) => String(Math.round(value * 10) / 10);
  const left = (column: number) => layout.lefts[column] ?? 0;
  const grouped = (pods: number) => String(pods).replaceAll(/\B(?=(\d{3})+$)/g, ',');
  const podsText = (pods: number) => `${grouped(pods)} pod${pods === 1 ? '' : 's'}`;

  const ribbons = ways.map(({at, pods, tone}, index) => {
    const {tops = [], thickness = 0} = layout.ways[index] ?? {};
    const edge = (shift: number) =>
      tops.flatMap((top, column) => {
        const y = px(top + shift);
        return [`${px(left(column))},${y}`, `${px(left(column) + barWidth)},${y}`];
      });
    const curve = (points: readonly string[]) =>
      points.slice(1).reduce((path, point, before) => {
        if (before % 2 === 0) return `${path}L${point}`;
        const [fromX = '', fromY = ''] = (points[before] ?? '').split(',');
        const [toX = '', toY = ''] = point.split(',');
        const middle = px((Number(fromX) + Number(toX)) / 2);
        return `${path}C${middle},${fromY} ${middle},${toY} ${point}`;
      }, points[0] ?? '');
    const shape = `M${curve(edge(0))}L${curve(edge(Math.max(0.8, thickness)).reverse())}Z`;
    const words = at.map((node, column) => columns[column]?.nodes[node]?.label ?? '').join(' → ');
    const nodes = at.map((node, column) => `${column}.${node}`).join(' ');
    return `<path class="way ${tone}" data-nodes="${nodes}" d="${shape}"><title>${safe(words)}: ${podsText(pods)}</title></path>`;
  });
  const drawn = columns.map(({title, nodes}, column) => {
    const anchor = column === 0 ? 'end' : 'start';
    const x = px(column === 0 ? left(0) - 7 : left(column) + barWidth + 7);
    const right = column === last ? layout.width : left(column + 1);
    const room = column === 0 ? left(0) - 20 : right - left(column) - 28;
    const all = nodes.map(({label, pods, tone, namespace}, node) => {
      const {top = 0, height = 0, middle = 0} = layout.bars[column]?.[node] ?? {};
      const place = namespace < 0 ? '' : ` data-namespace="${namespace}"`;
      return (
        `<g class="node ${tone}" data-node="${column}.${node}"${place}><title>${safe(label)}: ${podsText(pods)}</title>` +
        `<rect class="bar" x="${px(left(column))}" y="${px(top)}" width="${barWidth}" height="${px(height)}" rx="1.5"/>` +
        `<text x="${x}" y="${px(middle + 4.5)}" text-anchor="${anchor}">${safe(short(label, room - 7.5 * grouped(pods).length))} <tspan class="pods">${grouped(pods)}</tspan></text></g>`
      );
    });
    return `<text class="title" x="${x}" y="14" text-anchor="${anchor}">${safe(title)}</text>${all.join('')}`;
  });
  const size = `viewBox="0 0 ${px(layout.width)} ${layout.height}" width="${px(layout.width)}" height="${layout.height}"`;
  return `<svg ${size} role="img" aria-labelledby="picture-title" aria-describedby="picture-words">${ribbons.join('')}${drawn.join('')}</svg>`;
}
