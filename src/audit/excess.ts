import type {Control} from '../controls/control.ts';
import {controls} from '../controls/index.ts';
import type {Policy} from '../kube/objects.ts';
import type {Release} from '../kube/release.ts';
import {isDangerous} from '../policy/danger.ts';
import {levels} from '../policy/level.ts';

/**
 * The controls that a policy leaves more open than what is needed, as far as the Pod Security Standards
 * see a difference: that of "user 5" and "user 7" is none. Seccomp does not count: in v1.24 containers that
 * ask for no profile get none, whatever the policy allows.
 */
export function looseControls(policy: Policy, least: Policy, release: Release): readonly Control[] {
  return controls.filter(control => {
    if (control.id === 'seccomp') return false;
    const [has, needs] = [control.level(policy), control.level(least)];
    if (has === undefined || needs === undefined) return false;
    return levels.indexOf(has) > levels.indexOf(needs) && !control.covers(least, policy, release);
  });
}

/** Whether one of these controls gives pods a hold on their node. */
export function isSevere(excess: readonly Control[], policy: Policy): boolean {
  return excess.some(control => isDangerous(control, policy));
}
