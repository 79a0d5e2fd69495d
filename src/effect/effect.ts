import type {Candidate} from '../admission/admit.ts';
import {type Judge, judgeOf} from '../admission/judge.ts';
import type {Judgement} from '../admission/judgement.ts';
import {verdictOf} from '../admission/verdict.ts';
import type {Inventory} from '../inventory/inventory.ts';
import {mayAskNoPolicy} from '../inventory/noPolicies.ts';
import {byPlace, type Item, itemKey, itemsOf} from '../inventory/submissions/items.ts';
import type {Submission} from '../inventory/submissions/submissions.ts';
import {type UnreadPlaces, unreadPlaces} from '../inventory/unreadPlaces.ts';
import {printJson} from '../kube/json.ts';
import type {Identity} from '../rbac/authorize.ts';
import {unreadRbac} from '../rbac/unreadRbac.ts';
import {type Turn, turnOf} from './impact.ts';
import {reachOf} from './reach.ts';

/**
 * What becomes of a pod or workload. `altered`: changed by the same policy as before, but differently, or
 * no longer. `warned`: let in with a warning or a note in the audit log, and before without. `new` and `gone`: there only after, or only before, the change.
 */
export const shiftKinds = [
  'denied',
  'mutated',
  'move',
  'altered',
  'admitted',
  'unknown',
  'known',
  'warned',
  'new',
  'gone',
] as const satisfies readonly (Turn | 'altered' | 'warned' | 'new' | 'gone')[];
export type ShiftKind = (typeof shiftKinds)[number];

/** The result of a policy on the other side of the change; without a candidate it is not there. */
export interface Fate {
  readonly policy: string;
  readonly candidate: Candidate | undefined;
}

/** A pod or workload that admission treats differently after a change. */
export interface Shift {
  readonly kind: ShiftKind;
  /** As it is after the change; before it, if it is gone. */
  readonly item: Item;
  readonly before: Judgement | undefined;
  readonly after: Judgement | undefined;
  /** The result, after the change, of the policy from before; undefined if there was none. */
  readonly lost: Fate | undefined;
  /** The result, before the change, of the policy from after; undefined if there is none, or the item is new. */
  readonly gained: Fate | undefined;
  /** How many policies admission would try after the change. */
  readonly tried: number;
  /** Whether the change brings another pod template, or another service account's setting. */
  readonly isNewTemplate: boolean;
}

/** What a change of policies, rights and workloads does to everything that runs, or would run. */
export interface Effect {
  /** By namespace, kind and name. */
  readonly shifts: readonly Shift[];
  /** How many pods and workloads are judged the same as before. */
  readonly same: number;
  /** Where something may run that the change reaches and that was not read; undefined: nowhere. */
  readonly unread: UnreadPlaces | undefined;
}

/** Who creates bare pods, if that is known. */
export interface EffectOptions {
  readonly requester?: Identity | undefined;
}

/**
 * Judges everything before and after, in time linear in the pods: all namespaces, as policies and
 * ClusterRoles are of none.
 */
export function effectOf(
  before: Inventory,
  after: Inventory,
  {requester}: EffectOptions = {},
): Effect {
  // A change makes nothing known that was not read before.
  const options = {
    requester,
    unread: unreadRbac(before),
    mayAskNone: mayAskNoPolicy(before),
  };
  const sides = {before: judgeOf(before, options), after: judgeOf(after, options)};
  const old = itemsOf(before);
  const now = hasSameItems(before, after) ? old : itemsOf(after);
  // Pods that the server will name may share the beginning of their names.
  const oldByKey = now === old ? undefined : Map.groupBy(old, itemKey);
  const compare = comparison(sides);
  const shifts: Shift[] = [];
  let same = 0;
  for (const item of now) {
    const was = oldByKey === undefined ? item : oldByKey.get(itemKey(item))?.shift();
    const shift = was === undefined ? shiftOfNew(item, sides.after) : compare(was, item);
    if (shift === undefined) same += 1;
    else shifts.push(shift);
  }
  const gone = [...(oldByKey?.values() ?? [])].flat().map(item => shiftOfGone(item, sides.before));
  return {
    shifts:
      gone.length === 0 ? shifts : [...shifts, ...gone].sort((a, b) => byPlace(a.item, b.item)),
    same,
    unread: unreadPlaces(before, reachOf(before, after)),
  };
}

