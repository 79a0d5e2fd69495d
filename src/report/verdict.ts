import type {Candidate} from '../admission/admit.ts';
import type {Verdict} from '../admission/judgement.ts';
import {remarkLines} from '../admission/reasons.ts';
import {groundsText, isContainer, type Objection} from '../controls/objection.ts';
import {badValueText, type FieldError} from '../kube/fieldError.ts';
import {printedPlace} from './place.ts';
import {printedPodSecurity} from './podSecurity/words.ts';
import {bindLine} from './waysOut.ts';

/** One verdict as `why -o json` prints it. */
export function printedVerdict(verdict: Verdict): object {
  const {item, state, chosen, candidates, via, decision} = verdict;
  return {
    ...printedPlace(item),
    serviceAccount: item.submission.serviceAccount,
    requester: verdict.requester ?? null,
    allowed: verdict.allowed ?? null,
    policy: chosen?.policy.name ?? null,
    via: via.map(({right, binding, role}) => ({
      right,
      binding: binding ?? null,
      role: role ?? null,
    })),
    state,
    unknown: state === 'unknown' ? verdict.unknown : undefined,
    phase: decision.kind === 'invalid' ? 'validation' : undefined,
    message: verdict.message ?? null,
    podSecurity: verdict.podSecurity && printedPodSecurity(verdict.podSecurity),
    changes: verdict.changes,
    candidates: candidates.map(candidate => ({
      ...printedCandidate(candidate),
      errors: candidate.errors.map(printedObjection),
    })),
    waysOut: verdict.allowed ? undefined : printedWaysOut(verdict),
    admittedBy: item.admittedBy,
    byAnnotation: verdict.isByAnnotation || undefined,
    judgedForCaller: verdict.judgedForCaller || undefined,
    judgedByLivePod: item.submission.isLivePod || undefined,
  };
}

/** A reason as machine output has it: the API server's error, and the same for people, in parts. */
function printedObjection(objection: Objection): object {
  const {at, where, value, allowed} = objection;
  const isOfContainer = at !== undefined && isContainer(at);
  return {
    ...printedError(objection),
    container: isOfContainer ? {name: at.name, list: at.list} : undefined,
    volume: at !== undefined && !isOfContainer ? at.name : undefined,
    at: where,
    value: value === '' ? null : value,
    allowed,
    says: groundsText(objection),
  };
}

/** What would let it in. */
function printedWaysOut({waysOut: {byUse, byChange}, item}: Verdict): object {
  return {
    byUse: byUse.map(way => ({
      policy: way.policy.name,
      mutates: way.mutates,
      opensMore: way.opensMore,
      command: bindLine(way, item),
    })),
    byChange:
      byChange === undefined
        ? null
        : {policy: byChange.policy.name, changes: remarkLines(byChange.changes)},
  };
}

/** A candidate as machine output has it. */
export function printedCandidate({policy, rights, allowed, mutates, errors}: Candidate) {
  return {
    name: policy.name,
    authorizedFor: {
      serviceAccount: rights.serviceAccount ?? null,
      user: rights.requester ?? null,
    },
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
