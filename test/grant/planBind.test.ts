import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {UserError} from '../../src/errors.ts';
import {
  afterSteps,
  type BindingPlan,
  type GrantTarget,
  grantsJust,
} from '../../src/grant/bindingSteps.ts';
import {planBind} from '../../src/grant/planBind.ts';
import {planUnbind} from '../../src/grant/planUnbind.ts';
import type {Role} from '../../src/kube/objects.ts';
import {
  type Authorizer,
  authorizerOf,
  podIdentity,
  type RbacObjects,
} from '../../src/rbac/authorize.ts';
import type {Grantee} from '../../src/rbac/grantee.ts';
import {type UseRight, whoCan} from '../../src/rbac/whoCan.ts';
import {
  anyRbac,
  askedSubjects,
  decodeRbac,
  namespaces,
  policies,
} from '../support/builders/anyRbac.ts';

const anyTarget: fc.Arbitrary<GrantTarget> = fc
  .tuple(fc.constantFrom(...askedSubjects), fc.constantFrom(undefined, ...namespaces))
  .map(([{kind, namespace, name}, where]) => ({
    subject: {kind, namespace, name},
    namespace: where,
  }));
const anyTargets = fc.array(anyTarget, {minLength: 1, maxLength: 3});
const anyPolicy = fc.constantFrom(...policies);
// A name of its own, or one that may be taken by roles that fit or don't.
const anyRoleName = fc.constantFrom(undefined, 'r1', 'b0', 'new');

/** Every right, as text: policy, subject, scope and the binding that it comes from. */
function rightsOf(rbac: RbacObjects): readonly string[] {
  return rowsOf(authorizerOf(rbac)).flatMap(right =>
    right.via.map(({binding}) => `${keyOf(right)} by ${binding.kind} ${binding.name}`),
  );
}

function rowsOf(authorizer: Authorizer): readonly UseRight[] {
  return whoCan(authorizer, {policies, namespace: undefined, identity: undefined});
}

function keyOf({policy, subject, namespace}: Pick<UseRight, 'policy' | 'subject' | 'namespace'>) {
  return `${policy} to ${userOf(subject)} in ${namespace ?? '*'}`;
}

/** A service account and the user of its name are one. */
function userOf({kind, namespace, name}: Grantee): string {
  if (kind !== 'ServiceAccount') return `${kind} ${name}`;
  return `User ${podIdentity(namespace ?? '', name).user}`;
}

