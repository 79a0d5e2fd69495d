import {describe, expect, test} from 'vitest';
import type {Control} from '../../src/controls/control.ts';
import {controls} from '../../src/controls/index.ts';
import {compact} from '../../src/kube/edits.ts';
import {fieldErrorText} from '../../src/kube/fieldError.ts';
import {parseJson, printJson} from '../../src/kube/json.ts';
import {decodePolicy, type Policy} from '../../src/kube/objects.ts';
import type {PodView} from '../../src/kube/podView.ts';
import {policyErrors} from '../../src/policy/evaluate.ts';
import {leavesAlone, lets} from './judge.ts';

/** What the laws are tried on. */
export interface Trials {
  /** Everything but the control is open. */
  readonly base: Policy;
  readonly policies: readonly Policy[];
  /** Pods that the API server would take. */
  readonly pods: readonly PodView[];
}

/**
 * Controls about volumes of one type. Where no pod has such a volume they stay open: the list of types
 * keeps those volumes out already.
 */
export const keptByTypes: ReadonlySet<string> = new Set([
  'allowedHostPaths',
  'allowedFlexVolumes',
  'allowedCSIDrivers',
]);

/** Nothing is known to be tighter than "every driver" but "these", and which they are is not known. */
const withoutWayDown: ReadonlySet<string> = new Set(['allowedFlexVolumes', 'allowedCSIDrivers']);

/** What must hold between the functions of every control. */
export function testLaws(control: Control, {base, policies, pods}: Trials): void {
  const open = control.open(base);
  const fitted = pods.map(pod => control.fit(base, [pod], false));
  const all = [...policies, open, ...fitted];
  describe('laws', () => {
    testLeast(control, open, pods);
    testOrder(control, open, all, pods);
    testSteps(control, open, [...policies, open]);
  });
}

/** Whether one policy is below another one: covered by it, but not the other way round. */
function isTighter(control: Control, one: Policy, other: Policy): boolean {
  return control.covers(other, one) && !control.covers(one, other);
}

function testLeast(control: Control, open: Policy, pods: readonly PodView[]): void {
  const isLeftAlone = (policy: Policy, pod: PodView) => leavesAlone(policy, pod, open);
  test('what any two pods need leaves both alone and is valid', () => {
    for (const pair of pairs(pods)) {
      const least = control.fit(open, pair, false);
      expect.soft(pair.filter(pod => !isLeftAlone(least, pod)).map(show), show(least)).toEqual([]);
      expect.soft(policyErrors(least).map(fieldErrorText)).toEqual([]);
    }
  });

  test('no tighter step leaves two pods alone that need as much', () => {
    for (const pair of pairs(pods)) {
      const least = control.fit(open, pair, false);
      const isMoot = keptByTypes.has(control.id) && pair.every(pod => isEmpty(control.needs(pod)));
      if (isMoot) {
        expect(control.covers(least, open)).toBe(true);
        continue;
      }
      // A step that only fills gaps takes nothing away; whether to fill is not for least() to say.
      const better = control
        .steps(least)
        .map(({value}) => value)
        .filter(to => isTighter(control, to, least) && pair.every(pod => isLeftAlone(to, pod)))
        .filter(to => pods.some(pod => lets(least, pod) && !lets(to, pod)));
      expect.soft(better.map(show), `${pair.map(show)} ${show(least)}`).toEqual([]);
    }
  });

  test('filling gaps lets any two pods through', () => {
    for (const pair of pairs(pods)) {
      const filling = control.fit(open, pair, true);
      expect.soft(pair.filter(pod => !lets(filling, pod)).map(show), show(filling)).toEqual([]);
      expect.soft(policyErrors(filling).map(fieldErrorText)).toEqual([]);
    }
  });

  test('what pods need does not depend on their order', () => {
    for (const [one, other] of pairs(pods)) {
      for (const mayFill of [false, true]) {
        const there = control.fit(open, [one, other], mayFill);
        const back = control.fit(open, [other, one], mayFill);
        expect(same(there, back), `${show(there)} ${show(back)}`).toBe(true);
      }
    }
  });
}

