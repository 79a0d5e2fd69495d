import {type Ending, isPerhapsUsable, isUsable, policyOfEnding} from '../admission/admit.ts';
import {type Judge, judgeOf} from '../admission/judge.ts';
import type {Judgement, Verdict} from '../admission/judgement.ts';
import {merged} from '../inventory/files/overlay.ts';
import type {Inventory} from '../inventory/inventory.ts';
import type {Submission} from '../inventory/submissions/submissions.ts';
import {
  type UnreadPlaces,
  unreadHint,
  unreadPlaces,
  unreadText,
} from '../inventory/unreadPlaces.ts';
import {printJson} from '../kube/json.ts';
import type {Policy} from '../kube/objects.ts';
import type {Release} from '../kube/release.ts';
import {evaluate, preparePolicy} from '../policy/evaluate.ts';

/** The judgements of a pod or workload before and after a change. */
export interface Moved {
  readonly before: Verdict;
  readonly after: Verdict;
}

/** What becomes of everything in the inventory if policies change. */
export interface Impact {
  /** Bound to an edited policy before and after, and changed by it only if they were before. */
  readonly stay: readonly Moved[];
  /** Admitted by a different policy than before. */
  readonly move: readonly Moved[];
  /** Changed by the policy where they were not before. */
  readonly mutated: readonly Moved[];
  /** Admitted before, denied after. */
  readonly denied: readonly Moved[];
  /** Denied before, admitted after. */
  readonly admitted: readonly Moved[];
  /** Not bound to it, but could be now, and could not before. */
  readonly couldUse: readonly Moved[];
  /** What becomes of them depends on something unknown. */
  readonly unknown: readonly Moved[];
  /** Admitted after the change; whether they were before is unknown. */
  readonly known: readonly Moved[];
  /** Where more may run that was not read; undefined: nowhere. */
  readonly unread: UnreadPlaces | undefined;
}

export const impactKinds = [
  'denied',
  'mutated',
  'move',
  'admitted',
  'couldUse',
  'stay',
  'unknown',
  'known',
] as const;
export type ImpactKind = (typeof impactKinds)[number];

/** In words, for a list of them. */
export const impactTitles: Readonly<Record<ImpactKind, string>> = {
  denied: 'would be denied',
  mutated: 'would be changed',
  move: 'move to another policy',
  admitted: 'are no longer denied',
  couldUse: 'could now use it',
  stay: 'stay',
  unknown: 'are unknown',
  known: 'are let in for sure',
};

/** After the number of them, for a row of lists: of one, and of several. */
export const impactTabs: Readonly<Record<ImpactKind, readonly [one: string, several: string]>> = {
  denied: ['denied', 'denied'],
  mutated: ['changed', 'changed'],
  move: ['moves', 'move'],
  admitted: ['let in', 'let in'],
  couldUse: ['could use it', 'could use it'],
  stay: ['stays', 'stay'],
  unknown: ['unknown', 'unknown'],
  known: ['known', 'known'],
};

/** How many would be denied, or could be: that is what a person is asked about. */
export function atRisk({denied, unknown}: Impact): number {
  return denied.length + unknown.length;
}

/** The first list, from the worst on, that has something in it. */
export function firstImpact(impact: Impact): ImpactKind {
  return (
    (['denied', 'unknown', ...impactKinds] as const).find(kind => impact[kind].length > 0) ?? 'stay'
  );
}

/** The inventory with policies replaced by their drafts, or added. */
export function withDrafts(inventory: Inventory, drafts: readonly Policy[]): Inventory {
  return {...inventory, policies: merged(inventory.policies, drafts)};
}

/** An inventory and the verdicts on all that runs in it. */
export interface JudgedInventory {
  readonly inventory: Inventory;
  readonly verdicts: readonly Verdict[];
}

/**
 * What drafts would do to all pods and workloads, judged by the admission engine. Verdicts that can't
 * differ from before stay the same value, so their reasons are the same as before.
 */
export function impactOf(
  {inventory, verdicts}: JudgedInventory,
  drafts: readonly Policy[],
): Impact {
  const edited = new Set(drafts.map(({metadata}) => metadata.name));
  const isSame = sameFate(drafts, inventory.release);
  let judge: Judge | undefined;
  const lists: Record<ImpactKind, Moved[]> = {
    denied: [],
    mutated: [],
    move: [],
    admitted: [],
    couldUse: [],
    stay: [],
    unknown: [],
    known: [],
  };
  for (const before of verdicts) {
    if (!isSame(before)) judge ??= judgeOf(withDrafts(inventory, drafts));
    const after = judge === undefined || isSame(before) ? before : judge.verdict(before.item);
    const moved = {before, after};
    const kind = kindOf(moved, edited);
    if (kind !== undefined) lists[kind].push(moved);
  }
  return {...lists, unread: unreadPlaces(inventory)};
}

