import {subjectNamed, subjectWord} from '../grant/namedSubject.ts';
import {type Context, inform} from './context.ts';
import {remedyOf} from './remedy.ts';
import {rightOfRow} from './rightsRows.ts';
import type {View} from './session.ts';

/** The keys of policies and of who may use them; says whether it knew the key. */
export function policyRightsKey(
  input: string,
  context: Context,
  view: Extract<View, {name: 'policies' | 'subjects' | 'rights'}>,
): boolean {
  const {dispatch, sideEffects, shown} = context;
  const row = shown.rows[shown.cursor];
  const policy = view.name === 'policies' ? row?.key : undefined;
  const right = view.name === 'policies' || row === undefined ? undefined : rightOfRow(row);
  if (input === 'b') {
    const of = view.name === 'subjects' ? view.policy : policy;
    if (view.name === 'rights') ask(context, {subject: view.subject});
    else if (of !== undefined) ask(context, {policy: of});
    return true;
  }
  if (input === 'B' && right !== undefined) {
    if (view.name === 'rights' && subjectWord(right.subject) !== view.subject) {
      inform(
        context,
        `It may use it as a member of ${subjectWord(right.subject)}: Enter, then B there`,
      );
    } else sideEffects.proposeUnbind(right);
    return true;
  }
  if (policy === undefined) return false;
  if (input === 'w') dispatch({type: 'open', view: {name: 'subjects', policy}});
  else if (input === 'p') dispatch({type: 'open', view: {name: 'pods', policy}});
  else if (input === 'D') sideEffects.proposeDeletion(policy);
  else return false;
  return true;
}

/** The keys about what an account may use; says whether it knew the key. */
export function accountKey(
  input: string,
  context: Context,
  namespace: string,
  name: string | undefined,
): boolean {
  if (input !== 'w' && input !== 'b') return false;
  const subject = `sa:${namespace}/${name ?? ''}`;
  if (subjectNamed(subject) === undefined) inform(context, 'Mirror pods have no service account');
  else if (input === 'b') ask(context, {subject});
  else context.dispatch({type: 'open', view: {name: 'rights', subject}});
  return true;
}

/** The key that does what a finding's remedy says; says whether it knew the key. */
export function findingKey(
  input: string,
  context: Context,
  view: Extract<View, {name: 'findings' | 'finding'}>,
): boolean {
  if (input !== 'f') return false;
  const {model, shown, sideEffects} = context;
  const id = view.name === 'finding' ? view.id : shown.rows[shown.cursor]?.key;
  const finding = model.findings.find(each => each.id === id);
  if (finding === undefined) return true;
  const remedy = remedyOf(finding);
  if (remedy === undefined) inform(context, `Not from here: ${finding.remedy}`);
  else sideEffects.remedy(finding, remedy);
  return true;
}

function ask(
  {dispatch}: Context,
  known: {readonly policy?: string; readonly subject?: string},
): void {
  dispatch({type: 'prompt', prompt: {kind: 'bind', text: '', ...known}});
}
