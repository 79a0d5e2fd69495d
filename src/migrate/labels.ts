import type {Inventory} from '../inventory/inventory.ts';
import {firstWithoutPolicies} from '../inventory/regime.ts';
import type {Item} from '../inventory/submissions/items.ts';
import {minorOf} from '../kube/release.ts';
import {type PodSecurityLevel, standardRefusals, violationText} from '../podSecurity/judge.ts';
import {
  laxest,
  type PodSecurityMode,
  podSecurityModes,
  podSecurityPrefix,
} from '../podSecurity/labels.ts';
import {standardVersionText} from '../podSecurity/version.ts';
import {isRunning, type NamespaceLevels, namespaceLevels} from './namespaceLevels.ts';
import {patchesFor} from './patches.ts';
import {type LevelAnswer, underLevel, type WorkloadLevels} from './workloadLevels.ts';

/** What the labels do to a workload, or to all of a namespace: the first of these that is true. */
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
  const server = minorOf(inventory.serverVersion) ?? firstWithoutPolicies - 1;
  const judged = namespaceLevels(inventory, to, namespace).map(levels => {
    const {now = 'restricted', after = 'restricted'} = levels;
    // While policies are there, what they write counts: a default may ask for more than the pod did.
    const level = asked === 'auto' ? (laxest([now, after]) ?? 'restricted') : asked;
    const running = levels.workloads.filter(isRunning);
    const answers = running.map(workload => ({workload, answer: underLevel(workload, level, to)}));
    const spoiled = running.flatMap(one => spoiledProblem(one, level, Math.min(server, to)));
    return {levels, level, answers, spoiled};
  });
  // All at once: what patches are made from is found once for the whole inventory.
  const helped = new Set(
    (['baseline', 'restricted'] as const).flatMap(level => {
      const refused = judged
        .filter(one => one.level === level)
        .flatMap(({answers}) => answers.filter(({answer}) => answer.state === 'refused'));
      return itemsHelped(
        refused.map(({workload}) => workload),
        level,
        to,
        inventory,
      );
    }),
  );
  return judged.map(({levels, level, answers, spoiled}) => {
    const refused = answers.flatMap(({workload: {item}, answer}) =>
      problemOf(item, answer, violationText(level, to, answer.refusals), helped),
    );
    const known = new Set(refused.map(({item}) => item));
    const problems = [...refused, ...spoiled.filter(({item}) => !known.has(item))];
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

/** A pod that the level lets in, but not as its policy changes it: refused while policies are there. */
function spoiledProblem(
  {item, today, policy, podToday}: WorkloadLevels,
  level: PodSecurityLevel,
  version: number,
): readonly LabelProblem[] {
  if (today !== 'admitted') return [];
  const refusals = standardRefusals(podToday, level, version);
  if (refusals.length === 0) return [];
  const says = `as policy ${policy} changes it: ${violationText(level, version, refusals)}`;
  return [{item, verdict: 'breaks', says}];
}

function problemOf(
  item: Item,
  {state}: LevelAnswer,
  says: string,
  helped: ReadonlySet<Item>,
): readonly LabelProblem[] {
  switch (state) {
    case 'fine':
      return [];
    case 'unknown':
      return [{item, verdict: state, says: `may be refused, its template is not known: ${says}`}];
    case 'refused':
      return [{item, verdict: helped.has(item) ? 'needs patch' : 'breaks', says}];
  }
}

/** Those that a patch brings to the level without a decision. */
function itemsHelped(
  workloads: readonly WorkloadLevels[],
  level: 'baseline' | 'restricted',
  to: number,
  inventory: Inventory,
): readonly Item[] {
  if (workloads.length === 0) return [];
  const patches = patchesFor(workloads, inventory, level, to);
  return patches.filter(({isReached}) => isReached).map(({item}) => item);
}
