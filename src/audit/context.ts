import {type Candidate, type PolicySet, possiblePolicies} from '../admission/admit.ts';
import type {Verdict} from '../admission/judgement.ts';
import {type LabelSummary, labelSummaries} from '../effect/labelSummary.ts';
import {byNamespaceOf} from '../effect/summary.ts';
import {runningKinds} from '../inventory/gaps.ts';
import type {Gap, Inventory} from '../inventory/inventory.ts';
import {isByLabels} from '../inventory/regime.ts';
import type {Submission} from '../inventory/submissions/submissions.ts';
import type {Policy} from '../kube/objects.ts';
import type {PodView} from '../kube/podView.ts';
import type {PreparedPolicy} from '../policy/evaluate.ts';
import type {Authorizer, Grant} from '../rbac/authorize.ts';
import {type DanglingGrant, danglingGrants} from '../rbac/dangling.ts';
import {type NearMiss, nearMisses} from '../rbac/nearMisses.ts';
import {fittingPolicy, fromStrictToOpen} from './fitting.ts';
import {type VerdictGroup, verdictGroupsOf} from './groups.ts';
import {passedByName} from './passedByName.ts';

/** A rule that could not be answered, or not for a namespace. */
export interface Unanswered {
  readonly rule: string;
  /** undefined: not at all. */
  readonly namespaces: readonly string[] | undefined;
  /** What was not read; none where it is just that other namespaces were not looked at. */
  readonly gaps: readonly Gap[];
}

/** What the verdicts say of one policy. */
export interface PolicyFacts {
  readonly policy: Policy;
  readonly prepared: PreparedPolicy;
  /** Grants that name it. */
  readonly grants: readonly Grant[];
  /** Grants of all policies. */
  readonly sweeping: readonly Grant[];
  /** Whether somebody may use it, or nobody knows. */
  readonly isReachable: boolean;
  /** Whether somebody is to have it (`wanted`). */
  readonly isWanted: boolean;
  /** What binds to it, each submission once, with what it belongs to. */
  readonly bound: ReadonlyMap<Submission, VerdictGroup>;
  /** What could bind to it, as far as is known. */
  readonly perhapsBound: ReadonlyMap<Submission, VerdictGroup>;
  /** What may use it and would pass it unchanged, but binds to one that sorts before. */
  readonly passedOver: ReadonlyMap<Submission, {readonly group: VerdictGroup; readonly to: string}>;
}

/** What rules look at: everything is computed once for all of them. */
export interface AuditContext {
  readonly inventory: Inventory;
  readonly groups: readonly VerdictGroup[];
  /** Those of a namespace; undefined is all. */
  readonly verdictsIn: (namespace: string | undefined) => readonly Verdict[];
  /** By name, as admission tries them. */
  readonly policies: readonly PolicyFacts[];
  readonly authorizer: Authorizer;
  /** All of them, from strict to open: what fits is looked for in this order. */
  readonly fromStrict: readonly Policy[];
  /** Grants that lead nowhere. */
  readonly dangling: readonly DanglingGrant[];
  /** What looks like a grant and is none. */
  readonly nearMisses: readonly NearMiss[];
  readonly unanswered: readonly Unanswered[];
  /** What each namespace asks for and needs; empty where policies decide. */
  readonly levels: readonly LabelSummary[];
  /**
   * Policies that somebody is to have: what lets in a workload that is denied, or was given to it, what pods run under that a
   * restart would move, what was granted by name and is passed over for a grant of everything.
   */
  readonly wanted: ReadonlySet<string>;
}

/** The context of an inventory and of the verdicts on all that is in it. */
export function contextOf(
  inventory: Inventory,
  policies: PolicySet,
  verdicts: readonly Verdict[],
  authorizer: Authorizer,
  unanswered: readonly Unanswered[],
): AuditContext {
  const groups = verdictGroupsOf(inventory, verdicts);
  const names = [...policies.byName.keys()];
  const fromStrict = fromStrictToOpen(policies);
  const wanted = wantedPolicies(groups, authorizer, fromStrict);
  const all = groups.flatMap(({verdicts}) => verdicts);
  const byNamespace = Map.groupBy(all, ({item}) => item.namespace);
  return {
    inventory,
    groups,
    verdictsIn: namespace => (namespace === undefined ? all : (byNamespace.get(namespace) ?? [])),
    policies: policyFacts(policies, inventory.gaps, groups, {grants: authorizer.grants, wanted}),
    authorizer,
    fromStrict,
    dangling: danglingGrants(inventory.rbac, authorizer, names),
    nearMisses: nearMisses(inventory.rbac, names),
    unanswered,
    levels: isByLabels(inventory)
      ? labelSummaries(inventory, byNamespaceOf(verdicts), undefined)
      : [],
    wanted,
  };
}

