import type {Level} from '../controls/control.ts';
import type {Policy} from '../kube/objects.ts';
import {nearLevelCount, nearLevelText, policyLevel} from '../policy/level.ts';
import {toneOf} from '../report/audit/html/words.ts';
import type {Tone} from './paint.ts';
import type {Cell, TonedCell} from './table.ts';

/** What the level of one control looks like. */
export const levelTones: Readonly<Record<Level, Tone>> = {
  privileged: 'bad',
  baseline: 'warn',
  restricted: 'dim',
};

/**
 * How open a policy looks. Almost every real one is privileged, because one open control is enough for that: the number of
 * those decides, in the steps of the page of an audit.
 */
export function policyTone(policy: Policy): Tone {
  const tone = toneOf(policy);
  if (tone === 'many') return 'bad';
  if (tone === 'some') return 'warn';
  return tone === 'restricted' ? 'good' : 'plain';
}

/** The level of a policy, for a table. */
export function levelCell(policy: Policy): Cell {
  return {value: policyLevel(policy), tone: policyTone(policy)};
}

/** What keeps a policy from the next level: the controls, or how many. */
export function nearLevelCell(policy: Policy): TonedCell {
  return {value: nearLevelText(policy), tone: 'plain', short: nearLevelCount(policy)};
}
