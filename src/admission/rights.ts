import type {Caller} from '../inventory/inventory.ts';
import type {Submission} from '../inventory/submissions/submissions.ts';
import {
  type Authorizer,
  authorizerOf,
  type Identity,
  type ObjectReference,
  podIdentity,
  type RbacObjects,
} from '../rbac/authorize.ts';
import {type AskedForUse, masters} from '../rbac/leaks.ts';
import type {Known, PossibleRights} from '../rbac/possibleRights.ts';
import type {Rights} from './admit.ts';

/** One way in which the chosen policy is open to the pod. */
export interface Via {
  readonly right: 'serviceAccount' | 'requester';
  /** undefined if the API server said yes and RBAC was not consulted. */
  readonly binding: ObjectReference | undefined;
  readonly role: ObjectReference | undefined;
}

/** Whose rights count for a submission, and what they open. */
export interface SubmissionRights {
  /** The rights of the account and the requester; for an unknown creator, those that everybody has. */
  to(policy: string): Rights;
  /** Whether somebody who could be the creator may use a policy; undefined if the creator is known. */
  readonly creatorTo: ((policy: string) => Known) | undefined;
  /** The ways in which a policy is open to it. */
  via(policy: string): readonly Via[];
  /** The name of the requester; undefined if it is unknown. */
  readonly requester: string | undefined;
  /** Whether the caller stands in for the unknown creator. */
  readonly isForCaller: boolean;
}

/** What rights are known from. */
export interface RightsSource {
  readonly authorizer: Authorizer;
  readonly possible: PossibleRights;
  /** What the API server answered about the caller, who stands in for unknown creators. */
  readonly caller: Caller | undefined;
  /** Who creates bare pods; undefined if that is unknown, or if it is the caller. */
  readonly requester: Identity | undefined;
  /** Treat every policy as usable by everybody. */
  readonly assumeAuthorized: boolean;
  /** Who is asked whether a policy may be used. */
  readonly asked: AskedForUse;
}

/** The parts of a submission that its rights depend on: submissions that agree in them share their rights. */
export function rightsKey({namespace, serviceAccount, requester, isBare}: Submission): string {
  // A user name comes with its groups.
  return [namespace, serviceAccount, requester?.user ?? '', String(isBare)].join('\0');
}

/** Whoever creates a pod is logged in. */
const everybody: Identity = {user: '', groups: ['system:authenticated']};

/** The rights of a submission's service account and its requester. */
export function rightsOf(submission: Submission, source: RightsSource): SubmissionRights {
  const {namespace, serviceAccount, isBare} = submission;
  const requester = submission.requester ?? (isBare ? source.requester : undefined);
  if (source.assumeAuthorized) {
    return {
      to: () => ({serviceAccount: true, requester: true}),
      creatorTo: undefined,
      via: () => [],
      requester: requester?.user,
      isForCaller: false,
    };
  }
  const caller = requester === undefined && isBare ? source.caller : undefined;
  const {authorizer, possible, asked} = source;
  const account = serviceAccount === '' ? undefined : podIdentity(namespace, serviceAccount);
  const callerMay = new Set(
    caller?.answers
      .filter(answer => answer.namespace === namespace && answer.allowed)
      .map(({policy}) => policy),
  );
  const creator = caller === undefined ? (requester ?? everybody) : undefined;
  const may = (identity: Identity | undefined) => {
    if (identity === undefined) return () => false;
    const isMaster = asked === 'authorizer' && identity.groups.includes(masters);
    return isMaster ? () => true : possible.mayUse(identity, namespace);
  };
  const [accountMay, creatorMay] = [may(account), may(creator)];
  const through = (right: Via['right'], identity: Identity | undefined, policy: string) =>
    identity === undefined
      ? []
      : authorizer
          .grantsOf(identity, namespace, policy)
          .map(({binding, role}): Via => ({right, binding, role}));
  const isUnknown = requester === undefined && caller === undefined;
  return {
    requester: requester?.user ?? caller?.user,
    isForCaller: caller !== undefined,
    to: policy => ({
      serviceAccount: accountMay(policy),
      requester: callerMay.has(policy) || creatorMay(policy),
    }),
    creatorTo: isUnknown ? possible.mayCreatorUse(namespace, serviceAccount) : undefined,
    via: policy => [
      ...through('serviceAccount', account, policy),
      ...through('requester', creator, policy),
      ...(callerMay.has(policy) ? [byAnswer] : []),
    ],
  };
}

const byAnswer: Via = {right: 'requester', binding: undefined, role: undefined};

/** Whether the account or the requester of a submission may use all policies there are. */
export function sweepingRights(
  rbac: RbacObjects,
  {
    requester,
    assumeAuthorized = false,
  }: {
    /** Who creates bare pods, if that is known. */
    readonly requester?: Identity | 'caller' | undefined;
    readonly assumeAuthorized?: boolean;
  },
): (submission: Submission) => boolean {
  const authorizer = authorizerOf(rbac);
  const named = requester === 'caller' ? undefined : requester;
  return ({namespace, serviceAccount, isBare, requester: own = isBare ? named : undefined}) => {
    const account = podIdentity(namespace, serviceAccount);
    // No policy has this name: it is open to those who may use all.
    const maySweep = (identity: Identity) => authorizer.mayUse(identity, namespace, '');
    return assumeAuthorized || maySweep(account) || (own !== undefined && maySweep(own));
  };
}
