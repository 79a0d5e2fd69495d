import type {Control} from '../controls/control.ts';
import {controls} from '../controls/index.ts';
import type {Policy} from '../kube/objects.ts';
import type {Release} from '../kube/release.ts';

/**
 * How one value or policy compares with another, by the pods that it lets through unchanged: fewer,
 * more, the same ones, or each some that the other does not.
 */
export type Direction = 'tighter' | 'looser' | 'equal' | 'incomparable';

/** How a control of `to` compares with that of `from`, by its value alone. */
export function directionOf(
  control: Control,
  from: Policy,
  to: Policy,
  release: Release,
): Direction {
  return direction(control.covers(from, to, release), control.covers(to, from, release));
}

/**
 * The same by the effect of the value. Where a policy lets in no volume that a control is about, nothing
 * gets through there, whatever the control says.
 */
export function effectiveDirection(
  control: Control,
  from: Policy,
  to: Policy,
  release: Release,
): Direction {
  return direction(lets(control, from, to, release), lets(control, to, from, release));
}

function lets(control: Control, looser: Policy, stricter: Policy, release: Release): boolean {
  if (control.isMoot(stricter)) return true;
  return !control.isMoot(looser) && control.covers(looser, stricter, release);
}

function direction(gainsNothing: boolean, losesNothing: boolean): Direction {
  if (gainsNothing && losesNothing) return 'equal';
  if (gainsNothing) return 'tighter';
  return losesNothing ? 'looser' : 'incomparable';
}

/** How the policy `to` compares with `from`: tighter or looser if no control goes the other way. */
export function orderOf(from: Policy, to: Policy, release: Release): Direction {
  return overall(controls.map(control => effectiveDirection(control, from, to, release)));
}

/** The direction of a whole, from those of its parts. */
export function overall(parts: readonly Direction[]): Direction {
  const gainsNothing = parts.every(part => part === 'equal' || part === 'tighter');
  const losesNothing = parts.every(part => part === 'equal' || part === 'looser');
  return direction(gainsNothing, losesNothing);
}

/** Whether two policies say the same about every control, in whatever way. */
export function sameSettings(one: Policy, other: Policy): boolean {
  return controls.every(({describe}) => describe(one) === describe(other));
}
