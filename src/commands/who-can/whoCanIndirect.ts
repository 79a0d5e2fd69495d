import type {Inventory} from '../../inventory/inventory.ts';
import {dangerousPodRights} from '../../policy/danger.ts';
import type {Authorizer} from '../../rbac/authorize.ts';
import {isPartOf} from '../../rbac/grantee.ts';
import {type IndirectRight, indirectRights, podMakers} from '../../rbac/indirect.ts';
import type {WhoCanQuestion} from '../../rbac/whoCan.ts';

/** Who could get the policies that are asked about without being given them; only the subject, if one is asked about. */
export function indirectPowers(
  {rbac, policies}: Inventory,
  {policies: names, namespace, identity}: WhoCanQuestion,
  authorizer: Authorizer,
): readonly IndirectRight[] {
  const asked = policies.filter(({metadata}) => names.includes(metadata.name));
  const opened = dangerousPodRights(asked, authorizer);
  return [...indirectRights(rbac, namespace), ...podMakers(rbac, namespace, opened)].filter(
    ({subject}) => identity === undefined || isPartOf(subject, identity),
  );
}
