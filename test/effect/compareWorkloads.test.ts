import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {compareWorkloads} from '../../src/effect/compareWorkloads.ts';
import {emptyInventory} from '../../src/inventory/inventory.ts';
import {type Item, templatesOf} from '../../src/inventory/submissions/items.ts';
import {isObject, type Json} from '../../src/kube/json.ts';
import {decodePod} from '../../src/kube/pod.ts';
import {openPolicy} from '../../src/policy/comparePolicies.ts';
import {leastPolicy} from '../../src/policy/least.ts';
import {anyPod} from '../support/builders/anyPod.ts';
import {leavesAlone} from '../support/builders/judge.ts';
import {objectOf} from '../support/run/output.ts';

/** Pods as files have them, named p0, p1 and so on. */
function itemsFrom(pods: readonly Json[]): readonly Item[] {
  return templatesOf({
    ...emptyInventory,
    pods: pods.map((raw, index) => {
      const spec = isObject(raw) ? raw : {};
      return decodePod({...spec, metadata: named(spec.metadata ?? {}, index)});
    }),
  });
}

function named(metadata: Json, index: number): Json {
  return {...(isObject(metadata) ? metadata : {}), name: `p${index}`, namespace: 'shop'};
}

const fields = ['hostNetwork', 'hostPID', 'hostIPC', 'runtimeClassName', 'volumes', 'containers'];

/** A pod, and itself with a field of another one; or that other one. */
const edited = fc
  .tuple(anyPod, anyPod, fc.constantFrom(...fields), fc.nat({max: 3}))
  .map(([old, other, field, kind]): readonly [Json, Json] => {
    const [{spec}, {spec: changed}] = [objectOf(old), objectOf(other)];
    if (kind === 0) return [old, other];
    const mixed = {...objectOf(spec), [field]: objectOf(changed)[field]};
    return [old, {...objectOf(old), spec: mixed} as Json];
  });

const versions = fc.array(edited, {minLength: 1, maxLength: 3}).map(pairs => ({
  old: itemsFrom(pairs.map(([one]) => one)),
  now: itemsFrom(pairs.map(([, other]) => other)),
}));

describe('two versions of workloads', () => {
  test('without a rise, the least policy of the old one lets the new one through', () => {
    let quiet = 0;
    fc.assert(
      fc.property(versions, ({old, now}) => {
        const {changes} = compareWorkloads(old, now);
        now.forEach((item, index) => {
          const change = changes.find(one => one.item === item);
          const was = old[index]?.submission.view;
          if (was === undefined || change?.trends.some(({trend}) => trend === 'rise')) return;
          quiet += 1;
          const least = leastPolicy('least', [was], false);
          expect(leavesAlone(least, item.submission.view, openPolicy)).toBe(true);
        });
      }),
      {numRuns: 1000},
    );
    expect(quiet).toBeGreaterThan(10);
  });

  test('a rise is what the old value does not cover, all else is a fall', () => {
    fc.assert(
      fc.property(versions, ({old, now}) => {
        for (const {kind, trends, before, after} of compareWorkloads(old, now).changes) {
          if (kind !== 'changed' || before === undefined || after === undefined) continue;
          for (const {control, trend} of trends) {
            const covers =
              control.isMoot(after) || (!control.isMoot(before) && control.covers(before, after));
            expect(covers).toBe(trend === 'fall');
          }
        }
      }),
    );
  });

  test('a version against itself has no change; what rises there falls back', () => {
    fc.assert(
      fc.property(versions, ({old, now}) => {
        expect(compareWorkloads(now, now)).toEqual({
          changes: [],
          unchanged: now.length,
          rises: 0,
          falls: 0,
        });
        const [there, back] = [compareWorkloads(old, now), compareWorkloads(now, old)];
        expect(back.changes.length).toBe(there.changes.length);
        // What falls on the way rises on the way back; what is neither rises on both.
        expect(back.rises).toBeGreaterThanOrEqual(there.falls);
        expect(there.rises).toBeGreaterThanOrEqual(back.falls);
      }),
    );
  });
});
