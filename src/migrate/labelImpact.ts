import type {Inventory} from '../inventory/inventory.ts';
import {firstWithoutPolicies} from '../inventory/regime.ts';
import type {Item} from '../inventory/submissions/items.ts';
import type {JsonObject} from '../kube/json.ts';
import {minorOf} from '../kube/release.ts';
import {type StandardRefusal, standardRefusals} from '../podSecurity/judge.ts';
import {enforcedBy, type PinnedLevel} from '../podSecurity/labels.ts';
import {hasUnread, isRunning} from './namespaceLevels.ts';
import {underLevel, type WorkloadLevels, workloadLevels} from './workloadLevels.ts';

/** A workload whose pods other labels let in or not. */
export interface LabelTurn {
  readonly item: Item;
  readonly refusals: readonly StandardRefusal[];
}

/** What other labels do at once to what runs in a namespace, on the server as it is. */
export interface LabelImpact {
  readonly namespace: string;
  readonly before: PinnedLevel;
  readonly after: PinnedLevel;
  /** Let in before, and refused after. */
  readonly refused: readonly LabelTurn[];
  /** Of which nobody can tell whether they would be refused. */
  readonly unknown: readonly LabelTurn[];
  /** Refused before, and let in after. */
  readonly freed: readonly LabelTurn[];
  /** Whether more runs there, or may, that was not read, and that could be refused. */
  readonly isUnread: boolean;
}

/**
 * Judges labels on the pods as PodSecurityPolicy leaves them, which is what Pod Security Admission gets
 * to see while there are policies.
 */
export function labelImpact(
  inventory: Inventory,
  namespace: string,
  labels: {readonly before: JsonObject; readonly after: JsonObject},
): LabelImpact {
  const server = minorOf(inventory.serverVersion) ?? firstWithoutPolicies - 1;
  const before = enforcedBy(labels.before, server);
  const after = enforcedBy(labels.after, server);
  const isSame = before.level === after.level && before.version === after.version;
  const running = isSame ? [] : workloadLevels(inventory, server, namespace).filter(isRunning);
  const turns = running.map(workload => ({
    item: workload.item,
    was: stateUnder(workload, before),
    will: stateUnder(workload, after),
  }));
  const of = (isMeant: (was: State, will: State) => boolean): readonly LabelTurn[] =>
    turns
      .filter(({was, will}) => isMeant(was.state, will.state))
      .map(({item, was, will}) => ({item, refusals: [...will.refusals, ...was.refusals]}));
  const isUnread = !isSame && after.level !== 'privileged' && hasUnread(inventory.gaps, namespace);
  return {
    namespace,
    before,
    after,
    refused: of((was, will) => will === 'refused' && was !== 'refused'),
    unknown: of((was, will) => will === 'unknown' && was === 'fine'),
    freed: of((was, will) => will === 'fine' && was === 'refused'),
    isUnread,
  };
}

/** Whether labels refuse what runs today, or may: worth more than a yes. */
export function isDaring({refused, unknown, isUnread}: LabelImpact): boolean {
  return refused.length + unknown.length > 0 || isUnread;
}

type State = 'fine' | 'refused' | 'unknown';

/** A pod of which it is not known what a policy makes of it is only doubted if the level has checks. */
function stateUnder(
  workload: WorkloadLevels,
  {level, version}: PinnedLevel,
): {readonly state: State; readonly refusals: readonly StandardRefusal[]} {
  const {today, item, podToday} = workload;
  const refusals = standardRefusals(podToday, level, version);
  const isKnown = today === 'admitted' || item.submission.isLivePod;
  if (today === 'free') return underLevel(workload, level, version);
  if (isKnown) return {state: refusals.length > 0 ? 'refused' : 'fine', refusals};
  return {state: level === 'privileged' ? 'fine' : 'unknown', refusals};
}
