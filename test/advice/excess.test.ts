import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {judgeOf} from '../../src/admission/judge.ts';
import {boundTo, excessByControl} from '../../src/advice/excess.ts';
import {demoSnapshot} from '../../src/demo/index.ts';
import {inventoryOfSnapshot} from '../../src/inventory/files/snapshot.ts';
import {emptyInventory} from '../../src/inventory/inventory.ts';
import {type Item, templatesOf} from '../../src/inventory/submissions/items.ts';
import type {Json} from '../../src/kube/json.ts';
import {decodePod} from '../../src/kube/pod.ts';
import {isNonEmpty, type NonEmpty} from '../../src/nonEmpty.ts';
import {openPolicy} from '../../src/policy/comparePolicies.ts';
import {anyPolicy} from '../support/builders/anyPolicy.ts';
import {leavesAlone, lets} from '../support/builders/judge.ts';
import {runsOf} from '../support/run/runs.ts';

const demo = inventoryOfSnapshot(demoSnapshot, 'demo');
const items = templatesOf(demo);
const one = fc.constantFrom(...items);
const some = fc
  .tuple(one, fc.uniqueArray(one, {maxLength: 3}))
  .map(([first, rest]): NonEmpty<Item> => [first, ...rest]);

describe('the excess of a policy', () => {
  test('a value that could be tighter can be: all pods that got in still do', () => {
    let tightened = 0;
    fc.assert(
      fc.property(anyPolicy, some, (policy, group) => {
        const pods = group.map(({submission}) => submission.view);
        const unchanged = pods.every(pod => leavesAlone(policy, pod, openPolicy));
        if (!unchanged) return;
        for (const {control, state, least} of excessByControl(policy, group, false)) {
          if (state !== 'excess') continue;
          tightened += 1;
          const tighter = control.copy(least, policy);
          expect(pods.filter(pod => !lets(tighter, pod))).toEqual([]);
        }
      }),
      {numRuns: runsOf(500)},
    );
    expect(tightened).toBeGreaterThan(runsOf(100));
  });

  test('of a policy that lets the pods through unchanged, no control is stricter than they say', () => {
    fc.assert(
      fc.property(anyPolicy, some, (policy, group) => {
        const pods = group.map(({submission}) => submission.view);
        if (!pods.every(pod => leavesAlone(policy, pod, openPolicy))) return;
        const states = excessByControl(policy, group, false).map(({control, state}) => [
          control.id,
          state,
        ]);
        expect(states.filter(([, state]) => state === 'stricter')).toEqual([]);
      }),
      {numRuns: runsOf(500)},
    );
  });

  test('the least value fills nothing in where one that does not is tighter, too', () => {
    const group = items.filter(({name}) => name === 'network-agent');
    if (!isNonEmpty(group)) throw new Error('the demo has no network-agent');
    const least = (mayFill: boolean) => {
      const found = excessByControl(openPolicy, group, mayFill);
      const capabilities = found.find(({control}) => control.id === 'capabilities');
      return capabilities?.control.describe(capabilities.least);
    };
    expect(least(false)).toBe('may add NET_ADMIN, SYS_MODULE');
    expect(least(true)).toBe('may add NET_ADMIN, SYS_MODULE; must drop ALL');
  });

  test('says who needs what', () => {
    const group = items.filter(({name}) => name === 'network-agent');
    if (!isNonEmpty(group)) throw new Error('the demo has no network-agent');
    const found = excessByControl(openPolicy, group, false);
    const capabilities = found.find(({control}) => control.id === 'capabilities');
    expect(capabilities?.state).toBe('excess');
    expect(capabilities?.needs.map(({need}) => need)).toContain('adds NET_ADMIN');
    expect(capabilities?.needs[0]?.items).toEqual(group);
  });
});

test('bound are those that admission binds, and bare pods as their annotation says', () => {
  const judge = judgeOf(demo);
  for (const {metadata} of demo.policies) {
    const bound = boundTo(metadata.name, items, demo);
    for (const item of items) {
      const {chosen} = judge.verdict(item);
      const {isBare, isLivePod} = item.submission;
      const wanted =
        isBare && isLivePod && item.admittedBy !== undefined
          ? item.admittedBy
          : chosen?.policy.name;
      expect(bound.includes(item)).toBe(wanted === metadata.name);
    }
  }
  expect(boundTo('privileged', items, demo).length).toBeGreaterThan(0);
});

test('a pod of an unknown controller is bound to what it would get now, a bare one to what it has', () => {
  const owned = {apiVersion: 'x/v1', kind: 'Widget', name: 'w', uid: 'u', controller: true};
  const pod = (name: string, ownerReferences: readonly object[]) =>
    decodePod({
      metadata: {
        name,
        namespace: 'shop',
        annotations: {'kubernetes.io/psp': 'baseline'},
        ownerReferences: ownerReferences as readonly Json[],
      },
      spec: {serviceAccountName: 'anybody', containers: [{name: 'c'}]},
    });
  const pods = [pod('bare', []), pod('owned', [owned])];
  const inventory = {
    ...demo,
    pods,
    workloads: [],
    rbac: emptyInventory.rbac,
    origin: 'cluster',
  } as const;
  const bound = boundTo('baseline', templatesOf(inventory), inventory);
  expect(bound.map(({name}) => name)).toEqual(['bare']);
});
