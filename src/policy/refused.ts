import type {Inventory, RefusedPolicy} from '../inventory/inventory.ts';
import {fieldErrorText} from '../kube/fieldError.ts';
import type {Policy} from '../kube/objects.ts';
import type {Release} from '../kube/release.ts';
import {policyErrors} from './evaluate.ts';

/** Why a policy in a file can't exist; undefined if it can. One with a uid has been stored already. */
export function refusalOf(policy: Policy, release: Release): RefusedPolicy | undefined {
  const [error] = policy.metadata.uid === undefined ? policyErrors(policy, release) : [];
  return error === undefined ? undefined : {policy, reason: fieldErrorText(error)};
}

/** The refusal of a policy in a sentence without a full stop. */
export function refusalText({policy, reason}: RefusedPolicy): string {
  return `PodSecurityPolicy ${policy.metadata.name} is invalid, the API server would refuse it: ${reason}`;
}

/** What files hold, as a server of another release would store it. */
export function storedIn(release: Release, files: Inventory): Inventory {
  if (release === files.release) return files;
  const {policies, refused = []} = files;
  const isInvalid = ({policy, reason}: RefusedPolicy) =>
    refusalOf(policy, files.release)?.reason === reason;
  const invalid = refused.filter(isInvalid);
  const all = [...policies, ...invalid.map(({policy}) => policy)];
  return {
    ...files,
    release,
    policies: all.filter(policy => refusalOf(policy, release) === undefined),
    refused: [
      ...refused.filter(one => !isInvalid(one)),
      ...all.flatMap(policy => refusalOf(policy, release) ?? []),
    ],
  };
}
