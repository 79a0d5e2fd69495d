import {possiblePolicies} from '../admission/admit.ts';
import {judgeOf} from '../admission/judge.ts';
import type {Control} from '../controls/control.ts';
import {controls} from '../controls/index.ts';
import type {Inventory} from '../inventory/inventory.ts';
import {type Item, viewsOf} from '../inventory/submissions/items.ts';
import type {Policy} from '../kube/objects.ts';
import type {NonEmpty} from '../nonEmpty.ts';
import {type Direction, effectiveDirection} from '../policy/direction.ts';
import {leastPolicy} from '../policy/least.ts';
import {type ItemNeed, needsOfItems} from './needs.ts';

/**
 * How the value of a control relates to what pods need. `excess`: a tighter one would do. `tight`: none
 * would. `stricter`: it is tighter than what the pods ask for, so it changes them or keeps them out.
 * `other`: neither; each lets through something that the other one does not.
 */
export type ExcessState = 'excess' | 'tight' | 'stricter' | 'other';

/** One control of a policy, compared with what pods need. */
export interface ControlExcess {
  readonly control: Control;
  readonly state: ExcessState;
  /** A policy in which the value of this control is the least that would do. */
  readonly least: Policy;
  /** What the pods use of the control, and whose pods those are. */
  readonly needs: readonly ItemNeed[];
}

/**
 * How far a policy exceeds what the pods of these items need, control by control. Where the policy asks
 * for more than the pods set themselves, it is compared with a value that would fill that in; with
 * `mayFill`, that is so everywhere.
 */
export function excessByControl(
  policy: Policy,
  items: NonEmpty<Item>,
  mayFill: boolean,
): readonly ControlExcess[] {
  const views = viewsOf(items);
  const {release} = views[0];
  const filling = leastPolicy('least', views, true);
  const unchanging = mayFill ? filling : leastPolicy('least', views, false);
  return controls.map(control => {
    const needs = needsOfItems(control, items);
    const direction = effectiveDirection(control, policy, unchanging, release);
    const filled = effectiveDirection(control, policy, filling, release);
    const isAnswer = direction === 'tighter' || direction === 'equal';
    if (!isAnswer && (filled === 'tighter' || filled === 'equal')) {
      return {control, state: states[filled], least: filling, needs};
    }
    return {control, state: states[direction], least: unchanging, needs};
  });
}

const states: Readonly<Record<Direction, ExcessState>> = {
  tighter: 'excess',
  equal: 'tight',
  looser: 'stricter',
  incomparable: 'other',
};

/**
 * The items that admission binds to the policy: those for which it would choose it now. For a bare pod,
 * whose creator is unknown, its annotation decides.
 */
export function boundTo(
  policy: string,
  items: readonly Item[],
  inventory: Inventory,
): readonly Item[] {
  const {judgement} = judgeOf(inventory);
  return items.filter(({submission, admittedBy}) =>
    submission.isBare && submission.isLivePod && admittedBy !== undefined
      ? admittedBy === policy
      : judgement(submission).chosen?.policy.name === policy,
  );
}

/** Those of which it is not known whether admission would choose the policy for them. */
export function perhapsBoundTo(
  policy: string,
  items: readonly Item[],
  inventory: Inventory,
): readonly Item[] {
  const {judgement} = judgeOf(inventory);
  return items.filter(({submission}) =>
    possiblePolicies(judgement(submission).decision).includes(policy),
  );
}
