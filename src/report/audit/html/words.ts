import {type State, verdictStates} from '../../../admission/judgement.ts';
import type {Severity} from '../../../audit/finding.ts';
import {controls} from '../../../controls/index.ts';
import type {Policy} from '../../../kube/objects.ts';
import {policyLevel} from '../../../policy/level.ts';

/**
 * How strict the policy of a pod is: `denied` if it has none, `unknown` if nobody knows it; the standard that it keeps to; and for the
 * many that keep to none, how many of their controls are open. Also the name of its colour.
 */
export type PolicyTone = 'denied' | 'unknown' | 'many' | 'some' | 'few' | 'baseline' | 'restricted';

/** Most severe first. */
export const tones: readonly PolicyTone[] = [
  'denied',
  'unknown',
  'many',
  'some',
  'few',
  'baseline',
  'restricted',
];

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
  ok: 'as it is',
};

/** A sign beside the word, so that colour is not all that tells them apart. */
export const severitySigns: Readonly<Record<Severity, string>> = {
  high: '▲',
  medium: '◆',
  low: '●',
  info: '○',
};

/** "1 pod", "2 pods". */
export function groupedCount(number: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(number)} ${number === 1 ? noun : plural}`;
}

/** 12345 as "12,345", whatever the locale. */
export function grouped(number: number): string {
  return String(number).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}