/**
 * Tells whether each draft gives an item the result that its policy gave: then admission makes the same
 * choice. That saves judging it by all the policies that nobody edits; each submission is asked about once.
 */
function sameFate(drafts: readonly Policy[], release: Release): (verdict: Verdict) => boolean {
  const prepared = drafts.map(draft => preparePolicy(draft, release));
  const known = new Map<Submission, boolean>();
  const compare = (verdict: Verdict): boolean =>
    prepared.every(draft => {
      const was = verdict.candidate(draft.name);
      if (was === undefined) return false;
      if (!isUsable(was.rights) && !isPerhapsUsable(was.rights)) return true;
      if (draft.unusable !== undefined) return !was.allowed;
      const {mutates, errors} = evaluate(draft, verdict.item.submission.view);
      const allowed = errors.length === 0;
      // What it writes may make the pod invalid.
      if (allowed && mutates) return false;
      return was.allowed === allowed && was.mutates === mutates;
    });
  return verdict => {
    const {submission} = verdict.item;
    const same = known.get(submission) ?? compare(verdict);
    known.set(submission, same);
    return same;
  };
}

/** What admission does differently from before: `mutated` is changed where it was not. */
export type Turn = 'denied' | 'mutated' | 'move' | 'admitted' | 'unknown' | 'known';

/** The first of these that is true of two judgements; undefined if none is. */
export function turnOf(
  before: Pick<Judgement, 'chosen' | 'allowed' | 'decision'>,
  after: Pick<Judgement, 'chosen' | 'allowed' | 'decision'>,
): Turn | undefined {
  if (after.allowed === false) return before.allowed === false ? undefined : 'denied';
  if (isSameUnknown(before, after)) return undefined;
  if (after.allowed === undefined) return 'unknown';
  if (before.allowed === false) return 'admitted';
  if (after.decision.kind === 'unknown') return 'unknown';
  if (before.decision.kind === 'unknown') return 'known';
  const [from, to] = [before.chosen?.policy.name, after.chosen?.policy.name];
  if (!before.chosen?.mutates && after.chosen?.mutates) return 'mutated';
  return from === to ? undefined : 'move';
}

/** Whether the same endings are possible as before, each by the same policy. */
function isSameUnknown(
  {decision: before}: Pick<Judgement, 'decision'>,
  {decision: after}: Pick<Judgement, 'decision'>,
): boolean {
  if (before.kind !== 'unknown' || after.kind !== 'unknown') return false;
  const all = new Set(before.endings.map(endingText));
  return (
    before.endings.length === after.endings.length &&
    after.endings.every(ending => all.has(endingText(ending)))
  );
}

function endingText(ending: Ending): string {
  const about = policyOfEnding(ending);
  if (about === undefined) return ending.kind;
  const {policy, mutates} = about;
  // What a policy would write depends on the whole policy.
  const writes = mutates && ending.kind === 'admitted' ? printJson(policy.policy) : '';
  return `${ending.kind} ${policy.name} ${writes}`;
}

function kindOf({before, after}: Moved, edited: ReadonlySet<string>): ImpactKind | undefined {
  const turn = turnOf(before, after);
  if (turn !== undefined) return turn;
  const to = after.chosen?.policy.name;
  if (to !== undefined && edited.has(to)) return 'stay';
  const could = (verdict: Verdict) =>
    [...edited].some(name => {
      const candidate = verdict.candidate(name);
      return candidate?.allowed === true && isUsable(candidate.rights);
    });
  return could(after) && !could(before) ? 'couldUse' : undefined;
}

/**
 * "3 would be denied, 2 move to another policy": the lists that matter and are not empty; and what nobody
 * can say, as it was not read.
 */
export function impactText(impact: Impact): string {
  return textOf(impact, unreadText);
}

/** The same, with fewer words about what was not read. */
export function impactHint(impact: Impact): string {
  return textOf(impact, unreadHint);
}

function textOf(impact: Impact, unreadWords: typeof unreadText): string {
  const counts = impactKinds
    .filter(kind => impact[kind].length > 0)
    .map(kind => countedTitle(kind, impact[kind].length));
  const {unread} = impact;
  if (unread?.kind === 'files' && counts.length === 0) return unreadWords(unread);
  const none = unread === undefined ? 'no pod is affected' : 'no pod that was read is affected';
  const parts = counts.length === 0 ? [none] : counts;
  return [...parts, ...(unread === undefined ? [] : [unreadWords(unread)])].join(', ');
}

/** The titles that are different in the singular. */
const titlesOfOne: Partial<Readonly<Record<ImpactKind, string>>> = {
  move: 'moves to another policy',
  admitted: 'is no longer denied',
  stay: 'stays',
  unknown: 'is unknown',
  known: 'is let in for sure',
};

function countedTitle(kind: ImpactKind, number: number): string {
  const title = number === 1 ? titlesOfOne[kind] : undefined;
  return `${number} ${title ?? impactTitles[kind]}`;
}
