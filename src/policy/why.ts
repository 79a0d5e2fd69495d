import type {Inventory} from '../inventory/inventory.ts';
import type {Item, Submission} from '../inventory/items.ts';
import {type PatchOperation, patchOf} from '../kube/edits.ts';
import {
  type Authorizer,
  authorizerOf,
  type Identity,
  type ObjectReference,
  podIdentity,
} from '../rbac/authorize.ts';
import {type Candidate, explain, forbiddenMessage, policySet, type RightsTo} from './admit.ts';
import {editsOf, preparePolicy} from './evaluate.ts';

/** The first of these that is true of a pod, from the left. */
export type State = 'denied' | 'mutated' | 'drifted' | 'ok';

/** One way in which the chosen policy is open to the pod. */
export interface Via {
  readonly right: 'serviceAccount' | 'requester';
  /** undefined where the server said yes and RBAC was not asked. */
  readonly binding: ObjectReference | undefined;
  readonly role: ObjectReference | undefined;
}

/** What admission does with a submission, and why. */
export interface Judgement {
  readonly chosen: Candidate | undefined;
  readonly candidates: readonly Candidate[];
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

export interface Verdict extends Judgement {
  readonly item: Item;
  readonly state: State;
}

export interface WhyOptions {
  /** Who creates bare pods; undefined leaves that to the caller's answers, if there are any. */
  readonly requester: Identity | undefined;
  /** Take every policy as usable by everybody. */
  readonly assumeAuthorized: boolean;
}

/** Judges items by the policies and rights of an inventory; each submission once. */
export function judgeBy(inventory: Inventory, options: WhyOptions): (item: Item) => Verdict {
  const policies = policySet(inventory.policies.map(preparePolicy));
  const authorizer = authorizerOf(inventory.rbac);
  const known = new Map<Submission, Judgement>();
  const judge = (submission: Submission): Judgement => {
    const requester = submission.requester ?? (submission.isBare ? options.requester : undefined);
    const useCaller = requester === undefined && submission.isBare && !options.assumeAuthorized;
    const caller = useCaller ? inventory.caller : undefined;
    const rights = rightsOf(submission, requester, caller, authorizer, options);
    const verdict = explain(submission.view, policies, rights.to);
    const {chosen, candidates, refusal} = verdict;
    const {pod} = submission.view;
    return {
      chosen,
      candidates,
      via: chosen === undefined ? [] : rights.via(chosen.policy.name),
      changes: chosen?.mutates ? patchOf(pod, editsOf(chosen.policy, submission.view)) : [],
      message:
        refusal === undefined
          ? undefined
          : forbiddenMessage(pod.metadata.name || pod.metadata.generateName || '', refusal),
      requester: requester?.user ?? caller?.user,
      judgedForCaller: caller !== undefined,
    };
  };
  return item => {
    let judgement = known.get(item.submission);
    if (judgement === undefined) {
      judgement = judge(item.submission);
      known.set(item.submission, judgement);
    }
    return {...judgement, item, state: stateOf(judgement, item)};
  };
}

function stateOf({chosen}: Judgement, {admittedBy}: Item): State {
  if (chosen === undefined) return 'denied';
  if (chosen.mutates) return 'mutated';
  return admittedBy !== undefined && admittedBy !== chosen.policy.name ? 'drifted' : 'ok';
}

function rightsOf(
  {namespace, serviceAccount}: Submission,
  requester: Identity | undefined,
  caller: Inventory['caller'],
  authorizer: Authorizer,
  {assumeAuthorized}: WhyOptions,
): {readonly to: RightsTo; via(policy: string): readonly Via[]} {
  if (assumeAuthorized) {
    return {to: () => ({serviceAccount: true, requester: true}), via: () => []};
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
