import {expect, test} from 'vitest';
import type {RbacObjects} from '../../src/rbac/authorize.ts';
import {nearMisses} from '../../src/rbac/nearMisses.ts';
import {processorSeconds} from '../support/run/processorTime.ts';

/** As many roles as bindings, in namespaces of a hundred; no binding is a near miss. */
function rbacOf(count: number, suffix = ''): RbacObjects {
  const places = Array.from({length: count}, (_, index) => ({
    namespace: `ns-${Math.floor(index / 100)}`,
    name: `role-${index}`,
  }));
  return {
    clusterRoles: [],
    clusterRoleBindings: [],
    roles: places.map(metadata => ({metadata, rules: []})) as never,
    roleBindings: places.map(metadata => ({
      metadata,
      roleRef: {kind: 'Role', name: `${metadata.name}${suffix}`},
      subjects: [],
    })) as never,
  };
}

test.each([
  ['of roles that exist', ''],
  ['of roles that do not', '-gone'],
])('four times the bindings %s take about four times the time', (_, suffix) => {
  const [few, many] = [rbacOf(5_000, suffix), rbacOf(20_000, suffix)];
  const secondsOf = (rbac: RbacObjects) =>
    Math.min(...Array.from({length: 3}, () => processorSeconds(() => nearMisses(rbac, []))));
  secondsOf(few); // compiles the code
  // Some systems count in steps of a hundredth; in a square it would be seconds.
  expect(secondsOf(many)).toBeLessThan(8 * secondsOf(few) + 0.2);
});
