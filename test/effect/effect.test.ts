import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {judgeOf} from '../../src/admission/judge.ts';
import type {Verdict} from '../../src/admission/judgement.ts';
import {controls} from '../../src/controls/index.ts';
import {demoSnapshot} from '../../src/demo/index.ts';
import {effectOf} from '../../src/effect/effect.ts';
import {impactKinds, impactOf, withDrafts} from '../../src/effect/impact.ts';
import {inventoryOfSnapshot} from '../../src/inventory/files/snapshot.ts';
import {emptyInventory, type Inventory} from '../../src/inventory/inventory.ts';
import {decodeWorkload} from '../../src/inventory/kinds/workloads.ts';
import {itemKey, itemsOf} from '../../src/inventory/submissions/items.ts';
import type {Policy} from '../../src/kube/objects.ts';
import {decodePod} from '../../src/kube/pod.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {runsOf} from '../support/run/runs.ts';

const demo = inventoryOfSnapshot(demoSnapshot, 'demo');

function verdictsOf(inventory: Inventory): readonly Verdict[] {
  return itemsOf(inventory).map(judgeOf(inventory).verdict);
}

/** All that counts as a shift, in one text. */
function fateOf({chosen, changes}: Pick<Verdict, 'chosen' | 'changes'>): string {
  return chosen === undefined ? 'denied' : `${chosen.policy.name} ${JSON.stringify(changes)}`;
}

const anyStep: fc.Arbitrary<Policy> = fc
  .tuple(fc.constantFrom(...demo.policies), fc.constantFrom(...controls), fc.nat())
  .map(([policy, control, nth]) => {
    const steps = control.steps(policy, lastRelease);
    return steps[nth % Math.max(1, steps.length)]?.value ?? policy;
  });

/** The demo with some policies deleted or edited, and some of its bindings gone or widened. */
const anyChange: fc.Arbitrary<Inventory> = fc
  .record({
    deleted: fc.subarray(
      demo.policies.map(({metadata}) => metadata.name),
      {maxLength: 3},
    ),
    edited: fc.array(anyStep, {maxLength: 3}),
    unbound: fc.subarray([...demo.rbac.roleBindings], {maxLength: 4}),
    unboundEverywhere: fc.subarray([...demo.rbac.clusterRoleBindings], {maxLength: 2}),
    everybody: fc.option(fc.constantFrom(...demo.rbac.clusterRoleBindings), {nil: undefined}),
  })
  .map(({deleted, edited, unbound, unboundEverywhere, everybody}) => {
    const drafts = new Map(edited.map(policy => [policy.metadata.name, policy]));
    const group = {
      kind: 'Group',
      name: 'system:serviceaccounts',
      apiGroup: 'rbac.authorization.k8s.io',
      namespace: undefined,
    };
    return {
      ...demo,
      policies: demo.policies
        .filter(({metadata}) => !deleted.includes(metadata.name))
        .map(policy => drafts.get(policy.metadata.name) ?? policy),
      rbac: {
        ...demo.rbac,
        roleBindings: demo.rbac.roleBindings.filter(binding => !unbound.includes(binding)),
        clusterRoleBindings: demo.rbac.clusterRoleBindings
          .filter(binding => !unboundEverywhere.includes(binding))
          .map(binding =>
            binding === everybody
              ? {...binding, subjects: [...(binding.subjects ?? []), group]}
              : binding,
          ),
      },
    };
  });

describe('the effect of a change', () => {
  test('is what judging everything before and after says, for policies and rights at once', () => {
    const before = new Map(verdictsOf(demo).map(verdict => [itemKey(verdict.item), verdict]));
    fc.assert(
      fc.property(anyChange, after => {
        const expected = verdictsOf(after).flatMap(now => {
          const was = before.get(itemKey(now.item));
          return was !== undefined && fateOf(was) === fateOf(now)
            ? []
            : [[itemKey(now.item), was && fateOf(was), fateOf(now), was?.message, now.message]];
        });
        const {shifts, same} = effectOf(demo, after);
        expect(
          shifts.map(shift => [
            itemKey(shift.item),
            shift.before && fateOf(shift.before),
            shift.after && fateOf(shift.after),
            shift.before?.message,
            shift.after?.message,
          ]),
        ).toEqual(expected);
        expect(same).toBe(before.size - expected.length);
      }),
      {numRuns: runsOf(60)},
    );
  });

  test('goes both ways', () => {
    const opposite = {
      denied: 'admitted',
      admitted: 'denied',
      move: 'move',
      unknown: 'known',
      known: 'unknown',
      altered: 'altered',
      warned: undefined, // only where labels decide
      new: 'gone',
      gone: 'new',
    } as const;
    fc.assert(
      fc.property(anyChange, after => {
        const there = effectOf(demo, after).shifts;
        const back = effectOf(after, demo).shifts;
        expect(back.map(({item}) => itemKey(item))).toEqual(there.map(({item}) => itemKey(item)));
        for (const [index, {kind}] of there.entries()) {
          // A pod that is changed where it was not may have been moved as well.
          const isUnknown = there[index]?.before?.allowed === undefined;
          if (isUnknown || kind === 'mutated' || back[index]?.kind === 'mutated') continue;
          expect(back[index]?.kind).toBe(opposite[kind]);
        }
      }),
      {numRuns: 20},
    );
  });

  test('is nothing without a change', () => {
    expect(effectOf(demo, {...demo})).toEqual({
      shifts: [],
      same: itemsOf(demo).length,
      unread: undefined,
    });
  });

  test('tells what is new from what is gone, also where names are given by the server', () => {
    const job = (generateName: string) =>
      decodeWorkload({
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: {generateName, namespace: 'a'},
        spec: {template: {spec: {containers: [{name: 'c'}]}}},
      });
    const before = {...emptyInventory, workloads: [job('x-'), job('x-')]};
    const after = {...emptyInventory, workloads: [job('x-'), job('y-'), job('x-'), job('x-')]};
    const kinds = effectOf(before, after).shifts.map(({kind}) => kind);
    expect(kinds).toEqual(['new', 'new']);
    expect(effectOf(after, before).shifts.map(({kind}) => kind)).toEqual(['gone', 'gone']);
  });
});

