import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {judgeOf} from '../../src/admission/judge.ts';
import {answerOf, type Reuse, reuseFor} from '../../src/advice/reuse.ts';
import {planReuse} from '../../src/advice/reusePlan.ts';
import {scopes} from '../../src/advice/scope.ts';
import {demoSnapshot} from '../../src/demo/index.ts';
import {inventoryOfSnapshot} from '../../src/inventory/files/snapshot.ts';
import {type Item, templatesOf} from '../../src/inventory/submissions/items.ts';
import type {Policy} from '../../src/kube/objects.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {openPolicy} from '../../src/policy/comparePolicies.ts';
import {orderOf} from '../../src/policy/direction.ts';
import {notAmongFiles} from '../../src/rbac/unreadRbac.ts';
import {anyPolicyFrom, somePolicies} from '../support/builders/anyPolicy.ts';
import {clusterWith} from '../support/builders/inventory.ts';
import {leavesAlone, prepared} from '../support/builders/judge.ts';
import {policyObject} from '../support/builders/policies.ts';
import {runsOf} from '../support/run/runs.ts';

const demo = inventoryOfSnapshot(demoSnapshot, 'demo');
const items = templatesOf(demo);

/** Policies of all kinds, p0, p1 and so on; some are the least of a group and steps away from it. */
const shelf = fc
  .array(
    fc
      .constantFrom(
        ...somePolicies,
        ...reuseFor(items, 'service-account', {policies: [], release: lastRelease}, false).map(
          ({advice}) => advice.policy,
        ),
      )
      .chain(anyPolicyFrom),
    {maxLength: 12},
  )
  .map(policies =>
    policies.map((policy, index) => ({
      ...policy,
      metadata: {...policy.metadata, name: `p${index}`},
    })),
  );

/** Whether a policy, as the only one, lets an item in, and the server takes what it makes of it. */
const admits = (policy: Policy, item: Item) =>
  judgeOf({...demo, policies: [policy]}, {assumeAuthorized: true}).verdict(item).allowed === true;

const podsOf = ({advice}: Reuse) => advice.items.map(({submission}) => submission.view);

describe('reusing policies', () => {
  test('names the tightest that let the pods through, and a new one only where it is tighter', () => {
    let reused = 0;
    fc.assert(
      fc.property(shelf, fc.constantFrom(...scopes), fc.boolean(), (policies, scope, mayFill) => {
        const fits = (policy: Policy, reuse: Reuse) =>
          prepared(policy).unusable === undefined &&
          (mayFill
            ? reuse.advice.items.every(item => admits(policy, item))
            : podsOf(reuse).every(pod => leavesAlone(policy, pod, openPolicy)));
        for (const reuse of reuseFor(
          items,
          scope,
          {policies: policies, release: lastRelease},
          mayFill,
        )) {
          const fitting = policies.filter(policy => fits(policy, reuse));
          const minimal = fitting.filter(
            one => !fitting.some(other => orderOf(one, other, lastRelease) === 'tighter'),
          );
          expect(new Set(reuse.existing)).toEqual(new Set(minimal));
          const [first] = reuse.existing;
          const isTighter =
            first === undefined || orderOf(first, reuse.advice.policy, lastRelease) === 'tighter';
          expect(reuse.isNew).toBe(isTighter);
          expect(answerOf(reuse)).toBe(isTighter ? reuse.advice.policy : first);
          if (!isTighter) reused += 1;
        }
      }),
      {numRuns: runsOf(60)},
    );
    expect(reused).toBeGreaterThan(0);
  });

  test('never names one that makes a pod invalid', () => {
    const world = clusterWith([
      policyObject('a-narrow', {
        privileged: true,
        allowPrivilegeEscalation: false,
        volumes: ['*'],
      }),
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: {name: 'agent', namespace: 'shop'},
        spec: {
          template: {
            spec: {containers: [{name: 'c', image: 'x', securityContext: {privileged: true}}]},
          },
        },
      },
    ]);
    const [only] = reuseFor(
      templatesOf(world),
      'workload',
      {policies: world.policies, release: lastRelease},
      true,
    );
    expect(only).toMatchObject({existing: [], isNew: true});
  });

  test('applying a least policy makes it the one to reuse', () => {
    const [once] = reuseFor(
      items,
      'service-account',
      {policies: demo.policies, release: lastRelease},
      false,
    );
    const policies = reuseFor(
      items,
      'service-account',
      {policies: [], release: lastRelease},
      false,
    ).map(({advice}) => advice.policy);
    const again = reuseFor(
      items,
      'service-account',
      {policies: [...demo.policies, ...policies], release: lastRelease},
      false,
    );
    expect(once?.isNew).toBe(true);
    expect(again.filter(({isNew}) => isNew)).toEqual([]);
  });
});

