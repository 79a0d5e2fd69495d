import type {DOMElement} from 'ink';
import {useEffect, useLayoutEffect, useRef} from 'react';
import type {Context} from './context.ts';
import {crumbAt} from './frame/crumbs.ts';
import type {Mouse, MouseEvent} from './mouse.ts';
import type {RowsInSight} from './rowsInSight.ts';
import {type Frame, topOf} from './session.ts';
import {crumbsOf} from './state.ts';
import {moveBy, openChosen} from './useKeys.ts';

/** Where the line of the way here is, and how wide it is. */
interface CrumbLine {
  readonly line: number;
  readonly width: number;
}

/** So many lines of a text are a notch of the wheel. */
const notch = 3;

/** The wheel moves, a click chooses a row, and one on the chosen row or on the way here opens. */
export function useMouse(mouse: Mouse | undefined, contextNow: () => Context, crumbs: CrumbLine) {
  const inSight = useRef<RowsInSight | undefined>(undefined);
  const onEvent = useRef<(event: MouseEvent) => void>(() => {});
  useLayoutEffect(() => {
    onEvent.current = event => {
      const context = contextNow();
      const {session, shown} = context;
      if (session.busy !== undefined) return;
      const frame = topOf(session);
      if (event.kind === 'wheel') wheel(event.direction, context, frame);
      else if (session.prompt === undefined) {
        if (event.line === crumbs.line) clickCrumb(event.column, context, crumbs.width);
        else if (shown.table !== undefined) clickRow(event.line, context, inSight.current);
      }
    };
  });
  useEffect(() => mouse?.subscribe(event => onEvent.current(event)), [mouse]);
  return inSight;
}

function wheel(direction: 1 | -1, context: Context, frame: Frame): void {
  const {session, shown} = context;
  // What is to be applied can be read while the question stands.
  if (session.prompt !== undefined && session.prompt.kind !== 'confirm') return;
  moveBy(direction * (shown.table === undefined ? notch : 1), context, frame);
}

/** Goes back to a view of the way here. */
function clickCrumb(column: number, {session, dispatch}: Context, width: number): void {
  const place = crumbAt(crumbsOf(session, session.drafts), width, column);
  if (place === undefined) return;
  for (let back = session.trail.length - 1 - place; back > 0; back--) dispatch({type: 'back'});
}

function clickRow(line: number, context: Context, inSight: RowsInSight | undefined): void {
  if (inSight?.element == null) return;
  const offset = line - lineOf(inSight.element);
  if (offset < 0 || offset >= inSight.count) return;
  const {shown, dispatch} = context;
  const place = inSight.first + offset;
  const row = shown.rows[place];
  if (row === undefined) return;
  if (place !== shown.cursor) dispatch({type: 'select', key: row.key, place});
  else openChosen(context);
}

/** The line of the screen on which something drawn begins. */
function lineOf(element: DOMElement): number {
  let line = 0;
  for (let at: DOMElement | undefined = element; at !== undefined; at = at.parentNode) {
    line += at.yogaNode?.getComputedTop() ?? 0;
  }
  return line;
}
