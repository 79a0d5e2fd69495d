import type {Control, ControlId, Level} from '../../controls/control.ts';
import {controls} from '../../controls/index.ts';
import type {Policy} from '../../kube/objects.ts';
import type {PodView} from '../../kube/podView.ts';
import type {Release} from '../../kube/release.ts';
import {effectiveDirection} from '../../policy/direction.ts';
import {levels} from '../../policy/level.ts';

/** One control in which a policy is more open than the pods that use it need. */
export interface Excess {
  readonly control: ControlId;
  readonly title: string;
  /** What others need and these pods do not, in words; empty if only several needs together open it. */
  readonly beyond: readonly string[];
  /** The Pod Security Standards that the control no longer meets, if any. */
  readonly from: Level | undefined;
  readonly to: Level | undefined;
  /** One point for each thing that only others need, at least one, and `fallPoints` for each standard. */
  readonly points: number;
}

/** The points for a control that falls from restricted to baseline, or from there to privileged. */
const fallPoints = 10;

/** What pods need, control by control in the order of the list of controls. */
export type NeedSets = readonly ReadonlySet<string>[];

export function needsOfPods(pods: readonly PodView[]): NeedSets {
  return controls.map(({needs}) => new Set(pods.flatMap(needs)));
}

export function joined(needs: readonly NeedSets[]): NeedSets {
  return controls.map((_, index) => new Set(needs.flatMap(list => [...(list[index] ?? [])])));
}

/**
 * How a policy exceeds the least one for some pods: their excess privilege, control by control. Controls
 * add up; one that lets no additional pods through counts nothing. `own` are the needs of these pods, `all`
 * those of all pods that the policy is made for.
 */
export function sharedExcessOf(
  policy: Policy,
  least: Policy,
  own: NeedSets,
  all: NeedSets,
  release: Release,
): readonly Excess[] {
  return controls.flatMap((control, index) => {
    const {id, title, level} = control;
    const fall = fallOf(control, policy, least, release);
    if (fall === undefined) return [];
    const beyond = [...(all[index] ?? [])].filter(need => !own[index]?.has(need)).sort();
    const [from, to] = [level(least), level(policy)];
    const points = Math.max(1, beyond.length) + fallPoints * fall;
    return [{control: id, title, beyond, points, ...(fall > 0 ? {from, to} : unfallen)}];
  });
}

/** Pods whose excess will be computed over and over. */
export interface Weighable {
  readonly least: Policy;
  readonly needs: NeedSets;
  /** The settings of the least policy in words, control by control: equal ones are the same. */
  readonly settings: readonly string[];
  readonly workloads: number;
}

/**
 * The points of a policy made for all of these, over all their workloads: the same as by `sharedExcessOf`,
 * but each setting of a control is compared only once.
 */
export function totalPoints(
  policy: Policy,
  members: readonly Weighable[],
  release: Release,
): number {
  let total = 0;
  controls.forEach((control, index) => {
    const all = new Set(members.flatMap(({needs}) => [...(needs[index] ?? [])]));
    const falls = new Map<string, number | undefined>();
    for (const {least, needs, settings, workloads} of members) {
      const key = settings[index] ?? '';
      if (!falls.has(key)) falls.set(key, fallOf(control, policy, least, release));
      const fall = falls.get(key);
      if (fall === undefined) continue;
      const beyond = all.size - (needs[index]?.size ?? 0);
      total += workloads * (Math.max(1, beyond) + fallPoints * fall);
    }
  });
  return total;
}

/** How many standards a control no longer meets; undefined if it lets nothing more through. */
function fallOf(
  control: Control,
  policy: Policy,
  least: Policy,
  release: Release,
): number | undefined {
  const direction = effectiveDirection(control, least, policy, release);
  if (direction === 'equal' || direction === 'tighter') return undefined;
  return Math.max(0, rank(control.level(policy)) - rank(control.level(least)));
}

const unfallen = {from: undefined, to: undefined};

function rank(level: Level | undefined): number {
  return level === undefined ? 0 : levels.indexOf(level);
}

/** The points of all controls together. */
export function pointsOf(excesses: readonly Excess[]): number {
  return excesses.reduce((sum, {points}) => sum + points, 0);
}