describe('the plan', () => {
  test('its grants make the answers come true, but where it says that they do not', () => {
    const reuses = reuseFor(
      items,
      'service-account',
      {policies: demo.policies, release: lastRelease},
      false,
    );
    const {overtaken, grants} = planReuse(reuses, demo);
    expect(overtaken.size).toBe(0);
    // restricted is reused by two accounts of payments, of which both may use it already.
    expect(grants).toEqual([]);
  });

  test('grants an existing policy once a namespace, to those who may not use it', () => {
    const bare = {...demo, rbac: {...demo.rbac, roleBindings: [], clusterRoleBindings: []}};
    const payments = items.filter(({namespace}) => namespace === 'payments');
    const reuses = reuseFor(
      payments,
      'service-account',
      {policies: demo.policies, release: lastRelease},
      false,
    );
    const {grants, overtaken} = planReuse(reuses, bare);
    expect(overtaken.size).toBe(0);
    expect(grants).toMatchObject([
      {kind: 'Role', metadata: {name: 'psp:reuse:restricted', namespace: 'payments'}},
      {
        kind: 'RoleBinding',
        metadata: {name: 'psp:reuse:restricted', namespace: 'payments'},
        roleRef: {kind: 'Role', name: 'psp:reuse:restricted'},
        subjects: [{name: 'card-vault'}, {name: 'payment-api'}],
      },
    ]);
  });

  test('a binding of that name keeps its subjects', () => {
    const name = 'psp:reuse:restricted';
    const bound = {
      metadata: {name, namespace: 'payments', uid: undefined, labels: undefined},
      roleRef: {apiGroup: undefined, kind: 'Role', name: 'elsewhere'},
      subjects: [
        {kind: 'ServiceAccount', apiGroup: undefined, namespace: 'payments', name: 'other'},
      ],
    };
    const rbac = {...demo.rbac, clusterRoleBindings: [], roleBindings: [bound]};
    const payments = items.filter(({namespace}) => namespace === 'payments');
    const reuses = reuseFor(
      payments,
      'service-account',
      {policies: demo.policies, release: lastRelease},
      false,
    );
    const {grants} = planReuse(reuses, {...demo, rbac});
    expect(grants.at(-1)).toMatchObject({
      subjects: [{name: 'other'}, {name: 'card-vault'}, {name: 'payment-api'}],
    });
  });

  test('replaces no binding of a cluster that was not read', () => {
    const rbac = {...demo.rbac, roleBindings: [], clusterRoleBindings: []};
    const payments = items.filter(({namespace}) => namespace === 'payments');
    const reuses = reuseFor(
      payments,
      'service-account',
      {policies: demo.policies, release: lastRelease},
      false,
    );
    const gap = {resource: 'rolebindings', namespace: 'payments', reason: 'forbidden'};
    const left = planReuse(reuses, {...demo, rbac, gaps: [gap]});
    expect(left.grants).toEqual([]);
    expect(left.unread).toMatchObject([
      {policy: 'restricted', namespace: 'payments', needs: ['rolebindings'], isWritten: false},
    ]);
    const elsewhere = planReuse(reuses, {...demo, rbac, gaps: [{...gap, namespace: 'ingress'}]});
    expect(elsewhere.grants).toHaveLength(2);
    expect(elsewhere.unread).toEqual([]);
    // Files may leave bindings to others: what would be replaced there is said.
    const absent = {resource: 'rolebindings', namespace: undefined, reason: notAmongFiles};
    const files = planReuse(reuses, {...demo, rbac, gaps: [absent]});
    expect(files.grants).toHaveLength(2);
    expect(files.unread).toMatchObject([{needs: ['rolebindings'], isWritten: true}]);
  });

  test('tells which policy comes first by name all the same', () => {
    const early = demo.policies.map(policy =>
      policy.metadata.name === 'privileged'
        ? {...policy, metadata: {...policy.metadata, name: '000-all'}}
        : policy,
    );
    const everybody = {
      metadata: {name: 'all', namespace: undefined, uid: undefined, labels: undefined},
      roleRef: {apiGroup: undefined, kind: 'ClusterRole', name: 'all'},
      subjects: [
        {kind: 'Group', apiGroup: undefined, namespace: undefined, name: 'system:serviceaccounts'},
      ],
    };
    const all = {
      metadata: {name: 'all', namespace: undefined, uid: undefined, labels: undefined},
      aggregationRule: undefined,
      rules: [
        {
          verbs: ['use'],
          apiGroups: ['policy'],
          resources: ['podsecuritypolicies'],
          resourceNames: ['000-all'],
        },
      ],
    };
    const inventory = {
      ...demo,
      policies: early,
      rbac: {...demo.rbac, clusterRoles: [all], clusterRoleBindings: [everybody]},
    };
    const payments = items.filter(({name}) => name === 'card-vault');
    const reuses = reuseFor(
      payments,
      'service-account',
      {policies: early, release: lastRelease},
      false,
    );
    const {overtaken} = planReuse(reuses, inventory);
    expect([...overtaken.values()]).toEqual([[{policy: '000-all', items: payments}]]);
  });
});
