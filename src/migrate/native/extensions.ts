import type {Inventory} from '../../inventory/inventory.ts';

/**
 * Whether rights have to be asked for in the old group `extensions` as well: if a rule grants the use of policies
 * there and not in `policy`, or if not all roles could be read.
 */
export function needsExtensions({rbac, gaps}: Pick<Inventory, 'rbac' | 'gaps'>): boolean {
  if (gaps.some(({resource}) => resource === 'clusterroles' || resource === 'roles')) return true;
  return [...rbac.clusterRoles, ...rbac.roles].some(({rules = []}) =>
    rules.some(
      ({apiGroups = [], resources = [], verbs = []}) =>
        apiGroups.includes('extensions') &&
        !apiGroups.includes('policy') &&
        !apiGroups.includes('*') &&
        (resources.includes('podsecuritypolicies') || resources.includes('*')) &&
        (verbs.includes('use') || verbs.includes('*')),
    ),
  );
}
