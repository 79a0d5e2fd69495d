import type {Inventory} from '../inventory/inventory.ts';
import type {Item} from '../inventory/submissions/items.ts';
import {decidingFor, type Submission} from '../inventory/submissions/submissions.ts';
import {weaklyKeyed} from '../once.ts';
import {preparePolicy} from '../policy/evaluate.ts';
import {authorizerOf, type Identity} from '../rbac/authorize.ts';
import {
  candidateOf,
  decide,
  isUsable,
  type Operation,
  orderOfTries,
  type PolicySet,
  policySet,
  type Rights,
} from './admit.ts';
import {
  type Judgement,
  judgementOf,
  judgementOfTwin,
  type Standing,
  type Verdict,
  verdictOf,
} from './judgement.ts';
import {type RightsSource, rightsKey, rightsOf} from './rights.ts';

/** Judges by the policies and rights of one inventory. */
export interface Judge {
  /** The judgement of a submission, the same value for the same one. */
  judgement(submission: Submission): Judgement;
  /** The verdict on an item. */
  verdict(item: Item): Verdict;
}

/** What verdicts depend on, besides the item itself. */
export type JudgeSource = Pick<Inventory, 'policies' | 'rbac' | 'caller'>;

/** What else makes a difference. */
export interface JudgeOptions {
  /** Who creates bare pods; undefined leaves that to the caller's answers, if there are any. */
  readonly requester?: Identity | undefined;
  /** Take every policy as usable by everybody. */
  readonly assumeAuthorized?: boolean;
  /** What is asked for with the pods; creating them if not given. */
  readonly operation?: Operation;
}

/**
 * Makes the judge of an inventory. Rights are looked up once for all submissions that share them, only
 * policies that they open are tried, and submissions that no decision can tell apart are judged once.
 */
export function judgeOf(
  {policies: objects, rbac, caller}: JudgeSource,
  {requester, assumeAuthorized = false, operation = 'CREATE'}: JudgeOptions = {},
): Judge {
  const policies = policySet(objects.map(preparePolicy));
  const standingOf = standings(policies, {
    authorizer: authorizerOf(rbac),
    caller,
    requester,
    assumeAuthorized,
  });
  const judge = (submission: Submission): Judgement => {
    const deciding = decidingFor(submission);
    if (deciding !== submission) return judgementOfTwin(submission, judgement(deciding));
    const {view} = submission;
    const {standing, worthTrying} = standingOf(submission);
    return judgementOf(submission, decide(view, worthTrying, standing.to, operation), standing, {
      order: () => orderOfTries(view, policies, operation),
      policy: name => policies.byName.get(name),
      candidate: (policy, rights) => candidateOf(policy, view, rights),
    });
  };
  // Keyed weakly: a session judges by the same value for hours, and pods go.
  const judgement = weaklyKeyed(judge);
  return {judgement, verdict: item => verdictOf(item, judgement(item.submission))};
}

interface Known {
  readonly standing: Standing;
  readonly worthTrying: PolicySet;
}

const noRights: Rights = {serviceAccount: false, requester: false};

/** Finds the standing of submissions: computed once for all that share it. */
function standings(policies: PolicySet, source: RightsSource): (submission: Submission) => Known {
  const known = new Map<string, Known>();
  return submission => {
    const key = rightsKey(submission);
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = standingOf(submission, policies, source);
    known.set(key, made);
    return made;
  };
}

function standingOf(submission: Submission, policies: PolicySet, source: RightsSource): Known {
  const rights = rightsOf(submission, source);
  const held = new Map<string, Rights>();
  for (const {name} of policies.ordered) {
    const right = rights.to(name);
    if (isUsable(right)) held.set(name, right);
  }
  const open = policies.ordered.filter(
    ({name, unusable}) => unusable === undefined && held.has(name),
  );
  return {
    standing: {
      rights,
      to: policy => held.get(policy) ?? noRights,
      opens: policy => held.has(policy),
      tried: open.length,
    },
    // Without an open one, the words of the refusal depend on the policies that nobody may use.
    worthTrying: open.length === 0 ? policies : policySet(open),
  };
}
