import type {Level} from '../controls/control.ts';
import {controls} from '../controls/index.ts';
import type {Policy} from '../kube/objects.ts';

/** From strict to open. */
export const levels: readonly Level[] = ['restricted', 'baseline', 'privileged'];

/** The strictest Pod Security Standard that a policy keeps its pods inside of. */
export function policyLevel(policy: Policy): Level {
  const ranks = controls.map(control => levels.indexOf(control.level(policy) ?? 'restricted'));
  return levels[Math.max(...ranks)] ?? 'privileged';
}

/** How open a policy is, to compare policies: the more controls at an open level, the higher. */
export function openness(policy: Policy): number {
  return controls.reduce(
    (sum, control) => sum + levels.indexOf(control.level(policy) ?? 'restricted'),
    0,
  );
}
