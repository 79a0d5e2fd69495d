import {
  type Candidate,
  candidateOf,
  decide,
  isUsable,
  type PolicySet,
  type Rights,
} from '../admission/admit.ts';
import {type Judgement, outcomeOf, rightsOf, stateOf, type Verdict} from '../admission/judge.ts';
import type {Inventory} from '../inventory/inventory.ts';
import type {Item} from '../inventory/submissions/items.ts';
import type {Submission} from '../inventory/submissions/submissions.ts';
import type {PodView} from '../kube/podView.ts';
import type {PreparedPolicy} from '../policy/evaluate.ts';
import type {Authorizer} from '../rbac/authorize.ts';

const options = {requester: undefined, assumeAuthorized: false};
const noRights: Rights = {serviceAccount: false, requester: false};

/**
 * Judges items as `why` does, each submission once, but for the errors of policies that neither the
 * service account nor the requester may use: of hundreds of policies and thousands of templates, they
 * would be most of what is kept.
 */
export function judgeLean(
  caller: Inventory['caller'],
  policies: PolicySet,
  authorizer: Authorizer,
): (item: Item) => Verdict {
  const known = new Map<Submission, Judgement>();
  const judge = (submission: Submission): Judgement => {
    const rights = rightsOf(submission, caller, authorizer, options);
    const {view} = submission;
    const decision = decide(view, policies, rights.to);
    const {chosen} = decision;
    const candidates = policies.ordered.map(policy =>
      policy === chosen?.policy ? chosen : fare(policy, view, rights.to(policy.name)),
    );
    return {...outcomeOf(submission, decision, rights), candidates};
  };
  return item => {
    const judgement = known.get(item.submission) ?? judge(item.submission);
    known.set(item.submission, judgement);
    return {...judgement, item, state: stateOf(judgement, item)};
  };
}

function fare(policy: PreparedPolicy, view: PodView, rights: Rights): Candidate {
  const candidate = candidateOf(policy, view, rights);
  return isUsable(rights) ? candidate : {...candidate, rights: noRights, errors: noErrors};
}

const noErrors: Candidate['errors'] = [];
