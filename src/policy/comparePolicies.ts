import type {Control} from '../controls/control.ts';
import {controls} from '../controls/index.ts';
import {printJson} from '../kube/json.ts';
import type {Policy} from '../kube/objects.ts';
import {decodePod} from '../kube/pod.ts';
import {viewOf} from '../kube/podView.ts';
import type {Release} from '../kube/release.ts';
import {type Direction, effectiveDirection, overall} from './direction.ts';
import {editsOf, preparePolicy} from './evaluate.ts';

/** How one control of a policy compares with that of another. */
export interface ControlComparison {
  readonly control: Control;
  readonly direction: Direction;
  /** Whether the two write different things into pods that leave something unset. */
  readonly fillsOtherwise: boolean;
}

/** How the policy `to` compares with the policy `from`. */
export interface PolicyComparison {
  readonly from: Policy;
  readonly to: Policy;
  /** Tighter or looser if no control goes the other way. */
  readonly order: Direction;
  /** Whether no pod could tell the two apart: they let the same pods through, and fill in the same values. */
  readonly isEqual: boolean;
  /** All of them, in the order of the controls. */
  readonly controls: readonly ControlComparison[];
}

/** Compares two policies, control by control, as a release has them. */
export function comparePolicies(from: Policy, to: Policy, release: Release): PolicyComparison {
  const compared = controls.map(control => ({
    control,
    direction: effectiveDirection(control, from, to, release),
    fillsOtherwise: filledBy(control, from, release) !== filledBy(control, to, release),
  }));
  return {
    from,
    to,
    order: overall(compared.map(({direction}) => direction)),
    isEqual: compared.every(isEqual),
    controls: compared,
  };
}

/** Whether no pod could tell the values of a control apart. */
export function isEqual({direction, fillsOtherwise}: ControlComparison): boolean {
  return direction === 'equal' && !fillsOtherwise;
}

/** A pod that leaves everything unset: what a policy can fill in anywhere, it fills in here. */
const blank = decodePod({metadata: {}, spec: {containers: [{name: 'c'}]}});

function filledBy(control: Control, policy: Policy, release: Release): string {
  const alone = control.copy(policy, openPolicy);
  return printJson(editsOf(preparePolicy(alone, release), viewOf(blank, release)));
}

const nothing: Policy = {metadata: {name: ''}, spec: {}};

/** Lets every pod through and changes none. */
export const openPolicy = controls.reduce((policy, control) => control.open(policy), nothing);
