import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {controlById, controls} from '../../src/controls/index.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {comparePolicies, isEqual, openPolicy} from '../../src/policy/comparePolicies.ts';
import {type Direction, effectiveDirection, orderOf, overall} from '../../src/policy/direction.ts';
import {anyPod} from '../support/builders/anyPod.ts';
import {twoPolicies} from '../support/builders/anyPolicy.ts';
import {errorsOf, leavesAlone, writesOf} from '../support/builders/judge.ts';
import {podFrom} from '../support/builders/pods.ts';
import {openRules, policy} from '../support/builders/policies.ts';
import {runsOf} from '../support/run/runs.ts';

const pods = fc.array(anyPod.map(podFrom), {minLength: 3, maxLength: 8});

describe('the order of policies', () => {
  test('is what pods tell apart: whatever the tighter one leaves alone, the looser one does', () => {
    const seen = new Map<Direction, number>();
    let passed = 0;
    fc.assert(
      fc.property(twoPolicies, pods, ([from, to], some) => {
        const order = orderOf(from, to, lastRelease);
        seen.set(order, (seen.get(order) ?? 0) + 1);
        const through = (one: typeof from) => some.map(pod => leavesAlone(one, pod, openPolicy));
        const [before, after] = [through(from), through(to)];
        passed += before.filter(Boolean).length;
        some.forEach((_, index) => {
          if (order === 'tighter' || order === 'equal') {
            expect(!after[index] || before[index]).toBe(true);
          }
          if (order === 'looser' || order === 'equal') {
            expect(!before[index] || after[index]).toBe(true);
          }
        });
      }),
      {numRuns: runsOf(1500)},
    );
    expect(seen.size).toBe(4);
    expect(passed).toBeGreaterThan(runsOf(100));
  });

  test('turns round with its arguments', () => {
    const reverse = {
      tighter: 'looser',
      looser: 'tighter',
      equal: 'equal',
      incomparable: 'incomparable',
    };
    fc.assert(
      fc.property(twoPolicies, ([from, to]) => {
        expect(orderOf(to, from, lastRelease)).toBe(reverse[orderOf(from, to, lastRelease)]);
      }),
    );
  });

  test('a control about volumes that do not get in makes no difference', () => {
    const {allowedHostPaths} = controlById;
    const logs = {allowedHostPaths: [{pathPrefix: '/var/log'}]};
    const none = policy({...openRules, volumes: ['secret']});
    const some = policy({...openRules, volumes: ['secret', 'hostPath'], ...logs});
    const all = policy({...openRules, volumes: ['*']});
    // By its value alone, "every path" of the first would be the loosest.
    expect(allowedHostPaths.covers(none, some, lastRelease)).toBe(true);
    expect(effectiveDirection(allowedHostPaths, some, none, lastRelease)).toBe('tighter');
    expect(effectiveDirection(allowedHostPaths, none, some, lastRelease)).toBe('looser');
    expect(effectiveDirection(allowedHostPaths, none, policy({volumes: []}), lastRelease)).toBe(
      'equal',
    );
    expect(effectiveDirection(allowedHostPaths, some, all, lastRelease)).toBe('looser');
    expect(orderOf(some, none, lastRelease)).toBe('tighter');
  });

  test('the parts add up', () => {
    expect(overall([])).toBe('equal');
    expect(overall(['equal', 'tighter'])).toBe('tighter');
    expect(overall(['looser', 'equal'])).toBe('looser');
    expect(overall(['looser', 'tighter'])).toBe('incomparable');
    expect(overall(['tighter', 'incomparable'])).toBe('incomparable');
  });
});

describe('a comparison', () => {
  test('what is equal no pod can tell apart', () => {
    let equal = 0;
    fc.assert(
      fc.property(twoPolicies, pods, ([from, to], some) => {
        for (const one of comparePolicies(from, to, lastRelease).controls) {
          if (!isEqual(one) || one.control.describe(from) === one.control.describe(to)) continue;
          equal += 1;
          const alone = (whole: typeof from) => {
            const {volumes} = controlById;
            return volumes.copy(whole, one.control.copy(whole, openPolicy));
          };
          // The lists of types may differ; that is another control.
          if (one.control.isMoot(from) !== one.control.isMoot(to)) continue;
          const [a, b] = [one.control.copy(to, alone(from)), alone(from)];
          for (const pod of some) {
            expect(errorsOf(a, pod).length === 0).toBe(errorsOf(b, pod).length === 0);
            if (errorsOf(a, pod).length === 0) expect(writesOf(a, pod)).toEqual(writesOf(b, pod));
          }
        }
      }),
      {numRuns: runsOf(1000)},
    );
    expect(equal).toBeGreaterThan(0);
  });

  test('tells what fills in otherwise', () => {
    const nonRoot = {...openRules, runAsUser: {rule: 'MustRunAs', ranges: [{min: 1, max: 9}]}};
    const parts = {
      ...openRules,
      runAsUser: {
        rule: 'MustRunAs',
        ranges: [
          {min: 5, max: 9},
          {min: 1, max: 4},
        ],
      },
    };
    const {
      order,
      isEqual: same,
      controls: compared,
    } = comparePolicies(policy(nonRoot), policy(parts), lastRelease);
    expect({order, same}).toEqual({order: 'equal', same: false});
    expect(compared.filter(one => !isEqual(one)).map(({control}) => control.id)).toEqual([
      'runAsUser',
    ]);
  });

  test('takes no notice of how a policy says it', () => {
    const one = policy({...openRules, hostPorts: [{min: 80, max: 81}], volumes: ['secret', 'nfs']});
    const other = policy({
      ...openRules,
      volumes: ['nfs', 'secret', 'secret'],
      hostPorts: [
        {min: 81, max: 81},
        {min: 80, max: 80},
      ],
    });
    const comparison = comparePolicies(one, other, lastRelease);
    expect(comparison.isEqual).toBe(true);
    expect(comparison.controls.length).toBe(controls.length);
  });
});
