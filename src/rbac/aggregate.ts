import type {LabelSelector, Role, Rule} from '../kube/objects.ts';

/**
 * ClusterRoles with the rules that the aggregation controller would give them (pkg/controller/
 * clusterroleaggregation): for roles from files. A cluster has these rules already, and its word counts.
 */
export function aggregateRules(clusterRoles: readonly Role[]): readonly Role[] {
  // The rules that an aggregated role has itself are overwritten; without them, the rounds only ever add rules.
  let roles = clusterRoles.map(role => (isAggregated(role) ? {...role, rules: []} : role));
  // Aggregated roles may aggregate others; each round carries rules one step further, and rules only add up.
  for (let round = 0; round <= clusterRoles.length; round++) {
    const next = roles.map(role => aggregated(role, roles));
    if (next.every((role, index) => sameRules(role, roles[index]))) return roles;
    roles = next;
  }
  return roles;
}

function isAggregated({aggregationRule}: Role): boolean {
  return (aggregationRule?.clusterRoleSelectors ?? []).length > 0;
}

function aggregated(role: Role, all: readonly Role[]): Role {
  if (!isAggregated(role)) return role;
  const selectors = role.aggregationRule?.clusterRoleSelectors ?? [];
  const rules = new Map<string, Rule>();
  for (const selector of selectors) {
    const chosen = all
      .filter(other => other !== role && matches(selector, other.metadata?.labels ?? {}))
      .sort((a, b) => ((a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1));
    for (const rule of chosen.flatMap(({rules = []}) => rules)) {
      rules.set(JSON.stringify(rule), rule);
    }
  }
  return {...role, rules: [...rules.values()]};
}

function sameRules(one: Role, other: Role | undefined): boolean {
  return JSON.stringify(one.rules) === JSON.stringify(other?.rules);
}

/** Whether labels match a whole selector; an empty one matches everything. */
export function matches(
  {matchLabels = {}, matchExpressions = []}: LabelSelector,
  labels: Readonly<Record<string, string>>,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({key = '', operator, values = []}) => {
      const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
      switch (operator) {
        case 'In':
          return value !== undefined && values.includes(value);
        case 'NotIn':
          return value === undefined || !values.includes(value);
        case 'Exists':
          return value !== undefined;
        case 'DoesNotExist':
          return value === undefined;
        default:
          return false;
      }
    })
  );
}
