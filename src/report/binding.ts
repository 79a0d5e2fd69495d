import type {Effect} from '../effect/effect.ts';
import type {BindingPlan, BindingStep} from '../grant/bindingSteps.ts';
import type {Binding} from '../kube/objects.ts';
import {labelOf} from '../kube/reference.ts';
import {effectTable, effectText} from './effect.ts';
import {escapeText} from './escape.ts';

/** How many pods and workloads are listed before it says how many more there are. */
const shown = 20;

/** What would be done, what to know about it, and what becomes of the pods; for people. */
export function bindingText(plan: BindingPlan, effect: Effect, policy: string): string {
  return changeText(bindingLines(plan, policy), effect);
}

/** The same of the deletion of a policy, and of what goes with it. */
export function deletionText(plan: BindingPlan, effect: Effect, policy: string): string {
  return changeText(deletionLines(plan, policy), effect);
}

/** The steps of a plan, and what to know about it. */
export function bindingLines(plan: BindingPlan, policy: string): readonly string[] {
  const steps = plan.steps.map(step => stepText(step, policy));
  return [...(steps.length === 0 ? ['Nothing to do.'] : steps), ...noteLines(plan)];
}

/** The steps of the deletion of a policy and of what goes with it, and what to know about it. */
export function deletionLines(plan: BindingPlan, policy: string): readonly string[] {
  const steps = plan.steps.map(step => stepText(step, policy));
  return [`delete PodSecurityPolicy ${policy}`, ...steps, ...noteLines(plan)];
}

function noteLines({notes, kept}: BindingPlan): readonly string[] {
  return [...notes.map(note => `note: ${note}`), ...kept.map(note => `kept: ${note}`)];
}

function changeText(lines: readonly string[], effect: Effect): string {
  const {shifts} = effect;
  const more = shifts.length - shown;
  return [
    lines.map(line => `${escapeText(line)}\n`).join(''),
    ...(shifts.length > 0 ? [`\n${effectTable(shifts.slice(0, shown))}`] : []),
    ...(more > 0 ? [`and ${more} more\n`] : []),
    `\n${effectText(effect)}\n`,
  ].join('');
}

function stepText(step: BindingStep, policy: string): string {
  const label = `${step.action} ${labelOf(step.object.reference)}`;
  if (step.action === 'update') {
    const signed = (sign: string, subjects: typeof step.added) =>
      subjects.map(subject => `${sign} ${labelOf(subject)}`);
    return `${label}: ${[...signed('+', step.added), ...signed('-', step.removed)].join(', ')}`;
  }
  const {body} = step.object;
  if (step.action === 'delete') return label;
  return 'roleRef' in body ? `${label}: ${boundText(body)}` : `${label}: use of ${policy}`;
}

function boundText({roleRef, subjects = []}: Binding): string {
  const names = subjects.map(({kind, namespace, name}) =>
    [kind, namespace === undefined ? name : `${namespace}/${name}`].join(' '),
  );
  return `${roleRef?.kind} ${roleRef?.name} for ${names.join(', ')}`;
}
