import type {Caller} from '../inventory/inventory.ts';
import type {Submission} from '../inventory/submissions/submissions.ts';
import {
  type Authorizer,
  type Identity,
  type ObjectReference,
  podIdentity,
} from '../rbac/authorize.ts';
import type {RightsTo} from './admit.ts';

/** One way in which the chosen policy is open to the pod. */
export interface Via {
  readonly right: 'serviceAccount' | 'requester';
  /** undefined where the API server said yes and RBAC was not asked. */
  readonly binding: ObjectReference | undefined;
  readonly role: ObjectReference | undefined;
}

/** Whose rights count for a submission, and what they open. */
export interface SubmissionRights {
  readonly to: RightsTo;
  /** The ways in which a policy is open to it. */
  via(policy: string): readonly Via[];
  /** The name of the requester; undefined if nobody knows it. */
  readonly requester: string | undefined;
  /** Whether the caller stands in for the unknown creator. */
  readonly isForCaller: boolean;
}

/** From what rights are known. */
export interface RightsSource {
  readonly authorizer: Authorizer;
  /** What the API server answered about the caller, who stands in for unknown creators. */
  readonly caller: Caller | undefined;
  /** Who creates bare pods; undefined leaves that to the caller's answers, if there are any. */
  readonly requester: Identity | undefined;
  /** Take every policy as usable by everybody. */
  readonly assumeAuthorized: boolean;
}

/** What of a submission its rights depend on: those that agree in it share their rights. */
export function rightsKey({namespace, serviceAccount, requester, isBare}: Submission): string {
  // A user name comes with its groups.
  return [namespace, serviceAccount, requester?.user ?? '', String(isBare)].join('\0');
}

/** The rights of a submission's service account and of its requester. */
export function rightsOf(submission: Submission, source: RightsSource): SubmissionRights {
  const {namespace, serviceAccount, isBare} = submission;
  const requester = submission.requester ?? (isBare ? source.requester : undefined);
  if (source.assumeAuthorized) {
    const to = () => ({serviceAccount: true, requester: true});
    return {to, via: () => [], requester: requester?.user, isForCaller: false};
  }
  const caller = requester === undefined && isBare ? source.caller : undefined;
  const {authorizer} = source;
  const account = serviceAccount === '' ? undefined : podIdentity(namespace, serviceAccount);
  const callerMay = new Set(
    caller?.answers
      .filter(answer => answer.namespace === namespace && answer.allowed)
      .map(({policy}) => policy),
  );
  const may = (identity: Identity | undefined) =>
    identity === undefined ? () => false : authorizer.usableBy(identity, namespace);
  const [accountMay, requesterMay] = [may(account), may(requester)];
  const through = (right: Via['right'], identity: Identity | undefined, policy: string) =>
    identity === undefined
      ? []
      : authorizer
          .grantsOf(identity, namespace, policy)
          .map(({binding, role}): Via => ({right, binding, role}));
  return {
    requester: requester?.user ?? caller?.user,
    isForCaller: caller !== undefined,
    to: policy => ({
      serviceAccount: accountMay(policy),
      requester: requesterMay(policy) || callerMay.has(policy),
    }),
    via: policy => [
      ...through('serviceAccount', account, policy),
      ...through('requester', requester, policy),
      ...(callerMay.has(policy) ? [byAnswer] : []),
    ],
  };
}

const byAnswer: Via = {right: 'requester', binding: undefined, role: undefined};
