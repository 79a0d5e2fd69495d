import {fitEnd, fitTo, safeWidthOf} from '../text.ts';

const arrow = ' > ';

/** The way here in so many columns, its end in sight: all but the last view, and that. */
export function fitCrumbs(
  crumbs: readonly string[],
  width: number,
): {readonly before: string; readonly name: string} {
  const last = crumbs.at(-1) ?? '';
  const way = crumbs
    .slice(0, -1)
    .map(crumb => crumb + arrow)
    .join('');
  const room = width - safeWidthOf(last);
  return {
    before: room < 2 ? '' : fitEnd(way, Math.min(room, safeWidthOf(way))),
    name: fitTo(last, Math.min(safeWidthOf(last), width)),
  };
}

/** The place of the view whose name a column of this line shows, but the last one; undefined if there is none. */
export function crumbAt(
  crumbs: readonly string[],
  width: number,
  column: number,
): number | undefined {
  let end = safeWidthOf(fitCrumbs(crumbs, width).before);
  for (let place = crumbs.length - 2; place >= 0 && end > 0; place--) {
    const start = end - safeWidthOf(`${crumbs[place]}${arrow}`);
    if (column >= start && column < end - arrow.length) return place;
    end = start;
  }
  return undefined;
}
