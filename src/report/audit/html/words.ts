import {type State, verdictStates} from '../../../admission/judgement.ts';
import type {Severity} from '../../../audit/finding.ts';
import {controls} from '../../../controls/index.ts';
import type {Policy} from '../../../kube/objects.ts';
import {policyLevel} from '../../../policy/level.ts';
import type {PolicyTone} from './picture/ways.ts';

export const toneWords: Readonly<Record<PolicyTone, string>> = {
  denied: 'no policy',
  unknown: 'unknown',
  many: '6 or more open',
  some: '3 to 5 open',
  few: '1 or 2 open',
  baseline: 'baseline',
  restricted: 'restricted',
};

/** One control at the level privileged makes a policy privileged; their number tells policies apart. */
export function toneOf(policy: Policy): PolicyTone {
  const open = openControls(policy);
  if (open >= 6) return 'many';
  if (open >= 3) return 'some';
  if (open > 0) return 'few';
  return policyLevel(policy) === 'baseline' ? 'baseline' : 'restricted';
}

/** How many controls of a policy no Pod Security Standard but privileged would leave so open. */
export function openControls(policy: Policy): number {
  return controls.filter(control => control.level(policy) === 'privileged').length;
}

/** Most severe first. */
export const states: readonly State[] = verdictStates;

/** What a restart does to a pod in each state. */
export const stateWords: Readonly<Record<State, string>> = {
  denied: 'denied',
  unknown: 'unknown',
  mutated: 'changed',
  drifted: 'moved to another policy',
  warned: 'warned of',
  ok: 'as it is',
};

/** A sign beside the word, so that colour is not all that tells them apart. */
export const severitySigns: Readonly<Record<Severity, string>> = {
  high: '▲',
  medium: '◆',
  low: '●',
  info: '○',
};
