import {expect, test} from 'vitest';
import type {Control} from '../../../src/controls/control.ts';
import {controls} from '../../../src/controls/index.ts';
import {compact} from '../../../src/kube/edits.ts';
import {fieldErrorText} from '../../../src/kube/fieldError.ts';
import {parseJson, printJson} from '../../../src/kube/json.ts';
import {decodePolicy, type Policy} from '../../../src/kube/objects.ts';
import type {PodView} from '../../../src/kube/podView.ts';
import {lastRelease} from '../../../src/kube/release.ts';
import {policyErrors} from '../../../src/policy/evaluate.ts';
import {leavesAlone} from '../builders/judge.ts';
import {isTighter, show} from './policies.ts';

/** Nothing is known to be tighter than "every driver" but "these", and which they are is not known. */
const withoutWayDown: ReadonlySet<string> = new Set(['allowedFlexVolumes', 'allowedCSIDrivers']);

/** Where the steps lead. */
export function testSteps(
  control: Control,
  open: Policy,
  policies: readonly Policy[],
  pods: readonly PodView[],
): void {
  test('a step leads up from everywhere but the top, and all lead down from there', () => {
    const stuck = policies
      .filter(from => !control.covers(from, open, lastRelease))
      .filter(
        from =>
          !control.steps(from, lastRelease).some(({value: to}) => isTighter(control, from, to)),
      );
    expect(stuck.map(control.describe)).toEqual([]);
    const down = control
      .steps(open, lastRelease)
      .map(({value: to}) => isTighter(control, to, open));
    expect(down.includes(false)).toBe(false);
    expect(down.length > 0).toBe(!withoutWayDown.has(control.id));
  });

  test('a step does not do the contrary of what it says', () => {
    // Everything is looser than a setting that leaves no pod alone.
    const useful = policies.filter(policy => pods.some(pod => leavesAlone(policy, pod, open)));
    const contrary = useful.flatMap(from =>
      control
        .steps(from, lastRelease)
        .filter(({label, value: to}) =>
          /^(forbid|require|only)/.test(label)
            ? isTighter(control, from, to)
            : /^(allow every|allow any|let|no longer)/.test(label) && isTighter(control, to, from),
        )
        .map(({label}) => `${control.describe(from)}: ${label}`),
    );
    expect(contrary).toEqual([]);
  });

  test('the labels of the steps tell them apart', () => {
    for (const from of policies) {
      const labels = control.steps(from, lastRelease).map(({label}) => label);
      expect(new Set(labels).size, labels.join('; ')).toBe(labels.length);
    }
  });
}

/** What the steps write into a policy. */
export function testWriting(control: Control, open: Policy, policies: readonly Policy[]): void {
  const others = controls.filter(other => other !== control);
  const isSame = (one: Policy, other: Policy) => (by: Control) =>
    by.describe(one) === by.describe(other) &&
    by.covers(one, other, lastRelease) &&
    by.covers(other, one, lastRelease);

  test('steps touch no other control and lead from valid settings to valid ones', () => {
    for (const from of policies) {
      const isValid = policyErrors(from, lastRelease).length === 0;
      for (const {value: to} of control.steps(from, lastRelease)) {
        const touched = others.filter(other => !isSame(from, to)(other));
        expect(touched.map(({id}) => id)).toEqual([]);
        if (isValid)
          expect(policyErrors(to, lastRelease).map(fieldErrorText), show(from)).toEqual([]);
      }
    }
  });

  test('what is written reads the same again, also through JSON', () => {
    const steps = policies.flatMap(from =>
      control.steps(from, lastRelease).map(({value}) => value),
    );
    for (const written of [...steps, open]) {
      const read = decodePolicy(parseJson(printJson(written)));
      expect(compact(read)).toEqual(compact(written));
      expect(isSame(read, written)(control), show(written)).toBe(true);
    }
  });
}
