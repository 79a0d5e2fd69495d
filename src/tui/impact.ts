import type {Inventory} from '../inventory/inventory.ts';
import type {Policy} from '../kube/objects.ts';
import {judgeBy, type Verdict} from '../policy/why.ts';
import {itemKey, type Model} from './model.ts';

/** What a pod or workload has before and after a change. */
export interface Moved {
  readonly before: Verdict;
  readonly after: Verdict;
}

/** What becomes of everything in the inventory if policies change. */
export interface Impact {
  /** Bound to an edited policy before and after, and not changed by it any more than before. */
  readonly stay: readonly Moved[];
  /** Admitted by another policy than before. */
  readonly move: readonly Moved[];
  /** Changed by the policy where they were not before. */
  readonly mutated: readonly Moved[];
  /** Admitted before, denied after. */
  readonly denied: readonly Moved[];
  /** Denied before, admitted after. */
  readonly admitted: readonly Moved[];
  /** Not bound to it, but they could be now and could not before. */
  readonly couldUse: readonly Moved[];
}

export const impactKinds = ['denied', 'mutated', 'move', 'admitted', 'couldUse', 'stay'] as const;
export type ImpactKind = (typeof impactKinds)[number];

/** In words, for a list of them. */
export const impactTitles: Readonly<Record<ImpactKind, string>> = {
  denied: 'would be denied',
  mutated: 'would be changed',
  move: 'move to another policy',
  admitted: 'are no longer denied',
  couldUse: 'now could use it',
  stay: 'stay',
};

/** The inventory with policies replaced by their drafts, or added. */
export function withDrafts(inventory: Inventory, drafts: readonly Policy[]): Inventory {
  const changed = new Map(drafts.map(policy => [policy.metadata.name, policy]));
  const kept = inventory.policies.map(policy => changed.get(policy.metadata.name) ?? policy);
  const added = drafts.filter(
    ({metadata}) => !inventory.policies.some(policy => policy.metadata.name === metadata.name),
  );
  return {...inventory, policies: [...kept, ...added]};
}

/** What a draft would do to all pods and workloads, judged by the admission engine. */
export function impactOf({inventory, verdicts}: Model, drafts: readonly Policy[]): Impact {
  const edited = new Set(drafts.map(({metadata}) => metadata.name));
  const judge = judgeBy(withDrafts(inventory, drafts), {
    requester: undefined,
    assumeAuthorized: false,
  });
  const lists: Record<ImpactKind, Moved[]> = {
    ...{denied: [], mutated: [], move: [], admitted: [], couldUse: [], stay: []},
  };
  for (const before of verdicts) {
    const moved = {before, after: judge(before.item)};
    const kind = kindOf(moved, edited);
    if (kind !== undefined) lists[kind].push(moved);
  }
  return lists;
}

function kindOf({before, after}: Moved, edited: ReadonlySet<string>): ImpactKind | undefined {
  const [from, to] = [before.chosen?.policy.name, after.chosen?.policy.name];
  if (from !== undefined && to === undefined) return 'denied';
  if (from === undefined && to !== undefined) return 'admitted';
  if (!before.chosen?.mutates && after.chosen?.mutates) return 'mutated';
  if (from !== to) return 'move';
  if (to !== undefined && edited.has(to)) return 'stay';
  const could = (verdict: Verdict) =>
    verdict.candidates.some(
      ({policy, allowed, rights}) =>
        edited.has(policy.name) && allowed && (rights.serviceAccount || rights.requester),
    );
  return could(after) && !could(before) ? 'couldUse' : undefined;
}

/** "3 would be denied, 2 move to another policy": the lists that matter and are not empty. */
export function impactText(impact: Impact): string {
  const parts = impactKinds
    .filter(kind => impact[kind].length > 0)
    .map(kind => `${impact[kind].length} ${impactTitles[kind]}`);
  return parts.length === 0 ? 'no pod is affected' : parts.join(', ');
}

/** Keys of what a list names, for tests and stable rows. */
export function movedKey({before}: Moved): string {
  return itemKey(before.item);
}
