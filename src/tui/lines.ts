import type {Policy} from '../kube/objects.ts';
import {adviceYaml, policyObject} from '../report/advice.ts';
import {whyDetail} from '../report/why.ts';
import {printYaml} from '../yaml/documents.ts';
import type {Draft} from './edit.ts';
import {helpLines} from './keys.ts';
import {itemKey, type Model} from './model.ts';
import type {Services} from './services.ts';
import type {View} from './session.ts';

/** The policy as it would be written to a file. */
export function policyYaml(policy: Policy): string {
  return printYaml(policyObject(policy));
}

/** The lines of a view that is a text; undefined for the others. */
export function linesOf(
  view: View,
  model: Model,
  drafts: Readonly<Record<string, Draft>>,
  services: Services,
): readonly string[] | undefined {
  switch (view.name) {
    case 'why': {
      const verdict = model.verdicts.find(({item}) => itemKey(item) === view.item);
      return verdict === undefined
        ? ['It is gone: nothing of this name is in the cluster any more.']
        : whyDetail(verdict, true).trimEnd().split('\n');
    }
    case 'diff': {
      const draft = drafts[view.policy];
      if (draft === undefined) return ['Nothing is changed.'];
      return services.diff(policyYaml(draft.base), policyYaml(draft.now), view.policy);
    }
    case 'advice': {
      const advice = adviceNamed(model, view);
      return advice === undefined
        ? ['Nothing that runs needs it any more.']
        : adviceYaml([advice], true).trimEnd().split('\n');
    }
    case 'text':
      return view.lines;
    case 'help':
      return helpLines();
    default:
      return undefined;
  }
}

export function adviceNamed(model: Model, view: Extract<View, {name: 'advice'}>) {
  return model.advice(view.scope, false).find(({policy}) => policy.metadata.name === view.policy);
}
