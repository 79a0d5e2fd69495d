import type {Key} from 'ink';
import {scopes} from '../advice/scope.ts';
import {type ImpactKind, impactKinds} from '../effect/impact.ts';
import {itemKey} from '../inventory/submissions/items.ts';
import type {Context} from './context.ts';
import {editorKey} from './editorKeys.ts';
import type {View} from './session.ts';

/** The keys of one view; says whether it knew the key. */
export function viewKey(input: string, key: Key, context: Context, view: View): boolean {
  switch (view.name) {
    case 'namespaces':
    case 'accounts':
      return listKey(input, context, view);
    case 'policies': {
      const policy = context.shown.rows[context.shown.cursor]?.key;
      if (input !== 'b' || policy === undefined) return false;
      context.dispatch({type: 'open', view: {name: 'pods', policy}});
      return true;
    }
    case 'why':
      return whyKey(input, context, view);
    case 'policy':
      return editorKey(input, key, context, view.policy);
    case 'impact': {
      const show = (kind: ImpactKind) => context.dispatch({type: 'replace', view: {...view, kind}});
      const named = impactKinds[Number.parseInt(input, 10) - 1];
      if (named !== undefined) show(named);
      return named !== undefined || turn(key, impactKinds, view.kind, show);
    }
    case 'advise':
      return turn(key, scopes, view.scope, scope =>
        context.dispatch({type: 'replace', view: {...view, scope}}),
      );
    case 'advice':
      if (input === 'w') context.sideEffects.writeAdvice(view);
      else if (input === 'p') context.sideEffects.proposeAdvice(view);
      else return false;
      return true;
    default:
      return false;
  }
}

function listKey(
  input: string,
  {shown, dispatch}: Context,
  view: Extract<View, {name: 'namespaces' | 'accounts'}>,
): boolean {
  if (input !== 'a') return false;
  const namespace = view.name === 'accounts' ? view.namespace : shown.rows[shown.cursor]?.key;
  dispatch({type: 'open', view: {name: 'advise', scope: 'service-account', namespace}});
  return true;
}

function whyKey(
  input: string,
  {model, dispatch}: Context,
  {item}: Extract<View, {name: 'why'}>,
): boolean {
  if (input !== 'e') return false;
  const verdict = model.verdicts.find(verdict => itemKey(verdict.item) === item);
  const policy = verdict?.chosen?.policy.name;
  if (policy !== undefined) dispatch({type: 'open', view: {name: 'policy', policy}});
  else dispatch({type: 'open', view: {name: 'policies'}});
  return true;
}

/** Left and right among a few values, round and round. */
function turn<T>(
  {leftArrow, rightArrow}: Key,
  values: readonly T[],
  now: T,
  set: (value: T) => void,
): boolean {
  if (!leftArrow && !rightArrow) return false;
  const place = (values.indexOf(now) + (rightArrow ? 1 : values.length - 1)) % values.length;
  const value = values[place];
  if (value !== undefined) set(value);
  return true;
}
