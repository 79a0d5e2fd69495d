import {type Key, useApp, useInput, usePaste} from 'ink';
import {type Context, inform} from './context.ts';
import {editedDrafts, type Frame, topOf} from './session.ts';
import {viewKey} from './viewKeys.ts';

/** What the session ends with after Ctrl-C. */
export const interrupted = 'interrupted';

/** The keys of all views but those that take their own (values, guide, prompts). */
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
      // What is to be applied can be read while the question stands.
      if (session.prompt.kind === 'confirm' && input === '') move('', key, context, topOf(session));
      return undefined;
    }
    if (view.name === 'values') return undefined;
    if (input === 'q') return quit();
    if (view.name === 'walk') return generalKey(input, context);
    return onKey(input, key, context);
  });
  // What is pasted is text, not keys: it goes where something is typed, and nowhere else.
  usePaste(() => {
    const context = contextNow();
    if (context.session.prompt !== undefined || topOf(context.session).view.name === 'values')
      return;
    inform(context, 'Text can be pasted where something is typed: after / and :');
  });
}

function onKey(input: string, key: Key, context: Context): void {
  const {session, dispatch, refresh} = context;
  const frame = topOf(session);
  if (move(input, key, context, frame)) return;
  if (viewKey(input, key, context, frame.view)) return;
  if (key.escape || key.backspace) {
    if (frame.filter !== '') dispatch({type: 'filter', text: ''});
    else dispatch({type: 'back'});
  } else if (key.return) {
    const enter = context.shown.rows[context.shown.cursor]?.enter;
    if (enter !== undefined) dispatch({type: 'open', view: enter});
  } else if (input === 'r') refresh();
  else if (input === '/' && context.shown.table !== undefined) {
    dispatch({type: 'prompt', prompt: {kind: 'filter'}});
  } else if (input === 's' && context.shown.table !== undefined) {
    dispatch({type: 'sort', columns: context.shown.table.columns.length});
  } else if (input === 'u') undoLast(context);
  else generalKey(input, context);
}

/** Offers to take back what was applied last. */
function undoLast(context: Context): void {
  const last = context.session.applied.at(-1);
  if (last === undefined) inform(context, 'Nothing was applied in this session');
  else context.sideEffects.proposeUndo(last);
}

function generalKey(input: string, {dispatch}: Context): void {
  if (input === '?') dispatch({type: 'open', view: {name: 'help'}});
  else if (input === ':') dispatch({type: 'prompt', prompt: {kind: 'jump', text: ''}});
}

/** Moves the cursor or scrolls; says whether the key was one for that. */
function move(input: string, key: Key, context: Context, frame: Frame): boolean {
  const {shown, page, lastScroll, dispatch} = context;
  const distance = distanceOf(input, key, page);
  if (distance === undefined) return false;
  if (shown.table === undefined) {
    const to = Math.max(0, Math.min(lastScroll, Math.min(frame.scroll, lastScroll) + distance));
    dispatch({type: 'scroll', to});
    return true;
  }
  const place = Math.max(0, Math.min(shown.rows.length - 1, shown.cursor + distance));
  dispatch({type: 'select', key: shown.rows[place]?.key, place});
  return true;
}

function distanceOf(input: string, key: Key, page: number): number | undefined {
  if (key.upArrow || input === 'k') return -1;
  if (key.downArrow || input === 'j') return 1;
  if (key.pageUp) return -page;
  if (key.pageDown || input === ' ') return page;
  if (key.home) return -Infinity;
  if (key.end || input === 'G') return Infinity;
  return undefined;
}
