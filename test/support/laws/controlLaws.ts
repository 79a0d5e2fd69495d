import {isDeepStrictEqual} from 'node:util';
import {describe, expect, test} from 'vitest';
import type {Control, Level} from '../../../src/controls/control.ts';
import {compact} from '../../../src/kube/edits.ts';
import {fieldErrorText} from '../../../src/kube/fieldError.ts';
import type {Policy} from '../../../src/kube/objects.ts';
import type {PodView} from '../../../src/kube/podView.ts';
import {lastRelease} from '../../../src/kube/release.ts';
import {policyErrors} from '../../../src/policy/evaluate.ts';
import {leavesAlone, lets} from '../builders/judge.ts';
import {isTighter, show} from './policies.ts';
import {testRuntime} from './runtimeLaws.ts';
import {testSteps, testWriting} from './stepLaws.ts';

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

/**
 * Whether a step gives containers that don't say a value, and takes nothing away from any: whether to
 * do that is not for least() to say.
 */
export function addsOnlyDefault(before: Policy, after: Policy): boolean {
  const {defaultAllowPrivilegeEscalation: filled, ...fields} = after.spec;
  const {defaultAllowPrivilegeEscalation: _filled, ...others} = before.spec;
  return filled !== undefined && isDeepStrictEqual(compact(fields), compact(others));
}

/** What must hold between the functions of every control. */
export function testLaws(control: Control, {base, policies, pods}: Trials): void {
  const open = control.open(base);
  describe('laws', () => {
    testLeast(control, open, pods);
    testOrder(control, open, [...policies, open], pods);
    testLevels(control, open, [...policies, open], pods);
    testBuiltin(control, base);
    testSteps(control, open, [...policies, open], pods);
    testWriting(control, open, [...policies, open]);
    testRuntime(control, pods);
  });
}

const levels: readonly Level[] = ['privileged', 'baseline', 'restricted'];

function testLeast(control: Control, open: Policy, pods: readonly PodView[]): void {
  const isLeftAlone = (policy: Policy, pod: PodView) => leavesAlone(policy, pod, open);
  /** What is wrong with any two pods, each with them and with the policy. */
  const faults = (mayFill: boolean, faultsOf: (policy: Policy, pair: Pair) => readonly string[]) =>
    pairs(pods).flatMap(pair => {
      const policy = control.fit(open, pair, mayFill);
      return faultsOf(policy, pair).map(fault => tell(control, policy, pair, fault));
    });

  test('what any two pods need leaves both alone and is valid', () => {
    const found = faults(false, (least, pair) => [
      ...pair.filter(pod => !isLeftAlone(least, pod)).map(show),
      ...policyErrors(least, lastRelease).map(fieldErrorText),
    ]);
    expect(found.slice(0, 5)).toEqual([]);
  });

  test('no tighter step leaves two pods alone that need as much', () => {
    const found = faults(false, (least, pair) => {
      const isMoot = keptByTypes.has(control.id) && pair.every(pod => isEmpty(control.needs(pod)));
      if (isMoot) return control.covers(least, open, lastRelease) ? [] : ['is not open'];
      return control
        .steps(least, lastRelease)
        .filter(({value: to}) => isTighter(control, to, least) && !addsOnlyDefault(least, to))
        .filter(({value: to}) => pair.every(pod => isLeftAlone(to, pod)))
        .map(({label}) => label);
    });
    expect(found.slice(0, 5)).toEqual([]);
  });

  test('filling gaps lets any two pods through and is valid', () => {
    const found = faults(true, (filling, pair) => [
      ...pair.filter(pod => !lets(filling, pod)).map(show),
      ...policyErrors(filling, lastRelease).map(fieldErrorText),
    ]);
    expect(found.slice(0, 5)).toEqual([]);
  });

  test('what pods need does not depend on their order', () => {
    for (const mayFill of [false, true]) {
      const found = faults(mayFill, (there, [one, other]) => {
        const back = control.fit(open, [other, one], mayFill);
        return show(there) === show(back) ? [] : [control.describe(back)];
      });
      expect(found.slice(0, 5)).toEqual([]);
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
  const covers = policies.map(one =>
    policies.map(other => control.covers(one, other, lastRelease)),
  );

  test('one setting covers another just if no pod here gets through the other alone', () => {
    const wrong: string[] = [];
    policies.forEach((looser, i) => {
      policies.forEach((stricter, j) => {
        const witness = pods.find((_, k) => passes[j]?.[k] && !passes[i]?.[k]);
        if (covers[i]?.[j] === (witness === undefined)) return;
        const verb = witness === undefined ? 'should cover' : 'should not cover';
        wrong.push(
          `${control.describe(looser)} ${verb} ${control.describe(stricter)}${witness ? `: ${show(witness)}` : ''}`,
        );
      });
    });
    expect(wrong.slice(0, 5)).toEqual([]);
  });

  test('the order is reflexive and transitive, and the open setting covers all', () => {
    expect(
      policies.filter(policy => !control.covers(policy, policy, lastRelease)).map(show),
    ).toEqual([]);
    expect(policies.filter(policy => !control.covers(open, policy, lastRelease)).map(show)).toEqual(
      [],
    );
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

function testLevels(
  control: Control,
  open: Policy,
  policies: readonly Policy[],
  pods: readonly PodView[],
): void {
  test('a tighter setting lives up to no looser standard, and the open one to the loosest', () => {
    const rank = (policy: Policy) => {
      const level = control.level(policy);
      return level === undefined ? -1 : levels.indexOf(level);
    };
    const useful = policies.filter(policy => pods.some(pod => leavesAlone(policy, pod, open)));
    const wrong = policies.flatMap(looser =>
      useful
        .filter(
          stricter =>
            control.covers(looser, stricter, lastRelease) && rank(looser) > rank(stricter),
        )
        .map(stricter => `${control.describe(looser)} is above ${control.describe(stricter)}`),
    );
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(rank(open)).toBeLessThanOrEqual(levels.indexOf('baseline'));
  });
}

/** Its part of the built-in policies; `base` has it unset. */
function testBuiltin(control: Control, base: Policy): void {
  test('the value of a built-in policy is valid, lives up to its level, and opens no stricter one', () => {
    const built = levels.map(level => control.hold(base, level, lastRelease));
    expect(built.flatMap(policy => policyErrors(policy, lastRelease)).map(fieldErrorText)).toEqual(
      [],
    );
    expect(built.map(control.unusable)).toEqual([undefined, undefined, undefined]);
    built.forEach((policy, index) => {
      const level = control.level(policy);
      if (level !== undefined) expect(levels.indexOf(level)).toBeGreaterThanOrEqual(index);
      const stricter = built.slice(index);
      expect(
        stricter.filter(other => !control.covers(policy, other, lastRelease)).map(show),
      ).toEqual([]);
    });
  });
}

type Pair = readonly [PodView, PodView];

/** Each pod with itself and with every later one. */
function pairs(pods: readonly PodView[]): readonly Pair[] {
  return pods.flatMap((one, index) => pods.slice(index).map((other): Pair => [one, other]));
}

function isEmpty(items: readonly unknown[]): boolean {
  return items.length === 0;
}

/** A fault for a failed test to tell. */
function tell(control: Control, policy: Policy, pair: Pair, fault: string): string {
  return `${control.describe(policy)} for ${pair.map(show).join(' and ')}: ${fault}`;
}
