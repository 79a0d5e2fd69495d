import type {Control, ControlId} from '../controls/control.ts';
import {controls} from '../controls/index.ts';
import type {Policy} from '../kube/objects.ts';
import type {PodView} from '../kube/podView.ts';
import type {Release} from '../kube/release.ts';
import {builtinPolicy} from '../policy/builtin.ts';
import {evaluate, type PreparedPolicy, preparePolicy} from '../policy/evaluate.ts';

/** The Pod Security Standards that pods can be hardened to, from strict to open. */
export const hardenLevels = ['restricted', 'baseline'] as const;
export type HardenLevel = (typeof hardenLevels)[number];

/** What pods are hardened for: the built-in policy of a level, whole and control by control. */
export interface HardenTarget {
  readonly level: HardenLevel;
  readonly policy: Policy;
  /** Whether pods themselves have to set what the standard wants to be set and the policy would fill in. */
  readonly mustSay: boolean;
  readonly solos: readonly Solo[];
}

/** The policy with one control as in the built-in policy, and all others open. */
interface Solo {
  readonly control: Control;
  readonly prepared: PreparedPolicy;
}

/** What it takes to run under the built-in policy of a level, with AppArmor confined as well. */
export function targetOf(level: HardenLevel, release: Release): HardenTarget {
  const policy = builtinPolicy(level, {appArmor: true, release});
  const open = controls.reduce((looser, control) => control.open(looser), policy);
  return {
    level,
    policy,
    mustSay: level === 'restricted',
    solos: controls.map(control => ({
      control,
      prepared: preparePolicy(control.copy(policy, open), release),
    })),
  };
}

/** The controls that keep the pod out, or fill in what the standard wants the pod itself to set. */
export function unmet({mustSay, solos}: HardenTarget, pod: PodView): readonly ControlId[] {
  return solos
    .filter(
      ({control, prepared}) =>
        evaluate(prepared, pod).errors.length > 0 || (mustSay && control.leavesUnsaid(pod)),
    )
    .map(({control}) => control.id);
}
