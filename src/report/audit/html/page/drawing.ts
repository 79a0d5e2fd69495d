import {drawGraph} from '../picture/draw.ts';
import {graphOf} from '../picture/graph.ts';
import {layOut} from '../picture/layout.ts';
import type {Flows} from '../picture/ways.ts';
import {elementById, elements, hide} from './dom.ts';

/** Below this width, in pixels, the picture has two columns. */
const narrowBelow = 640;

/**
 * The picture, of all namespaces or of one, as wide as there is room. Its markup is the one thing that the
 * script sets as markup; drawGraph escapes what it writes. `place` tells the index of the chosen
 * namespace, or ''; `setPlace` chooses one. Gives what draws it again if anything changed.
 */
export function startDrawing(
  flows: Flows,
  place: () => string,
  setPlace: (place: string) => void,
): () => void {
  const drawing = elementById('drawing');
  if (drawing === undefined) return () => {};
  let drawn = '';
  const draw = () => {
    const width = roomIn(drawing);
    const chosen = place();
    if (width < 1 || drawn === `${width}/${chosen}`) return;
    drawn = `${width}/${chosen}`;
    const graph = graphOf(flows, chosen === '' ? -1 : Number(chosen), width < narrowBelow);
    drawing.innerHTML =
      graph.ways.length === 0 ? '<p>No pods here.</p>' : drawGraph(graph, layOut(graph, width));
    hide('all-namespaces', chosen === '');
  };
  drawing.addEventListener('mouseover', event => light(drawing, nodeAt(event)?.dataset.node));
  drawing.addEventListener('mouseleave', () => light(drawing, undefined));
  drawing.addEventListener('click', event => {
    const clicked = nodeAt(event)?.dataset.namespace;
    if (clicked !== undefined) setPlace(clicked);
  });
  elementById('all-namespaces')?.addEventListener('click', () => setPlace(''));
  addEventListener('resize', draw);
  return draw;
}

/** The width inside an element's padding, in whole pixels. */
function roomIn(element: HTMLElement): number {
  const {paddingLeft, paddingRight} = getComputedStyle(element);
  return Math.floor(
    element.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight),
  );
}

function nodeAt({target}: Event): HTMLElement | SVGElement | undefined {
  if (!(target instanceof Element)) return undefined;
  return target.closest<SVGElement>('.node') ?? undefined;
}

/** Lights up the ways through a node; none if there is no node. */
function light(drawing: HTMLElement, node: string | undefined): void {
  drawing.classList.toggle('faded', node !== undefined);
  if (node === undefined) return;
  for (const way of elements('.way', drawing)) {
    way.classList.toggle('lit', way.dataset.nodes?.split(' ').includes(node));
  }
}