function testOrder(
  control: Control,
  open: Policy,
  policies: readonly Policy[],
  pods: readonly PodView[],
): void {
  const passes = policies.map(policy => pods.map(pod => leavesAlone(policy, pod, open)));
  const covers = policies.map(one => policies.map(other => control.covers(one, other)));

  test('one setting covers another just if no pod here gets through the other alone', () => {
    const wrong: object[] = [];
    policies.forEach((looser, i) => {
      policies.forEach((stricter, j) => {
        const witness = pods.find((_, k) => passes[j]?.[k] && !passes[i]?.[k]);
        if (covers[i]?.[j] === (witness === undefined)) return;
        wrong.push({looser: control.describe(looser), stricter: control.describe(stricter), witness: witness && show(witness)});
      });
    });
    expect(wrong).toEqual([]);
  });

  test('the order is reflexive and transitive, and the open setting covers all', () => {
    expect(policies.filter(policy => !control.covers(policy, policy)).map(show)).toEqual([]);
    expect(policies.filter(policy => !control.covers(open, policy)).map(show)).toEqual([]);
    expect(pods.filter(pod => !lets(open, pod)).map(show)).toEqual([]);
    const indexes = policies.map((_, index) => index);
    for (const a of indexes) {
      for (const b of indexes.filter(b => covers[a]?.[b])) {
        const gap = indexes.find(c => covers[b]?.[c] && !covers[a]?.[c]);
        expect(gap, `${a} covers ${b}, but not what that covers`).toBeUndefined();
      }
    }
  });
}

function testSteps(control: Control, open: Policy, policies: readonly Policy[]): void {
  const others = controls.filter(other => other !== control);
  const each = (check: (from: Policy, steps: readonly Policy[]) => void) => {
    for (const from of policies) {
      check(
        from,
        control.steps(from).map(({value}) => value),
      );
    }
  };

  test('a step leads up from everywhere but the top, and all lead down from there', () => {
    each((from, steps) => {
      if (control.covers(from, open)) return;
      expect(
        steps.some(to => isTighter(control, from, to)),
        show(from),
      ).toBe(true);
    });
    const down = control.steps(open).map(({value}) => isTighter(control, value, open));
    expect(down.includes(false)).toBe(false);
    expect(down.length > 0).toBe(!withoutWayDown.has(control.id));
  });

  test('steps touch no other control and lead from valid settings to valid ones', () => {
    each((from, steps) => {
      const isValid = policyErrors(from).length === 0;
      for (const to of steps) {
        const touched = others.filter(
          other =>
            other.describe(to) !== other.describe(from) ||
            !other.covers(from, to) ||
            !other.covers(to, from),
        );
        expect(touched.map(({id}) => id)).toEqual([]);
        if (isValid) expect(policyErrors(to).map(fieldErrorText), show(from)).toEqual([]);
      }
    });
  });

  test('the labels of the steps tell them apart', () => {
    for (const from of policies) {
      const labels = control.steps(from).map(({label}) => label);
      expect(new Set(labels).size, labels.join('; ')).toBe(labels.length);
    }
  });

  test('what is written reads the same again, also through JSON', () => {
    each((_from, steps) => {
      for (const written of [...steps, open]) {
        const read = decodePolicy(parseJson(printJson(written)));
        expect(compact(read)).toEqual(compact(written));
        expect(control.describe(read)).toBe(control.describe(written));
        expect(control.covers(read, written) && control.covers(written, read)).toBe(true);
      }
    });
  });
}

/** Each pod with itself and with every later one. */
function pairs(pods: readonly PodView[]): readonly (readonly [PodView, PodView])[] {
  return pods.flatMap((one, index) => pods.slice(index).map(other => [one, other] as const));
}

function isEmpty(items: readonly unknown[]): boolean {
  return items.length === 0;
}

function same(one: Policy, other: Policy): boolean {
  return show(one) === show(other);
}

/** A policy or pod for a failed test to tell. */
function show(value: Policy | PodView): string {
  return printJson(compact('pod' in value ? value.pod : value));
}
