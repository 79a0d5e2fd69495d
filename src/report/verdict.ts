import type {Candidate} from '../admission/admit.ts';
import type {Verdict} from '../admission/judgement.ts';
import {badValueText, type FieldError} from '../kube/fieldError.ts';
import {printedPlace} from './place.ts';

/** One verdict as `why -o json` prints it. */
export function printedVerdict(verdict: Verdict): object {
  const {item, state, chosen, candidates, via} = verdict;
  return {
    ...printedPlace(item),
    serviceAccount: item.submission.serviceAccount,
    requester: verdict.requester ?? null,
    allowed: chosen !== undefined,
    policy: chosen?.policy.name ?? null,
    via: via.map(({right, binding, role}) => ({
      right,
      binding: binding ?? null,
      role: role ?? null,
    })),
    state,
    message: verdict.message ?? null,
    changes: verdict.changes,
    candidates: candidates.map(printedCandidate),
    admittedBy: item.admittedBy,
    judgedForCaller: verdict.judgedForCaller || undefined,
    judgedByLivePod: item.submission.isLivePod || undefined,
  };
}

/** A candidate as machine output has it. */
export function printedCandidate({policy, rights, allowed, mutates, errors}: Candidate) {
  return {
    name: policy.name,
    authorizedFor: {serviceAccount: rights.serviceAccount, user: rights.requester},
    allowed,
    mutates,
    providerError: policy.unusable,
    errors: errors.map(printedError),
  };
}

export interface PrintedError {
  readonly type: string;
  readonly field: string;
  readonly badValue: string | undefined;
  readonly detail: string;
}

/** A field error as machine output has it: the bad value as text, strings without quotes. */
export function printedError({type, field, badValue, detail}: FieldError): PrintedError {
  return {
    type,
    field,
    badValue: badValue === undefined ? undefined : badValueText(badValue),
    detail,
  };
}
