import type {Inventory} from '../inventory/inventory.ts';
import type {Item} from '../inventory/submissions/items.ts';
import type {Submission} from '../inventory/submissions/submissions.ts';
import {type PatchOperation, patchOf} from '../kube/edits.ts';
import {editsOf, preparePolicy} from '../policy/evaluate.ts';
import {
  type Authorizer,
  authorizerOf,
  type Identity,
  type ObjectReference,
  podIdentity,
} from '../rbac/authorize.ts';
import {
  type Candidate,
  type Decision,
  explain,
  forbiddenMessage,
  policySet,
  type RightsTo,
} from './admit.ts';

/** The first of these that is true of a pod, from the left. */
export type State = 'denied' | 'mutated' | 'drifted' | 'ok';

/** One way in which the chosen policy is open to the pod. */
export interface Via {
  readonly right: 'serviceAccount' | 'requester';
  /** undefined where the server said yes and RBAC was not asked. */
  readonly binding: ObjectReference | undefined;
  readonly role: ObjectReference | undefined;
}

/** What admission does with a submission. */
export interface Outcome {
  readonly chosen: Candidate | undefined;
  readonly via: readonly Via[];
  /** What the chosen policy writes into the submitted pod. */
  readonly changes: readonly PatchOperation[];
  /** The API server's whole message; undefined if the pod is admitted. */
  readonly message: string | undefined;
  /** The name of the requester; undefined if nobody knows it. */
  readonly requester: string | undefined;
  /** Whether the caller stood in for the unknown creator. */
  readonly judgedForCaller: boolean;
}

/** What admission does with a submission, and how each policy fared, in the order of the tries. */
export interface Judgement extends Outcome {
  readonly candidates: readonly Candidate[];
}

/** What becomes of one item. */
export interface Ruling extends Outcome {
  readonly item: Item;
  readonly state: State;
}

/** The same, with how each policy fared. */
export interface Verdict extends Judgement, Ruling {}

export interface WhyOptions {
  /** Who creates bare pods; undefined leaves that to the caller's answers, if there are any. */
  readonly requester: Identity | undefined;
  /** Take every policy as usable by everybody. */
  readonly assumeAuthorized: boolean;
}

/** What verdicts depend on, beside the item itself. */
export type JudgeSource = Pick<Inventory, 'policies' | 'rbac' | 'caller'>;

/** Judges items by the policies and rights of an inventory; each item and each submission once. */
export function judgeBy(inventory: JudgeSource, options: WhyOptions): (item: Item) => Verdict {
  const policies = policySet(inventory.policies.map(preparePolicy));
  const authorizer = authorizerOf(inventory.rbac);
  // Not to be kept for pods that are gone: a session judges by the same value for hours.
  const known = new WeakMap<Submission, Judgement>();
  const verdicts = new WeakMap<Item, Verdict>();
  const judge = (submission: Submission): Judgement => {
    const rights = rightsOf(submission, inventory.caller, authorizer, options);
    const verdict = explain(submission.view, policies, rights.to);
    return {...outcomeOf(submission, verdict, rights), candidates: verdict.candidates};
  };
  return item => {
    let judgement = known.get(item.submission);
    if (judgement === undefined) {
      judgement = judge(item.submission);
      known.set(item.submission, judgement);
    }
    const verdict = verdicts.get(item) ?? {...judgement, item, state: stateOf(judgement, item)};
    verdicts.set(item, verdict);
    return verdict;
  };
}

/** The first of the states that is true of an item that is judged so. */
export function stateOf({chosen}: Outcome, {admittedBy}: Item): State {
  if (chosen === undefined) return 'denied';
  if (chosen.mutates) return 'mutated';
  return admittedBy !== undefined && admittedBy !== chosen.policy.name ? 'drifted' : 'ok';
}

/** The decision about a submission, with what people want to know of it. */
export function outcomeOf(
  {view}: Submission,
  {chosen, refusal}: Decision,
  {via, requester, caller}: SubmissionRights,
): Outcome {
  const {pod} = view;
  return {
    chosen,
    via: chosen === undefined ? [] : via(chosen.policy.name),
    changes: chosen?.mutates ? patchOf(pod, editsOf(chosen.policy, view)) : [],
    message:
      refusal === undefined
        ? undefined
        : forbiddenMessage(pod.metadata.name || pod.metadata.generateName || '', refusal),
    requester: requester?.user ?? caller?.user,
    judgedForCaller: caller !== undefined,
  };
}

/** Whose rights count for a submission, and what they open. */
export interface SubmissionRights {
  readonly to: RightsTo;
  /** The ways in which a policy is open to it. */
  via(policy: string): readonly Via[];
  readonly requester: Identity | undefined;
  /** Who stands in for a creator that nobody knows. */
  readonly caller: Inventory['caller'];
}

/** The rights of a submission's service account and of its requester. */
export function rightsOf(
  submission: Submission,
  answered: Inventory['caller'],
  authorizer: Authorizer,
  options: WhyOptions,
): SubmissionRights {
  const {namespace, serviceAccount, isBare} = submission;
  const requester = submission.requester ?? (isBare ? options.requester : undefined);
  const isUnknown = requester === undefined && isBare && !options.assumeAuthorized;
  const caller = isUnknown ? answered : undefined;
  if (options.assumeAuthorized) {
    const to = () => ({serviceAccount: true, requester: true});
    return {to, via: () => [], requester, caller};
  }
  const account = serviceAccount === '' ? undefined : podIdentity(namespace, serviceAccount);
  const callerMay = new Set(
    caller?.answers
      .filter(answer => answer.namespace === namespace && answer.allowed)
      .map(({policy}) => policy),
  );
  const may = (identity: Identity | undefined) =>
    identity === undefined ? () => false : authorizer.usableBy(identity, namespace);
  const [accountMay, requesterMay] = [may(account), may(requester)];
  return {
    requester,
    caller,
    to: policy => ({
      serviceAccount: accountMay(policy),
      requester: requesterMay(policy) || callerMay.has(policy),
    }),
    via(policy) {
      const through = (right: Via['right'], identity: Identity | undefined): readonly Via[] =>
        identity === undefined
          ? []
          : authorizer
              .grantsOf(identity, namespace, policy)
              .map(({binding, role}) => ({right, binding, role}));
      return [
        ...through('serviceAccount', account),
        ...through('requester', requester),
        ...(callerMay.has(policy)
          ? [{right: 'requester' as const, binding: undefined, role: undefined}]
          : []),
      ];
    },
  };
}
