import {expect, test} from 'vitest';
import type {RbacObjects} from '../../src/rbac/authorize.ts';
import {nearMisses} from '../../src/rbac/nearMisses.ts';
import {processorSeconds} from '../support/run/processorTime.ts';

/** As many roles as bindings, in namespaces of a hundred; no binding is a near miss. */
function rbacOf(count: number): RbacObjects {
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
      roleRef: {kind: 'Role', name: metadata.name},
      subjects: [],
    })) as never,
  };
}

test('four times the bindings take about four times the time', () => {
  const [few, many] = [rbacOf(5_000), rbacOf(20_000)];
  const secondsOf = (rbac: RbacObjects) =>
    Math.min(...Array.from({length: 3}, () => processorSeconds(() => nearMisses(rbac, []))));
  secondsOf(few); // compiles the code
  expect(secondsOf(many)).toBeLessThan(8 * secondsOf(few) + 0.01);
});
