import {type Candidate, type PolicySet, possiblePolicies} from '../admission/admit.ts';
import type {Verdict} from '../admission/judgement.ts';
import type {Gap, Inventory} from '../inventory/inventory.ts';
import type {Submission} from '../inventory/submissions/submissions.ts';
import type {Policy} from '../kube/objects.ts';
import type {PodView} from '../kube/podView.ts';
import type {PreparedPolicy} from '../policy/evaluate.ts';
import type {Authorizer, Grant} from '../rbac/authorize.ts';
import {type DanglingGrant, danglingGrants} from '../rbac/dangling.ts';
import {type NearMiss, nearMisses} from '../rbac/nearMisses.ts';
import {type VerdictGroup, verdictGroupsOf} from './groups.ts';

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
  /** By name, as admission tries them. */
  readonly policies: readonly PolicyFacts[];
  readonly authorizer: Authorizer;
  /** Grants that lead nowhere. */
  readonly dangling: readonly DanglingGrant[];
  /** What looks like a grant and is none. */
  readonly nearMisses: readonly NearMiss[];
  readonly unanswered: readonly Unanswered[];
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
  return {
    inventory,
    groups,
    policies: policyFacts(policies, inventory.gaps, groups, authorizer),
    authorizer,
    dangling: danglingGrants(inventory.rbac, authorizer, [...policies.byName.keys()]),
    nearMisses: nearMisses(inventory.rbac),
    unanswered,
  };
}

/** The views of what binds to a policy, or could. */
export function boundViews({bound, perhapsBound}: PolicyFacts): readonly PodView[] {
  return [...bound.keys(), ...perhapsBound.keys()].map(({view}) => view);
}

function policyFacts(
  {ordered}: PolicySet,
  gaps: readonly Gap[],
  groups: readonly VerdictGroup[],
  {grants}: Authorizer,
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
