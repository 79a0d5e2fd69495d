import type {Effect} from '../../effect/effect.ts';
import type {BindingPlan, BindingStep} from '../../grant/bindingSteps.ts';
import {kubectlName} from '../../kube/reference.ts';
import {bindingText} from '../../report/binding.ts';
import {jsonText} from '../../report/machine.ts';
import {printYaml} from '../../yaml/documents.ts';
import type {PlanPrinter} from '../applyPlan.ts';
import {objectOfStep} from '../grantChanges.ts';
import type {World} from '../world.ts';
import type {bindFormats} from './bindFlags.ts';

/** Where `bind` and `unbind` print: with -o yaml and json, standard output has the objects alone. */
export interface BindPrinter extends PlanPrinter {
  /** The plan and what it does to pods. */
  plan(plan: BindingPlan, effect: Effect, policy: string): void;
  /** Steps that nobody takes, and why not. */
  onlyShown(steps: readonly BindingStep[], reason: string): void;
}

/** A printer for this output format. */
export function bindPrinter(world: World, format: (typeof bindFormats)[number]): BindPrinter {
  const say = (line: string) => (format === 'text' ? world.print(`${line}\n`) : world.warn(line));
  const printObjects = (objects: readonly object[]) => {
    if (format === 'yaml') world.print(objects.map(object => printYaml(object)).join('---\n'));
    if (format === 'json') {
      world.print(jsonText({apiVersion: 'v1', kind: 'List', items: objects}));
    }
  };
  return {
    say,
    plan: (plan, effect, policy) => say(bindingText(plan, effect, policy).trimEnd()),
    onlyShown(steps, reason) {
      for (const {action, object} of steps) {
        if (action === 'delete') say(`to delete: kubectl delete ${kubectlName(object.reference)}`);
      }
      say(`Nothing was changed: ${reason}.`);
      printObjects(steps.filter(({action}) => action !== 'delete').map(objectOfStep));
    },
    objects: printObjects,
  };
}
