import {grouped, groupedCount} from '../numbers.ts';
import type {Graph} from './graph.ts';
import type {GraphLayout} from './layout.ts';

const barWidth = 8;
/** About how wide a character of a label is, in pixels. */
const labelCharacter = 6.9;
const countCharacter = 7.5;

/** The picture as SVG. Its texts are escaped here; dangerous characters are expected to be gone. */
export function drawGraph(graph: Graph, layout: GraphLayout): string {
  const ribbons = graph.ways.map((_, index) => ribbonOf(graph, layout, index));
  const columns = graph.columns.map((_, column) => drawnColumn(graph, layout, column));
  const size = `viewBox="0 0 ${px(layout.width)} ${layout.height}" width="${px(layout.width)}" height="${layout.height}"`;
  return `<svg ${size} role="img" aria-labelledby="picture-title" aria-describedby="picture-words">${ribbons.join('')}${columns.join('')}</svg>`;
}

/** The band of one way through all columns, with what it is in words. */
function ribbonOf({columns, ways}: Graph, layout: GraphLayout, index: number): string {
  const {at, pods, tone} = ways[index] ?? {at: [], pods: 0, tone: ''};
  const {tops = [], thickness = 0} = layout.ways[index] ?? {};
  const edge = (shift: number) =>
    tops.flatMap((top, column) => {
      const left = layout.lefts[column] ?? 0;
      const y = px(top + shift);
      return [`${px(left)},${y}`, `${px(left + barWidth)},${y}`];
    });
  const shape = `M${curve(edge(0))}L${curve(edge(Math.max(0.8, thickness)).reverse())}Z`;
  const words = at.map((node, column) => columns[column]?.nodes[node]?.label ?? '').join(' → ');
  const nodes = at.map((node, column) => `${column}.${node}`).join(' ');
  return `<path class="way ${tone}" data-nodes="${nodes}" d="${shape}"><title>${safe(words)}: ${groupedCount(pods, 'pod')}</title></path>`;
}

/** Points as a line that is straight along the bars and bends between them. */
function curve(points: readonly string[]): string {
  return points.slice(1).reduce((path, point, before) => {
    if (before % 2 === 0) return `${path}L${point}`;
    const [fromX = '', fromY = ''] = (points[before] ?? '').split(',');
    const [toX = '', toY = ''] = point.split(',');
    const middle = px((Number(fromX) + Number(toX)) / 2);
    return `${path}C${middle},${fromY} ${middle},${toY} ${point}`;
  }, points[0] ?? '');
}

/** A column: its title, and its nodes with their labels. */
function drawnColumn({columns}: Graph, layout: GraphLayout, column: number): string {
  const {title, nodes} = columns[column] ?? {title: '', nodes: []};
  const left = layout.lefts[column] ?? 0;
  const anchor = column === 0 ? 'end' : 'start';
  const x = px(column === 0 ? left - 7 : left + barWidth + 7);
  const right = layout.lefts[column + 1] ?? layout.width;
  const room = column === 0 ? left - 20 : right - left - 28;
  const drawn = nodes.map(({label, pods, tone, namespace}, node) => {
    const {top = 0, height = 0, middle = 0} = layout.bars[column]?.[node] ?? {};
    const place = namespace < 0 ? '' : ` data-namespace="${namespace}"`;
    const count = grouped(pods);
    return (
      `<g class="node ${tone}" data-node="${column}.${node}"${place}><title>${safe(label)}: ${groupedCount(pods, 'pod')}</title>` +
      `<rect class="bar" x="${px(left)}" y="${px(top)}" width="${barWidth}" height="${px(height)}" rx="1.5"/>` +
      `<text x="${x}" y="${px(middle + 4.5)}" text-anchor="${anchor}">${safe(short(label, room - countCharacter * count.length))} <tspan class="pods">${count}</tspan></text></g>`
    );
  });
  return `<text class="title" x="${x}" y="14" text-anchor="${anchor}">${safe(title)}</text>${drawn.join('')}`;
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function safe(text: string): string {
  return text.replaceAll(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}

/** A label, cut where it would be wider than the room for it. */
function short(label: string, room: number): string {
  const longest = Math.max(4, Math.floor(room / labelCharacter));
  return label.length > longest ? `${[...label].slice(0, longest - 1).join('')}…` : label;
}
