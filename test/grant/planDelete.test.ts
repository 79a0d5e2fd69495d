import fc from 'fast-check';
import {expect, test} from 'vitest';
import {afterSteps} from '../../src/grant/bindingSteps.ts';
import {planBind} from '../../src/grant/planBind.ts';
import {planDeletion} from '../../src/grant/planDelete.ts';
import {targetsLike} from '../../src/grant/targetsLike.ts';
import {authorizerOf, podIdentity, type RbacObjects} from '../../src/rbac/authorize.ts';
import type {Grantee} from '../../src/rbac/grantee.ts';
import {whoCan} from '../../src/rbac/whoCan.ts';
import {anyRbac, decodeRbac, policies} from '../support/builders/anyRbac.ts';

const anyPolicy = fc.constantFrom(...policies);

/** Who may use a policy and where, as text; a service account and the user of its name are one. */
function rightsTo(rbac: RbacObjects, policy: string): readonly string[] {
  const question = {policies: [policy], namespace: undefined, identity: undefined};
  return whoCan(authorizerOf(rbac), question).map(
    ({subject, namespace}) => `${userOf(subject)} in ${namespace ?? '*'}`,
  );
}

function userOf({kind, namespace, name}: Grantee): string {
  if (kind !== 'ServiceAccount') return `${kind} ${name}`;
  return `User ${podIdentity(namespace ?? '', name).user}`;
}

test('what goes with a policy opens no other policy, and what stays of its grants is named', () => {
  fc.assert(
    fc.property(anyRbac, anyPolicy, (objects, policy) => {
      const rbac = decodeRbac(objects);
      const plan = planDeletion({rbac}, policy, {keepGrants: false});
      const after = afterSteps(rbac, plan.steps);
      for (const other of policies.filter(name => name !== policy)) {
        expect(rightsTo(after, other)).toEqual(rightsTo(rbac, other));
      }
      const again = planDeletion({rbac: after}, policy, {keepGrants: false});
      expect(again.steps).toEqual([]);
      expect(planDeletion({rbac}, policy, {keepGrants: true}).steps).toEqual([]);
    }),
  );
});

test('a policy bound like another may be used by all who may use that, and by nobody else', () => {
  fc.assert(
    fc.property(anyRbac, anyPolicy, anyPolicy, (objects, policy, like) => {
      const rbac = decodeRbac(objects);
      const {targets} = targetsLike(rbac, {policy, like}, undefined);
      const {steps} = planBind(rbac, {policy, targets, roleName: 'of-its-own'});
      const after = afterSteps(rbac, steps);
      const wanted = new Set([...rightsTo(rbac, policy), ...rightsTo(rbac, like)]);
      const got = new Set(rightsTo(after, policy));
      for (const right of got) expect(wanted).toContain(right);
      for (const right of rightsTo(rbac, like)) {
        const everywhere = right.replace(/ in [^ ]+$/, ' in *');
        expect(got.has(right) || got.has(everywhere)).toBe(true);
      }
    }),
  );
});
