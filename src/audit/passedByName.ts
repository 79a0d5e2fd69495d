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
  if (chosen.rights.serviceAccount !== true) return [];
  const named = authorizer.namedFor(podIdentity(namespace, serviceAccount), namespace);
  if (named.has(chosen.policy.name)) return [];
  return granted
    .filter(({allowed, policy}) => named.has(policy.name) && policy !== chosen.policy && allowed)
    .map(({policy}) => policy.name);
}
