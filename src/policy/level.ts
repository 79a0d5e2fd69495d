import type {Control, Level} from '../controls/control.ts';
import {controls} from '../controls/index.ts';
import type {Policy} from '../kube/objects.ts';
import {weaklyKeyed} from '../once.ts';

/** From strict to open. */
export const levels: readonly Level[] = ['restricted', 'baseline', 'privileged'];

/** The strictest Pod Security Standard that a policy holds its pods to. */
export function policyLevel(policy: Policy): Level {
  const ranks = controls.map(control => levels.indexOf(control.level(policy) ?? 'restricted'));
  return levels[Math.max(...ranks)] ?? 'privileged';
}

/** How open a policy is, to compare policies: the more controls at an open level, the higher. */
export const openness: (policy: Policy) => number = weaklyKeyed(policy =>
  controls.reduce((sum, control) => sum + levels.indexOf(control.level(policy) ?? 'restricted'), 0),
);

/** What keeps a policy from the next stricter standard. */
export interface LevelGap {
  readonly level: Level;
  /** The next stricter level; undefined for a restricted policy. */
  readonly next: Level | undefined;
  /** The controls that are too open for it, in the order of the controls. */
  readonly controls: readonly Control[];
}

/** The level of a policy, and the controls that would have to be tightened for the next one. */
export function levelGap(policy: Policy): LevelGap {
  const level = policyLevel(policy);
  const next = levels[levels.indexOf(level) - 1];
  const keeping = next === undefined ? [] : controls.filter(one => one.level(policy) === level);
  return {level, next, controls: keeping};
}

/** This many controls are named before the rest is counted. */
const controlsNamed = 4;

/** `privileged (not baseline: host network, host ports)`; `restricted`. */
export function levelText(policy: Policy): string {
  const {level, next, controls: keeping} = levelGap(policy);
  if (next === undefined) return level;
  const titles = keeping.map(({title}) => titleInText(title));
  const more = titles.length - controlsNamed;
  const rest = more > 0 ? ` and ${more} more` : '';
  return `${level} (not ${next}: ${titles.slice(0, controlsNamed).join(', ')}${rest})`;
}

/** `baseline but for SELinux, AppArmor`: the next stricter level, and what keeps a policy from it; `restricted`. */
export function nearLevelText(policy: Policy): string {
  const {level, next, controls: keeping} = levelGap(policy);
  if (next === undefined) return level;
  return `${next} but for ${keeping.map(({title}) => titleInText(title)).join(', ')}`;
}

/** The same where there is less room: `baseline but for 5`. */
export function nearLevelCount(policy: Policy): string {
  const {level, next, controls: keeping} = levelGap(policy);
  return next === undefined ? level : `${next} but for ${keeping.length}`;
}

/** The title of a control within a sentence: `host ports`, `SELinux`. */
export function titleInText(title: string): string {
  const [first = ''] = title.split(' ');
  return /[A-Z].*[A-Z]/.test(first) ? title : title.charAt(0).toLowerCase() + title.slice(1);
}
