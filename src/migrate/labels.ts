import type {Inventory} from '../inventory/inventory.ts';
import type {Item} from '../inventory/submissions/items.ts';
import {
  isRunning,
  type NamespaceLevels,
  namespaceLevels,
  type PodSecurityMode,
  podSecurityModes,
  podSecurityPrefix,
} from './namespaceLevels.ts';
import {patchesFor} from './patches.ts';
import {type PodSecurityLevel, violationText} from './podSecurity/judge.ts';
import {standardVersionText} from './podSecurity/version.ts';
import {underLevel, type WorkloadLevels} from './workloadLevels.ts';

/** How a workload fares under the labels, or all of a namespace: the first of these that is true. */
export type LabelVerdict = 'breaks' | 'needs patch' | 'unknown' | 'fine';

/** A workload that the label's level refuses, or may refuse. */
export interface LabelProblem {
  readonly item: Item;
  readonly verdict: Exclude<LabelVerdict, 'fine'>;
  /** Pod Security Admission's words. */
  readonly says: string;
}

/** The labels of one namespace, judged on the pods as they are without PodSecurityPolicy. */
export interface NamespaceLabels extends NamespaceLevels {
  readonly level: PodSecurityLevel;
  /** What to set: each mode up to the stage, and its version. */
  readonly proposed: Readonly<Record<string, string>>;
  readonly verdict: LabelVerdict;
  readonly problems: readonly LabelProblem[];
}

/** What labels are asked for. */
export interface LabelRequest {
  /** `auto`: for each namespace the strictest that its workloads meet. */
  readonly level: PodSecurityLevel | 'auto';
  readonly stage: PodSecurityMode;
  /** The minor version that they are pinned to. */
  readonly to: number;
  readonly namespace: string | undefined;
}

const order: readonly LabelVerdict[] = ['breaks', 'needs patch', 'unknown', 'fine'];

/** The labels of each namespace, and what they do to its workloads once PodSecurityPolicy is gone. */
export function labelsFor(
  inventory: Inventory,
  {level: asked, stage, to, namespace}: LabelRequest,
): readonly NamespaceLabels[] {
  return namespaceLevels(inventory, to, namespace).map(levels => {
    const level = asked === 'auto' ? (levels.after ?? 'restricted') : asked;
    const problems = problemsUnder(levels, level, to, inventory);
    const verdicts = new Set<LabelVerdict>(problems.map(({verdict}) => verdict));
    const isUnread = levels.isUncertain && level !== 'privileged';
    const verdict = order.find(one => verdicts.has(one)) ?? (isUnread ? 'unknown' : 'fine');
    return {...levels, level, proposed: labelsOf(level, stage, to), verdict, problems};
  });
}

/** The labels of a level from the mildest mode up to a stage. */
function labelsOf(
  level: PodSecurityLevel,
  stage: PodSecurityMode,
  to: number,
): Readonly<Record<string, string>> {
  const modes = podSecurityModes.slice(0, podSecurityModes.indexOf(stage) + 1);
  return Object.fromEntries(
    modes.flatMap(mode => [
      [`${podSecurityPrefix}${mode}`, level],
      [`${podSecurityPrefix}${mode}-version`, standardVersionText(to)],
    ]),
  );
}

function problemsUnder(
  {workloads}: NamespaceLevels,
  level: PodSecurityLevel,
  to: number,
  inventory: Inventory,
): readonly LabelProblem[] {
  const judged = workloads
    .filter(isRunning)
    .map(workload => ({workload, answer: underLevel(workload, level, to)}));
  const refused = judged.flatMap(({workload, answer}) =>
    answer.state === 'refused' ? [workload] : [],
  );
  const helped =
    level === 'privileged' ? new Set<Item>() : itemsHelped(refused, level, to, inventory);
  return judged.flatMap(
    ({workload: {item}, answer: {state, refusals}}): readonly LabelProblem[] => {
      if (state === 'fine') return [];
      const says = violationText(level, to, refusals);
      if (state === 'unknown') {
        return [{item, verdict: state, says: `may be refused, its template is not known: ${says}`}];
      }
      return [{item, verdict: helped.has(item) ? 'needs patch' : 'breaks', says}];
    },
  );
}

/** Those that a patch brings to the level without a decision. */
function itemsHelped(
  workloads: readonly WorkloadLevels[],
  level: 'baseline' | 'restricted',
  to: number,
  inventory: Inventory,
): ReadonlySet<Item> {
  if (workloads.length === 0) return new Set();
  const patches = patchesFor(workloads, inventory, level, to);
  return new Set(patches.filter(({isReached}) => isReached).map(({item}) => item));
}
