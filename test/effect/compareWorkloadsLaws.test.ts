import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {compareWorkloads} from '../../src/effect/compareWorkloads.ts';
import type {Item} from '../../src/inventory/submissions/items.ts';
import type {Json, JsonObject} from '../../src/kube/json.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {anyPod} from '../support/builders/anyPod.ts';
import {objectOf} from '../support/run/output.ts';
import {runsOf} from '../support/run/runs.ts';
import {itemsFrom, podOf} from './comparedPods.ts';

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

describe('any two versions of workloads', () => {
  test('a version against itself has no change; what rises there falls back', () => {
    let rises = 0;
    fc.assert(
      fc.property(versions, ({old, now}) => {
        expect(compareWorkloads(now, now, lastRelease)).toEqual({
          changes: [],
          unchanged: now.length,
          counts: {rise: 0, fall: 0, change: 0},
        });
        const [there, back] = [
          compareWorkloads(old, now, lastRelease),
          compareWorkloads(now, old, lastRelease),
        ];
        expect(back.unchanged).toBe(there.unchanged);
        expect(back.counts).toEqual({
          rise: there.counts.fall,
          fall: there.counts.rise,
          change: there.counts.change,
        });
        rises += there.counts.rise;
      }),
      {numRuns: runsOf(500)},
    );
    expect(rises).toBeGreaterThan(runsOf(100));
  });

  test('without a rise on two ways, there is none on the way through both', () => {
    const rises = (old: readonly Item[], now: readonly Item[]) =>
      compareWorkloads(old, now, lastRelease).counts.rise;
    const inPlace = fc.tuple(anyContext, anyContext, anyContext);
    let quiet = 0;
    fc.assert(
      fc.property(inPlace, contexts => {
        const [a = [], b = [], c = []] = contexts.map(context => itemsFrom([podOf(context)]));
        const changes = [compareWorkloads(a, b, lastRelease), compareWorkloads(b, c, lastRelease)];
        if (changes.some(({counts}) => counts.rise + counts.change > 0)) return;
        quiet += 1;
        expect(rises(a, c)).toBe(0);
      }),
      {numRuns: runsOf(2000)},
    );
    expect(quiet).toBeGreaterThan(runsOf(50));
  });
});

/** A security context of a few fields, so that many are in order. */
const anyContext = fc.record(
  {
    runAsUser: fc.constantFrom(0, 5),
    runAsNonRoot: fc.boolean(),
    privileged: fc.boolean(),
    capabilities: fc.constantFrom({drop: ['ALL']}, {add: ['NET_ADMIN']}, {drop: ['CHOWN']}),
    seccompProfile: fc.constantFrom({type: 'RuntimeDefault'}, {type: 'Unconfined'}),
  },
  {requiredKeys: []},
) as fc.Arbitrary<JsonObject>;
