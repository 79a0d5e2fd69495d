import type {Verdict} from '../admission/judgement.ts';
import {type Authorizer, podIdentity} from '../rbac/authorize.ts';

/**
 * The policies that were granted by name to the account of a pod and would let it in, where it binds to
 * another one that no grant names: some right to everything opens that.
 */
export function passedByName(
  {chosen, granted, item}: Verdict,
  authorizer: Authorizer,
): readonly string[] {
  const {namespace, serviceAccount} = item.submission;
  if (chosen === undefined || serviceAccount === '') return [];
  const account = podIdentity(namespace, serviceAccount);
  const isNamed = (policy: string) =>
    authorizer.grantsOf(account, namespace, policy).some(({policies}) => policies !== undefined);
  if (chosen.rights.serviceAccount !== true || isNamed(chosen.policy.name)) return [];
  return granted
    .filter(({allowed, policy}) => allowed && policy !== chosen.policy && isNamed(policy.name))
    .map(({policy}) => policy.name);
}
