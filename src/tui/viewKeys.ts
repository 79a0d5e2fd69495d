import type {Key} from 'ink';
import {isUsable} from '../admission/admit.ts';
import {scopes} from '../advice/scope.ts';
import type {ImpactKind} from '../effect/impact.ts';
import {isByLabels} from '../inventory/regime.ts';
import {type Context, inform} from './context.ts';
import {impactOfDraft} from './draftImpact.ts';
import {editorKey} from './editorKeys.ts';
import {guideKey} from './guideKeys.ts';
import {labelKey} from './labelKeys.ts';
import {migrationKey} from './migrationKeys.ts';
import {pickerKey} from './pickerKeys.ts';
import {tabsOf} from './policyRows.ts';
import {accountKey, findingKey, policyRightsKey} from './rightsKeys.ts';
import type {View} from './session.ts';
import {policyOf} from './state.ts';
import {accountWord, noRights, verdictNamed} from './waysIn.ts';

/** The keys of one view; says whether it knew the key. */
export function viewKey(input: string, key: Key, context: Context, view: View): boolean {
  if (isByLabels(context.model.inventory) && labelKey(input, context, view)) return true;
  switch (view.name) {
    case 'namespaces':
    case 'accounts':
      return listKey(input, context, view);
    case 'policies':
    case 'subjects':
    case 'rights':
      return policyRightsKey(input, context, view);
    case 'findings':
    case 'finding':
      return findingKey(input, context, view);
    case 'migrate':
      return migrationKey(input, context, view);
    case 'why':
      return whyKey(input, context, view);
    case 'values':
      return pickerKey(input, key, context, view);
    case 'walk':
      return guideKey(input, key, context, view);
    case 'policy':
      return editorKey(input, key, context, view);
    case 'waysIn':
      return waysInKey(input, context, view.item);
    case 'impact':
      return impactKey(input, key, context, view);
    case 'advise':
      if (input === 'p') {
        const policies = context.shown.rows.map(row => row.key);
        context.sideEffects.proposeAllAdvice(view, policies);
      } else if (input === 'o') context.sideEffects.proposeOldGrants(view);
      else
        return turn(key, scopes, view.scope, scope =>
          context.dispatch({type: 'replace', view: {...view, scope}}),
        );
      return true;
    case 'advice':
      if (input === 'w') context.sideEffects.writeAdvice(view);
      else if (input === 'p') context.sideEffects.proposeAdvice(view);
      else return false;
      return true;
    default:
      return false;
  }
}

/** The lists of an impact, by their numbers or in turn: those that have a tab. */
function impactKey(
  input: string,
  key: Key,
  {session, model, dispatch}: Context,
  view: Extract<View, {name: 'impact'}>,
): boolean {
  const policy = policyOf(view.policy, session.drafts, model.inventory);
  if (policy === undefined) return false;
  const tabs = tabsOf(impactOfDraft(model, policy.now), view.kind);
  const show = (kind: ImpactKind) => dispatch({type: 'replace', view: {...view, kind}});
  const named = tabs[Number.parseInt(input, 10) - 1];
  if (named !== undefined) show(named);
  return named !== undefined || turn(key, tabs, view.kind, show);
}

function listKey(
  input: string,
  context: Context,
  view: Extract<View, {name: 'namespaces' | 'accounts'}>,
): boolean {
  const {shown} = context;
  const key = shown.rows[shown.cursor]?.key;
  if (view.name === 'accounts' && accountKey(input, context, view.namespace, key)) return true;
  if (input !== 'a') return false;
  const {dispatch} = context;
  const namespace = view.name === 'accounts' ? view.namespace : key;
  dispatch({type: 'open', view: {name: 'advise', scope: 'service-account', namespace}});
  return true;
}

function whyKey(input: string, context: Context, {item}: Extract<View, {name: 'why'}>): boolean {
  if (input !== 'e' && input !== 'w' && input !== 'b') return false;
  const {model, dispatch} = context;
  const verdict = verdictNamed(model, item);
  const policy = verdict?.chosen?.policy.name;
  if (input === 'b' && policy !== undefined) {
    inform(context, `${policy} lets it in: it needs no other; w shows who may use it`);
  } else if (input === 'w') {
    dispatch({
      type: 'open',
      view: policy === undefined ? {name: 'grants'} : {name: 'subjects', policy},
    });
  } else if (policy !== undefined) dispatch({type: 'open', view: {name: 'policy', policy}});
  else dispatch({type: 'open', view: {name: 'waysIn', item}});
  return true;
}

/** Binds a policy to the account of a pod that is not let in. */
function waysInKey(input: string, context: Context, item: string): boolean {
  if (input !== 'b') return false;
  const {model, shown, sideEffects} = context;
  const policy = shown.rows[shown.cursor]?.key;
  const verdict = verdictNamed(model, item);
  const subject = verdict && accountWord(verdict.item);
  if (subject === undefined) inform(context, 'Mirror pods have no service account');
  else if (policy !== undefined && isUsable(verdict?.candidate(policy)?.rights ?? noRights))
    inform(context, `${subject} may use ${policy} already, but it denies this: Enter edits it`);
  else if (policy !== undefined) sideEffects.proposeBind(policy, subject);
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
