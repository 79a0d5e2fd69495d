import {bindingFor, roleFor, subjectOf} from '../../grant/grantObjects.ts';
import type {Item} from '../../inventory/submissions/items.ts';
import {byText} from '../../text.ts';
import {type Advice, granteesForItems} from '../advice.ts';

/**
 * One ClusterRole for a shared policy, and in each namespace a RoleBinding for the accounts of its workloads
 * there: so an account may use the policy for pods of its own namespace, and no other account may.
 */
export function sharedGrants({policy, items}: Advice): readonly object[] {
  const role = roleFor(policy.metadata.name, undefined);
  const byNamespace = new Map<string, Item[]>();
  for (const item of items) {
    const there = byNamespace.get(item.namespace);
    if (there === undefined) byNamespace.set(item.namespace, [item]);
    else there.push(item);
  }
  const bindings = [...byNamespace]
    .sort(([one], [other]) => byText(one, other))
    .map(([namespace, there]) =>
      bindingFor(role, namespace, granteesForItems(there).map(subjectOf)),
    );
  return [role, ...bindings];
}
