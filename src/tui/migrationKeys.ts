import type {PodSecurityMode} from '../podSecurity/labels.ts';
import {type Context, inform} from './context.ts';
import {namespaceOnTheWay} from './migrationRows.ts';
import type {View} from './session.ts';

const stages: ReadonlyMap<string, PodSecurityMode> = new Map([
  ['w', 'warn'],
  ['a', 'audit'],
  ['e', 'enforce'],
]);

/** The keys of the way off: a stage on, or the last one back; says whether it knew the key. */
export function migrationKey(
  input: string,
  context: Context,
  view: Extract<View, {name: 'migrate'}>,
): boolean {
  const stage = stages.get(input);
  if (stage === undefined && input !== 'x') return false;
  const {shown, sideEffects, model} = context;
  const namespace = view.namespace ?? shown.rows[shown.cursor]?.key;
  if (namespace === undefined) return true;
  if (stage !== undefined) {
    sideEffects.proposeStage(namespace, {stage, isBack: false});
    return true;
  }
  const last = namespaceOnTheWay(model, namespace)?.stage;
  if (last === undefined) inform(context, `${namespace} has no stage to take back`);
  else sideEffects.proposeStage(namespace, {stage: last, isBack: true});
  return true;
}
