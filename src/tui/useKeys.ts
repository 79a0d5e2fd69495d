import {type Key, useApp, useInput, usePaste} from 'ink';
import {isByLabels} from '../inventory/regime.ts';
import {type Context, inform} from './context.ts';
import {commandsFrom, copiedFrom, describedBy} from './copy.ts';
import {nextPane} from './panes.ts';
import {editedDrafts, type Frame, topOf} from './session.ts';
import {search} from './textKeys.ts';
import {viewKey} from './viewKeys.ts';

/** What the session ends with after Ctrl-C. */
export const interrupted = 'interrupted';

/** The keys of all views; a prompt takes its own. */
export function useKeys(contextNow: () => Context, suspend: () => void): void {
  const {exit} = useApp();
  useInput((input, key) => {
    const context = contextNow();
    const {session, dispatch} = context;
    const {view} = topOf(session);
    const quit = (reason?: typeof interrupted) => {
      const isAsking = session.prompt?.kind === 'quit';
      if (editedDrafts(session).length === 0 || isAsking) exit(reason);
      else dispatch({type: 'prompt', prompt: {kind: 'quit'}});
    };
    if (key.ctrl && input === 'c') return quit(interrupted);
    if (key.ctrl && input === 'z') return suspend();
    if (key.ctrl || key.meta || session.busy !== undefined) return undefined;
    if (session.prompt !== undefined) {
      if (session.prompt.kind === 'filter' && context.shown.table === undefined) {
        if (topOf(session).filter !== '') search(context, 'here');
        return undefined;
      }
      // What is to be applied can be read while the question stands.
      if (session.prompt.kind === 'confirm' && input === '') move('', key, context, topOf(session));
      return undefined;
    }
    if (input === 'q' && view.name !== 'values') return quit();
    return onKey(input, key, context);
  });
  // What is pasted is text, not keys: it goes where something is typed, and nowhere else.
  usePaste(() => {
    const context = contextNow();
    if (context.session.prompt !== undefined) return;
    inform(context, 'Text can be pasted where something is typed: after / and :');
  });
}

/** No key at all. */
const noKey: Key = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageDown: false,
  pageUp: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  ctrl: false,
  shift: false,
  tab: false,
  backspace: false,
  delete: false,
  meta: false,
  super: false,
  hyper: false,
  capsLock: false,
  numLock: false,
};

/** Does to the chosen row what Enter does; in a picker, where that accepts the whole, what Space does. */
export function openChosen(context: Context): void {
  if (topOf(context.session).view.name === 'values') onKey(' ', noKey, context);
  else onKey('', {...noKey, return: true}, context);
}

function onKey(input: string, key: Key, context: Context): void {
  const {session, dispatch, refresh} = context;
  const frame = topOf(session);
  if (viewKey(input, key, context, frame.view)) return;
  if (move(input, key, context, frame)) return;
  if (key.escape || key.backspace) {
    if (frame.filter !== '') dispatch({type: 'filter', text: ''});
    else dispatch({type: 'back'});
  } else if (key.return) {
    const enter = context.shown.rows[context.shown.cursor]?.enter;
    if (enter !== undefined) dispatch({type: 'open', view: enter});
  } else if (input === 'r') refresh();
  else if (input === '/') dispatch({type: 'prompt', prompt: {kind: 'filter'}});
  else if (key.tab) turnPane(context, key.shift ? -1 : 1);
  else if (input === 'y') copy(context);
  else if (input === 'Y' && context.shown.table === undefined) copyCommands(context);
  else if (input === 'd') describe(context);
  else if ((input === 'n' || input === 'N') && context.shown.table === undefined) {
    search(context, input === 'n' ? 'next' : 'previous');
  } else if (input === 's' && context.shown.table !== undefined) {
    dispatch({type: 'sort', columns: context.shown.table.columns.length});
  } else if (input === 'u') undoLast(context);
  else generalKey(input, context);
}

/** Shows the next view of the same thing in place of this one. */
function turnPane({session, dispatch, model}: Context, direction: 1 | -1): void {
  const next = nextPane(topOf(session).view, direction, isByLabels(model.inventory));
  if (next !== undefined) dispatch({type: 'replace', view: next});
}

function copy(context: Context): void {
  const copied = copiedFrom(context);
  if (copied !== undefined) context.sideEffects.copy(copied.text, copied.what);
}

function copyCommands(context: Context): void {
  const copied = commandsFrom(context);
  if (copied === undefined) inform(context, 'No command line stands here; y copies the text');
  else context.sideEffects.copy(copied.text, copied.what);
}

function describe(context: Context): void {
  const view = describedBy(context);
  if (view !== undefined) context.dispatch({type: 'open', view});
}

/** Offers to take back what was applied last. */
function undoLast(context: Context): void {
  const last = context.session.applied.at(-1);
  if (last === undefined) inform(context, 'Nothing was applied in this session');
  else context.sideEffects.proposeUndo(last);
}

function generalKey(input: string, {session, dispatch}: Context): void {
  const {view} = topOf(session);
  if (input === '?') {
    if (view.name !== 'help') dispatch({type: 'open', view: {name: 'help', of: view}});
  } else if (input === ':') dispatch({type: 'prompt', prompt: {kind: 'jump', text: ''}});
}

/** Moves the cursor or scrolls; says whether the key was one for that. */
function move(input: string, key: Key, context: Context, frame: Frame): boolean {
  const distance = distanceOf(input, key, context.page);
  if (distance !== undefined) moveBy(distance, context, frame);
  return distance !== undefined;
}

/** Moves the cursor by so many rows, or scrolls by so many lines, as far as there are any. */
export function moveBy(distance: number, context: Context, frame: Frame): void {
  const {shown, lastScroll, dispatch} = context;
  if (shown.table === undefined) {
    const to = Math.max(0, Math.min(lastScroll, Math.min(frame.scroll, lastScroll) + distance));
    dispatch({type: 'scroll', to});
    return;
  }
  const place = Math.max(0, Math.min(shown.rows.length - 1, shown.cursor + distance));
  dispatch({type: 'select', key: shown.rows[place]?.key, place});
}

function distanceOf(input: string, key: Key, page: number): number | undefined {
  if (key.upArrow || input === 'k') return -1;
  if (key.downArrow || input === 'j') return 1;
  if (key.pageUp) return -page;
  if (key.pageDown || input === ' ') return page;
  if (key.home || input === 'g') return -Infinity;
  if (key.end || input === 'G') return Infinity;
  return undefined;
}
