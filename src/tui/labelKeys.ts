import {policiesHere} from './byLabels.ts';
import {type Context, inform} from './context.ts';
import type {View} from './session.ts';

/** The keys where the labels of namespaces decide; says whether it knew the key. */
export function labelKey(input: string, context: Context, view: View): boolean {
  const {name} = view;
  if (name === 'advise' || name === 'advice') return adviceKey(input, context);
  if (name !== 'namespaces' && name !== 'accounts' && name !== 'pods' && name !== 'why')
    return false;
  if (input === 'a') advise(context, view);
  else if (input === 'm') showPolicies(context);
  else if (name !== 'namespaces' && ['b', 'w', 'e'].includes(input)) {
    inform(context, 'There are no policies here: a proposes some, m says how they come to be');
  } else return false;
  return true;
}

/** Proposed policies can be looked at and written to files; the server would not take them. */
function adviceKey(input: string, context: Context): boolean {
  if (input !== 'p' && input !== 'o') return false;
  inform(
    context,
    'This cluster has no PodSecurityPolicy to apply: m of :ns says what it has instead',
  );
  return true;
}

function advise({dispatch, shown}: Context, view: View): void {
  const row = shown.rows[shown.cursor]?.key;
  const namespace =
    view.name === 'namespaces'
      ? row
      : view.name === 'why'
        ? view.item.split('/')[0]
        : 'namespace' in view
          ? view.namespace
          : undefined;
  dispatch({type: 'open', view: {name: 'advise', scope: 'service-account', namespace}});
}

function showPolicies({dispatch, model}: Context): void {
  const lines = [
    'What a PodSecurityPolicy did, two objects of Kubernetes can do: a',
    'MutatingAdmissionPolicy and a ValidatingAdmissionPolicy.',
    '',
    ...policiesHere(model.inventory),
    '',
    'Without policies, the labels of a namespace decide: :migrate changes them.',
  ];
  dispatch({type: 'open', view: {name: 'text', title: 'Policies', lines}});
}
