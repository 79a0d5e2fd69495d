import type {Key} from 'ink';
import {controlById} from '../controls/index.ts';
import {type Context, inform} from './context.ts';
import {chosenEntry, fieldOf, pickingOf, toggled, turned, type ValuesView} from './picker.ts';
import {policyOf} from './state.ts';

/** The keys of a picker; says whether it knew the key. Nothing changes before Enter. */
export function pickerKey(input: string, key: Key, context: Context, view: ValuesView): boolean {
  const {session, model, shown, dispatch} = context;
  const policy = policyOf(view.policy, session.drafts, model.inventory);
  if (policy === undefined) return false;
  const {now} = policy;
  const entry = shown.rows[shown.cursor]?.key;
  if (key.return) accept(context, view, entry);
  else if (key.tab) {
    const next = turned(view, now, key.shift ? -1 : 1);
    dispatch({type: 'replace', view: next});
    dispatch({type: 'filter', text: ''});
    dispatch({type: 'select', key: chosenEntry(next, now), place: 0});
  } else if (input === ' ') {
    if (entry !== undefined) show(context, toggled(view, now, entry));
  } else if (input === '+') {
    if (fieldOf(view, now)?.kind === 'list') {
      dispatch({type: 'prompt', prompt: {kind: 'add', view, text: ''}});
    } else inform(context, 'One of these has to be chosen');
  } else if (key.escape && session.trail.at(-1)?.filter === '') {
    dispatch({type: 'back'});
    if (pickingOf(view, now).pending !== pickingOf(view, now).opened) {
      inform(context, 'Not accepted: nothing is changed');
    }
  } else return ['s', 'q', 'u'].includes(input);
  return true;
}

/** Takes over what was picked; of a choice, the row that the cursor is on. */
function accept(context: Context, view: ValuesView, entry: string | undefined): void {
  const {session, model, dispatch} = context;
  const policy = policyOf(view.policy, session.drafts, model.inventory);
  if (policy === undefined) return;
  const {base, now} = policy;
  const isChoice = fieldOf(view, now)?.kind === 'choice';
  const last = isChoice && entry !== undefined ? toggled(view, now, entry) : view;
  if (typeof last === 'string') {
    dispatch({type: 'notice', notice: {tone: 'bad', text: last}});
    return;
  }
  const control = controlById[view.control];
  const next = control.copy(pickingOf(last, now).pending, now);
  const isSame = control.describe(next) === control.describe(now);
  dispatch({type: 'back'});
  if (isSame) inform(context, `${control.title} stays as it was`);
  else dispatch({type: 'edit', base, now: next});
}

/** Shows the next state of a picker, or what was wrong. */
function show({dispatch}: Context, next: ValuesView | string): void {
  if (typeof next === 'string') dispatch({type: 'notice', notice: {tone: 'bad', text: next}});
  else dispatch({type: 'replace', view: next});
}