function bindOrClash(...args: Parameters<typeof planBind>): BindingPlan | undefined {
  try {
    return planBind(...args);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

describe('binding', () => {
  test('gives the policy to just the targets where they are named, and takes nothing', () => {
    let planned = 0;
    fc.assert(
      fc.property(anyRbac, anyPolicy, anyTargets, anyRoleName, (objects, policy, targets, name) => {
        const rbac = decodeRbac(objects);
        const plan = bindOrClash(rbac, {policy, targets, roleName: name});
        if (plan === undefined) return;
        planned += 1;
        const [before, after] = [rightsOf(rbac), rightsOf(afterSteps(rbac, plan.steps))];
        expect(after).toEqual(expect.arrayContaining([...before]));
        const wanted = targets.map(({subject, namespace}) => keyOf({policy, subject, namespace}));
        const gained = after.filter(right => !before.includes(right));
        for (const right of gained) expect(wanted).toContain(right.split(' by ')[0]);
        for (const key of wanted) {
          expect(after.map(right => right.split(' by ')[0])).toContain(key);
        }
      }),
      {numRuns: 200},
    );
    expect(planned).toBeGreaterThan(100);
  });

  test('a second time has nothing to do, and unbinding takes back what binding gave', () => {
    fc.assert(
      fc.property(anyRbac, anyPolicy, anyTargets, (objects, policy, targets) => {
        const rbac = decodeRbac(objects);
        const bound = afterSteps(
          rbac,
          planBind(rbac, {policy, targets, roleName: undefined}).steps,
        );
        expect(planBind(bound, {policy, targets, roleName: undefined}).steps).toEqual([]);
        const plan = planUnbind(bound, policy, targets);
        const names = ({clusterRoles, roles, clusterRoleBindings, roleBindings}: RbacObjects) =>
          [clusterRoles, roles, clusterRoleBindings, roleBindings].flatMap(list =>
            list.map(({metadata}) => `${metadata?.namespace}/${metadata?.name}`),
          );
        const left = names(afterSteps(bound, plan.steps)).filter(name => name.endsWith('psp'));
        expect(left).toEqual([]);
        // What the program made is gone; what others made stays.
        expect(names(afterSteps(bound, plan.steps)).toSorted()).toEqual(names(rbac).toSorted());
      }),
      {numRuns: 100},
    );
  });
});

/** With grants of the policy alone that the program has not made. */
function boundByOthers(
  rbac: RbacObjects,
  policy: string,
  targets: readonly GrantTarget[],
): RbacObjects {
  const {steps} = planBind(rbac, {policy, targets, roleName: undefined});
  const unlabelled = <T extends RbacObjects['roles'][number] | RbacObjects['roleBindings'][number]>(
    object: T,
  ): T => ({...object, metadata: {...object.metadata, labels: {}}});
  const {clusterRoles, roles, clusterRoleBindings, roleBindings} = afterSteps(rbac, steps);
  return {
    clusterRoles: clusterRoles.map(unlabelled),
    roles: roles.map(unlabelled),
    clusterRoleBindings: clusterRoleBindings.map(unlabelled),
    roleBindings: roleBindings.map(unlabelled),
  };
}

describe('unbinding', () => {
  test('takes just these grants, names those that it leaves, and nobody else loses a thing', () => {
    let removed = 0;
    fc.assert(
      fc.property(anyRbac, anyPolicy, anyTargets, anyTargets, (objects, policy, bound, more) => {
        const rbac = boundByOthers(decodeRbac(objects), policy, bound);
        const targets = [...bound.slice(1), ...more];
        const plan = planUnbind(rbac, policy, targets);
        const authorizer = authorizerOf(rbac);
        const isAsked = (right: UseRight, namespace: string | undefined) =>
          right.policy === policy &&
          targets.some(
            target =>
              userOf(target.subject) === userOf(right.subject) &&
              (target.namespace === undefined || target.namespace === namespace),
          );
        const expected = rowsOf(authorizer).flatMap(right =>
          right.via
            .filter(({binding, role}) => {
              const list = role.kind === 'ClusterRole' ? rbac.clusterRoles : rbac.roles;
              const body = list.find(
                ({metadata}) =>
                  metadata?.name === role.name && metadata?.namespace === role.namespace,
              );
              const isClean = body !== undefined && grantsJust(body, policy);
              return !isClean || !isAsked(right, binding.namespace);
            })
            .map(({binding}) => `${keyOf(right)} by ${binding.kind} ${binding.name}`),
        );
        const after = rightsOf(afterSteps(rbac, plan.steps));
        expect(after.toSorted()).toEqual(expected.toSorted());
        removed += rightsOf(rbac).length - after.length;
        const asked = rowsOf(authorizerOf(afterSteps(rbac, plan.steps))).some(right =>
          right.via.some(({binding}) => isAsked(right, binding.namespace)),
        );
        expect(plan.kept.length > 0).toBe(asked);
        // Nothing here was made by the program.
        expect(plan.steps.every(({action}) => action === 'update')).toBe(true);
      }),
      {numRuns: 200},
    );
    expect(removed).toBeGreaterThan(20);
  });
});

test('a role grants just a policy if it opens nothing else at all', () => {
  const role = (rule: object, more: object = {}) =>
    ({
      metadata: {name: 'r'},
      rules: [
        {
          apiGroups: ['policy'],
          resources: ['podsecuritypolicies'],
          resourceNames: ['web'],
          verbs: ['use'],
          ...rule,
        },
      ],
      ...more,
    }) as unknown as Role;
  expect(grantsJust(role({}), 'web')).toBe(true);
  expect(grantsJust(role({apiGroups: ['extensions', 'policy']}), 'web')).toBe(true);
  expect(grantsJust(role({}), 'other')).toBe(false);
  for (const rule of [
    {verbs: ['use', 'get']},
    {verbs: ['*']},
    {verbs: []},
    {apiGroups: ['*']},
    {resources: ['pods', 'podsecuritypolicies']},
    {resourceNames: []},
    {resourceNames: ['web', 'other']},
  ]) {
    expect(grantsJust(role(rule), 'web')).toBe(false);
  }
  const aggregationRule = {clusterRoleSelectors: []};
  expect(grantsJust(role({}, {aggregationRule}), 'web')).toBe(false);
  expect(grantsJust({...role({}), rules: []}, 'web')).toBe(false);
});
