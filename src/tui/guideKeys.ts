import type {Key} from 'ink';
import {controls} from '../controls/index.ts';
import type {Context} from './context.ts';
import {choicesOf, type WalkView} from './guide.ts';
import {policyOf} from './state.ts';

/** The keys of the guide; says whether it knew the key. */
export function guideKey(input: string, key: Key, context: Context, view: WalkView): boolean {
  if (key.leftArrow) {
    if (view.step > 0) goTo(view.step - 1, context, view);
    return true;
  }
  if (controls[view.step] === undefined) return false;
  if (key.return) choose(context, view);
  // Its rows have no name to copy, and their order says which one is suggested.
  else return ['s', 'u', 'y'].includes(input);
  return true;
}

/** Does what the chosen row says, and goes on to the next control. */
function choose(context: Context, view: WalkView): void {
  const {session, model, shown, dispatch} = context;
  const policy = policyOf(view.policy, session.drafts, model.inventory);
  const control = controls[view.step];
  const chosen = shown.rows[shown.cursor]?.key;
  if (policy === undefined || control === undefined) return;
  const choice = choicesOf(control, {...policy, model}).find(({key}) => key === chosen);
  if (choice === undefined) return;
  if (choice.policy !== undefined) dispatch({type: 'edit', base: policy.base, now: choice.policy});
  goTo(choice.key === 'skip' ? controls.length : view.step + 1, context, view);
}

function goTo(step: number, {dispatch}: Context, view: WalkView): void {
  dispatch({type: 'replace', view: {...view, step}});
  dispatch({type: 'filter', text: ''});
  dispatch({type: 'select', key: undefined, place: 0});
}
