import type {RefusedPolicy} from '../inventory/inventory.ts';
import {fieldErrorText} from '../kube/fieldError.ts';
import type {Policy} from '../kube/objects.ts';
import {policyErrors} from './evaluate.ts';

/** Why a policy in a file can't exist; undefined if it can. One with a uid has been stored already. */
export function refusalOf(policy: Policy): RefusedPolicy | undefined {
  const [error] = policy.metadata.uid === undefined ? policyErrors(policy) : [];
  return error === undefined ? undefined : {policy, reason: fieldErrorText(error)};
}

/** The refusal of a policy in a sentence without a full stop. */
export function refusalText({policy, reason}: RefusedPolicy): string {
  return `PodSecurityPolicy ${policy.metadata.name} is invalid, the API server would refuse it: ${reason}`;
}