function wantedPolicies(
  groups: readonly VerdictGroup[],
  authorizer: Authorizer,
  fromStrict: readonly Policy[],
): ReadonlySet<string> {
  const wanted = new Set<string>();
  const seen = new Set<Submission>();
  for (const verdict of groups.flatMap(({verdicts}) => verdicts)) {
    const {item, chosen, state} = verdict;
    const {admittedBy, isLive, submission} = item;
    if (isLive && admittedBy !== undefined && admittedBy !== chosen?.policy.name) {
      wanted.add(admittedBy);
    }
    if (seen.has(submission)) continue;
    seen.add(submission);
    const fitting = state === 'denied' ? fittingPolicy(verdict, fromStrict) : undefined;
    const given = state === 'denied' ? verdict.granted.map(({policy}) => policy.name) : [];
    // Its account's own policies, where it gets in by the right of who creates it.
    const own = verdict.granted
      .filter(({allowed, rights}) => allowed && rights.serviceAccount === true)
      .map(({policy}) => policy.name);
    const passed = chosen?.rights.serviceAccount === false ? own : [];
    const all = [fitting ?? [], given, passed, passedByName(verdict, authorizer)];
    for (const policy of all.flat()) {
      wanted.add(policy);
    }
  }
  return wanted;
}

/** Whether pods or workloads may be missing, so that what nothing seems to need may be needed. */
export function lacksPods({gaps}: Inventory): boolean {
  return gaps.some(({resource}) => runningKinds.some(({plural}) => plural === resource));
}

/** Whether somebody is to have a policy, or a grant of it was written that has a mistake in it: it is no leftover. */
export function isMeant(
  policy: string,
  {wanted, nearMisses}: Pick<AuditContext, 'wanted' | 'nearMisses'>,
): boolean {
  return wanted.has(policy) || nearMisses.some(({policies}) => policies.includes(policy));
}

/** The views of what binds to a policy, or could. */
export function boundViews({bound, perhapsBound}: PolicyFacts): readonly PodView[] {
  return [...bound.keys(), ...perhapsBound.keys()].map(({view}) => view);
}

function policyFacts(
  {ordered}: PolicySet,
  gaps: readonly Gap[],
  groups: readonly VerdictGroup[],
  {grants, wanted}: Pick<Authorizer, 'grants'> & Pick<AuditContext, 'wanted'>,
): readonly PolicyFacts[] {
  const sweeping = grants.filter(grant => grant.policies === undefined);
  // A folder of nothing but policies has grants elsewhere.
  const isOpen = grants.length === 0 || gaps.some(({resource}) => /role/.test(resource));
  const facts = ordered.map(prepared => {
    const {policy, name} = prepared;
    const own = grants.filter(grant => grant.policies?.has(name));
    const isGranted = isOpen || own.some(({subjects}) => subjects.length > 0);
    return {
      policy,
      prepared,
      grants: own,
      sweeping,
      isReachable: prepared.unusable === undefined && isGranted,
      isWanted: wanted.has(name),
      bound: new Map<Submission, VerdictGroup>(),
      perhapsBound: new Map<Submission, VerdictGroup>(),
      passedOver: new Map<Submission, {group: VerdictGroup; to: string}>(),
    };
  });
  const byName = new Map(facts.map(fact => [fact.prepared.name, fact]));
  const seen = new Set<Submission>();
  for (const group of groups) {
    for (const verdict of group.verdicts) {
      const {chosen} = verdict;
      const {submission} = verdict.item;
      if (seen.has(submission)) continue;
      seen.add(submission);
      for (const name of possiblePolicies(verdict.decision)) {
        byName.get(name)?.perhapsBound.set(submission, group);
      }
      if (chosen === undefined) continue;
      const to = chosen.policy.name;
      byName.get(to)?.bound.set(submission, group);
      for (const candidate of verdict.granted) {
        if (candidate === chosen || !fits(candidate)) continue;
        byName.get(candidate.policy.name)?.passedOver.set(submission, {group, to});
      }
    }
  }
  return facts;
}

/** Whether a pod that may use it would bind to it if no other policy came first. */
function fits(candidate: Candidate): boolean {
  return candidate.allowed && !candidate.mutates;
}
