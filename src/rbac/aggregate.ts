import type {LabelSelector, Role, Rule} from '../kube/objects.ts';

/**
 * ClusterRoles with the rules that the aggregation controller would give them (pkg/controller/
 * clusterroleaggregation): for roles from files. A cluster holds them already, and its word counts.
 */
export function aggregateRules(clusterRoles: readonly Role[]): readonly Role[] {
  let roles = clusterRoles;
  // Aggregates may take in aggregates; each round carries rules one step further, and rules only add.
  for (let round = 0; round <= clusterRoles.length; round++) {
    const next = roles.map(role => aggregated(role, roles));
    if (next.every((role, index) => sameRules(role, roles[index]))) return roles;
    roles = next;
  }
  return roles;
}

function aggregated(role: Role, all: readonly Role[]): Role {
  const selectors = role.aggregationRule?.clusterRoleSelectors;
  if (selectors === undefined || selectors.length === 0) return role;
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

/** Whether labels meet all of a selector; an empty one matches everything. */
export function matches(
  {matchLabels = {}, matchExpressions = []}: LabelSelector,
  labels: Readonly<Record<string, string>>,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({key = '', operator, values = []}) => {
      const value = labels[key];
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
