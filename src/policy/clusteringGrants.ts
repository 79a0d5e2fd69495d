import type {Item} from '../inventory/items.ts';
import {type Advice, granteesOf} from './advice.ts';
import {roleFor, subjectOf} from './grants.ts';

const rbac = 'rbac.authorization.k8s.io';

/**
 * One ClusterRole for a shared policy, and in each namespace a RoleBinding for those of its workloads that
 * are there: so an account may use the policy for pods of its own namespace, and no other account may.
 */
export function sharedGrants({policy, items}: Advice): readonly object[] {
  const role = roleFor(policy.metadata.name, undefined);
  const {name} = role.metadata;
  const byNamespace = new Map<string, Item[]>();
  for (const item of items) {
    const there = byNamespace.get(item.namespace);
    if (there === undefined) byNamespace.set(item.namespace, [item]);
    else there.push(item);
  }
  const bindings = [...byNamespace]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([namespace, there]) => ({
      apiVersion: role.apiVersion,
      kind: 'RoleBinding',
      metadata: {name, namespace},
      roleRef: {apiGroup: rbac, kind: role.kind, name},
      subjects: granteesOf(there).map(subjectOf),
    }));
  return [role, ...bindings];
}
