import {grouped, groupedCount} from '../numbers.ts';
import type {Flows} from '../picture/ways.ts';
import {elements, wordsOf} from './dom.ts';

/** A number at the top of the page, and what it is of the whole cluster. */
interface Total {
  readonly element: HTMLElement;
  readonly of: string;
  readonly whole: string;
}

/** The numbers at the top of the page follow the chosen namespace; the function shows those of the choice. */
export function startTotals(
  {rows, namespaces}: Flows,
  states: readonly string[],
  place: () => string,
): () => void {
  const totals = elements('[data-total]').map(element => ({
    element,
    of: element.dataset.total ?? '',
    whole: wordsOf(element),
  }));
  const tiles = elements('.tile').flatMap(tile => tileOf(tile) ?? []);
  const bar = elements('.outcome svg rect[x]').map(rect => ({
    rect,
    x: rect.getAttribute('x') ?? '',
    width: rect.getAttribute('width') ?? '',
  }));
  return () => {
    const chosen = place();
    const here = rows.filter(([namespace]) => chosen === '' || namespace === Number(chosen));
    const pods = (state: string) =>
      here.reduce((sum, row) => sum + (states[row[5]] === state ? row[6] : 0), 0);
    const all = here.reduce((sum, row) => sum + row[6], 0);
    for (const total of totals) {
      total.element.textContent =
        chosen === '' ? total.whole : numberOf(total, pods, all, namespaces[Number(chosen)] ?? '');
    }
    for (const tile of tiles) {
      const found = elements(`.group[data-severity="${tile.severity}"] .finding`).filter(
        ({dataset}) => dataset.namespace === chosen,
      );
      tile.number.textContent = chosen === '' ? tile.whole : grouped(found.length);
    }
    let left = 0;
    for (const {rect, x, width} of bar) {
      const share =
        (pods(rect.getAttribute('class')?.replace('state-', '') ?? '') / Math.max(all, 1)) * 1000;
      rect.setAttribute('x', chosen === '' ? x : String(Math.round(left)));
      rect.setAttribute('width', chosen === '' ? width : String(Math.round(share)));
      left += share;
    }
  };
}

function numberOf(
  {of}: Total,
  pods: (state: string) => number,
  all: number,
  namespace: string,
): string {
  if (of === 'all') {
    return `${groupedCount(all, 'pod or idle workload', 'pods and idle workloads')} of namespace ${namespace}`;
  }
  const number = pods(of);
  return of === 'denied' && number === 0 ? 'none' : grouped(number);
}

function tileOf(tile: HTMLElement) {
  const number = tile.querySelector('.number');
  const severity = ['high', 'medium', 'low', 'info'].find(name => tile.classList.contains(name));
  if (number === null || severity === undefined) return undefined;
  return {number, severity, whole: wordsOf(number)};
}