/** Whether admission may deny something after the change that it did not, as far as is known. */
export function isRisky({shifts, unread}: Effect): boolean {
  const mayDeny = ({kind, after}: Shift) =>
    kind === 'denied' || (kind === 'unknown' && after?.allowed === undefined);
  return unread !== undefined || shifts.some(mayDeny);
}

function hasSameItems(before: Inventory, after: Inventory): boolean {
  return (
    before.origin === after.origin &&
    before.release === after.release &&
    before.pods === after.pods &&
    before.workloads === after.workloads &&
    before.serviceAccounts === after.serviceAccounts
  );
}

interface Sides {
  readonly before: Judge;
  readonly after: Judge;
}

type Compared = Omit<Shift, 'item'> | undefined;

/** Compares what an item was with what it is; only once for items that share their submissions. */
function comparison(sides: Sides): (was: Item, is: Item) => Shift | undefined {
  const known = new Map<Submission, {readonly before: Submission; readonly compared: Compared}>();
  return (was, item) => {
    const {submission: before} = was;
    const found = known.get(item.submission);
    const compared =
      found?.before === before ? found.compared : compareTwo(before, item.submission, sides);
    if (found?.before !== before) known.set(item.submission, {before, compared});
    if (compared === undefined) return undefined;
    // Of the pods of a StatefulSet, each has its own name in the API server's words.
    return {
      ...compared,
      item,
      before: compared.before && verdictOf(was, compared.before),
      after: compared.after && verdictOf(item, compared.after),
    };
  };
}

function compareTwo(before: Submission, after: Submission, sides: Sides): Compared {
  const [was, is] = [sides.before.judgement(before), sides.after.judgement(after)];
  const kind =
    turnOf(was, is) ??
    (isWarnedOf(is) && !isWarnedOf(was) ? 'warned' : undefined) ??
    (isAltered(was, is, before === after) ? 'altered' : undefined);
  if (kind === undefined) return undefined;
  const [from, to] = [was.chosen?.policy.name, is.chosen?.policy.name];
  return {
    kind,
    before: was,
    after: is,
    lost: from === undefined ? undefined : fateOf(from, is),
    gained: to === undefined ? undefined : fateOf(to, was),
    tried: is.tried,
    isNewTemplate: hasNewTemplate(before, after),
  };
}

function isWarnedOf({podSecurity}: Judgement): boolean {
  const {warn = [], audit = []} = podSecurity?.refusals ?? {};
  return warn.length + audit.length > 0;
}

/** Another release gives the same template another token. */
function hasNewTemplate(before: Submission, after: Submission): boolean {
  if (before === after || before.view.release !== after.view.release) return false;
  return printJson(before.view.pod) !== printJson(after.view.pod);
}

function fateOf(policy: string, judgement: Judgement): Fate {
  return {policy, candidate: judgement.candidate(policy)};
}

/** Whether the same policy writes something else into the pod than it did. */
function isAltered(was: Judgement, is: Judgement, isSameSubmission: boolean): boolean {
  if (!was.chosen?.mutates) return false; // one that was not changed before is `mutated`
  if (!is.chosen?.mutates) return is.chosen !== undefined;
  if (isSameSubmission && was.chosen.policy.policy === is.chosen.policy.policy) return false;
  return printJson(was.changes) !== printJson(is.changes);
}

function shiftOfNew(item: Item, judge: Judge): Shift {
  const after = judge.verdict(item);
  return {
    kind: 'new',
    item,
    before: undefined,
    after,
    lost: undefined,
    gained: undefined,
    tried: after.tried,
    isNewTemplate: false,
  };
}

function shiftOfGone(item: Item, judge: Judge): Shift {
  return {
    kind: 'gone',
    item,
    before: judge.verdict(item),
    after: undefined,
    lost: undefined,
    gained: undefined,
    tried: 0,
    isNewTemplate: false,
  };
}