test('pods whose creator is unknown are judged by what everybody may use, and not for the caller', () => {
  const pod = (name: string, owner?: object) =>
    decodePod({
      metadata: {name, namespace: 'a', ownerReferences: owner === undefined ? [] : [{...owner}]},
      spec: {containers: [{name: 'c'}]},
    });
  const before: Inventory = {
    ...emptyInventory,
    origin: 'cluster',
    policies: demo.policies.filter(({metadata}) => metadata.name === 'privileged'),
    pods: [pod('bare'), pod('owned', {kind: 'Custom', name: 'x', controller: true})],
    caller: {user: 'me', answers: [{namespace: 'a', policy: 'privileged', allowed: true}]},
  };
  expect(effectOf(before, {...before, policies: []})).toEqual({shifts: [], same: 2});
  const open = {...before, rbac: free.rbac};
  const {shifts} = effectOf(open, {...open, policies: []});
  expect(shifts.map(({kind, item}) => [kind, item.name])).toEqual([
    ['denied', 'bare'],
    ['denied', 'owned'],
  ]);
});

/** The demo, where all pods may use all policies, also those that are not there yet. */
const free: Inventory = {
  ...demo,
  rbac: {
    ...demo.rbac,
    clusterRoleBindings: demo.rbac.clusterRoleBindings.map(binding =>
      binding.roleRef?.name === 'cluster-admin'
        ? {
            ...binding,
            subjects: [
              {
                kind: 'Group',
                name: 'system:serviceaccounts',
                apiGroup: undefined,
                namespace: undefined,
              },
            ],
          }
        : binding,
    ),
  },
};

/** An edit, perhaps under a name that is new, before or after all others. */
const anyDraft = fc
  .tuple(anyStep, fc.constantFrom(undefined, '0-new', 'zz-new'))
  .map(
    ([policy, name]): Policy =>
      name === undefined ? policy : {...policy, metadata: {...policy.metadata, name}},
  );

describe.each([
  ['of the demo', demo],
  ['where all may use all', free],
])(
  'the impact of drafts %s, with its shortcut for what cannot come out differently',
  (_, inventory) => {
    test('is what judging everything again says, for any edits', () => {
      const verdicts = verdictsOf(inventory);
      fc.assert(
        fc.property(fc.array(anyDraft, {minLength: 1, maxLength: 3}), drafts => {
          const unique = [...new Map(drafts.map(draft => [draft.metadata.name, draft])).values()];
          const impact = impactOf({inventory, verdicts}, unique);
          const judge = judgeOf(withDrafts(inventory, unique));
          const listed = new Map(
            impactKinds.flatMap(kind =>
              impact[kind].map(moved => [itemKey(moved.before.item), {kind, moved}] as const),
            ),
          );
          for (const before of verdicts) {
            const after = judge.verdict(before.item);
            const found = listed.get(itemKey(before.item));
            const name = ({chosen}: Verdict) => chosen?.policy.name;
            const isChanged = !before.chosen?.mutates && after.chosen?.mutates === true;
            if (name(before) === name(after) && !isChanged) {
              expect(['stay', 'couldUse', undefined]).toContain(found?.kind);
            } else {
              expect(name(found?.moved.after ?? before)).toBe(name(after));
              expect(found?.moved.after.chosen?.mutates).toBe(after.chosen?.mutates);
            }
          }
        }),
        {numRuns: runsOf(60)},
      );
    });
  },
);
