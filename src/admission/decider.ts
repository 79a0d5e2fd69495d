import type {Inventory} from '../inventory/inventory.ts';
import type {Item} from '../inventory/submissions/items.ts';
import {decidingFor, type Submission} from '../inventory/submissions/submissions.ts';
import {preparePolicy} from '../policy/evaluate.ts';
import {authorizerOf, type Identity} from '../rbac/authorize.ts';
import {
  type Candidate,
  candidateOf,
  type Decision,
  decide,
  isUsable,
  type PolicySet,
  policySet,
  type Rights,
} from './admit.ts';
import {
  type Outcome,
  outcomeOf,
  type Ruling,
  rightsOf,
  type SubmissionRights,
  stateOf,
} from './judge.ts';

/** Judges submissions by one inventory: just the decision, and more where more is asked for. */
export interface Decider {
  decide(submission: Submission): Decision;
  outcome(submission: Submission): Outcome;
  /** How a policy fares with the submission; undefined if there is none of the name. */
  fare(policy: string, submission: Submission): Candidate | undefined;
  /** The policies that admission tries for the submission, in order: usable ones, for it or as such. */
  usable(submission: Submission): readonly string[];
}

/** What those who share a namespace, an account and a requester may do. */
interface Standing {
  readonly rights: SubmissionRights;
  readonly to: (policy: string) => Rights;
  readonly may: readonly string[];
  /** The policies that are worth a try. */
  readonly tried: PolicySet;
}

const noRights: Rights = {serviceAccount: false, requester: false};

/**
 * Decides what `judgeBy` would, in a fraction of the time for many pods and policies: rights are looked
 * up once for all that share them, and policies that nobody may use are not tried. `requester`: who
 * creates bare pods, if that is known.
 */
export function deciderOf(inventory: Inventory, requester?: Identity): Decider {
  const policies = policySet(inventory.policies.map(preparePolicy));
  const authorizer = authorizerOf(inventory.rbac);
  const options = {requester, assumeAuthorized: false};
  const standings = new Map<string, Standing>();
  const decisions = new Map<Submission, Decision>();
  const outcomes = new Map<Submission, Outcome>();

  const standingOf = (submission: Submission): Standing => {
    const {namespace, serviceAccount, requester: known, isBare} = submission;
    // All that counts for the rights; a user name comes with its groups.
    const key = [namespace, serviceAccount, known?.user ?? '', String(isBare)].join('\0');
    const found = standings.get(key);
    if (found !== undefined) return found;
    const made = standing(rightsOf(submission, inventory.caller, authorizer, options), policies);
    standings.set(key, made);
    return made;
  };
  const decideOne = (submission: Submission): Decision => {
    const deciding = decidingFor(submission);
    const found = decisions.get(deciding);
    if (found !== undefined) return found;
    const {to, tried} = standingOf(deciding);
    const made = decide(deciding.view, tried, to);
    decisions.set(deciding, made);
    return made;
  };
  const outcome = (submission: Submission): Outcome => {
    const decision = decideOne(submission);
    // A refusal names the pod.
    const one = decision.refusal === undefined ? decidingFor(submission) : submission;
    const found = outcomes.get(one) ?? outcomeOf(one, decision, standingOf(one).rights);
    outcomes.set(one, found);
    return found;
  };
  return {
    decide: decideOne,
    outcome,
    fare(name, submission) {
      const policy = policies.byName.get(name);
      const {view} = decidingFor(submission);
      return policy && candidateOf(policy, view, standingOf(submission).to(name));
    },
    usable: submission => standingOf(submission).may,
  };
}

/** Rules on items as `judgeBy` does, without how each policy fared; `requester` creates bare pods. */
export function ruleBy(inventory: Inventory, requester?: Identity): (item: Item) => Ruling {
  const decider = deciderOf(inventory, requester);
  return item => {
    const outcome = decider.outcome(item.submission);
    return {...outcome, item, state: stateOf(outcome, item)};
  };
}

function standing(rights: SubmissionRights, policies: PolicySet): Standing {
  const held = new Map<string, Rights>();
  const open = policies.ordered.filter(({name, unusable}) => {
    const right = rights.to(name);
    if (!isUsable(right)) return false;
    held.set(name, right);
    return unusable === undefined;
  });
  return {
    rights,
    to: policy => held.get(policy) ?? noRights,
    may: open.map(({name}) => name),
    // Without one, the words of the refusal depend on the policies that nobody may use.
    tried: open.length === 0 ? policies : policySet(open),
  };
}
