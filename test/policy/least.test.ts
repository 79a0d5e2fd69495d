import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {controlById, controls} from '../../src/controls/index.ts';
import {compact} from '../../src/kube/edits.ts';
import {fieldErrorText} from '../../src/kube/fieldError.ts';
import {type Json, printJson} from '../../src/kube/json.ts';
import type {Policy} from '../../src/kube/objects.ts';
import type {PodView} from '../../src/kube/podView.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {isNonEmpty, type NonEmpty} from '../../src/nonEmpty.ts';
import {policyErrors} from '../../src/policy/evaluate.ts';
import {leastPolicy} from '../../src/policy/least.ts';
import {anyPod} from '../support/builders/anyPod.ts';
import {leavesAlone, lets} from '../support/builders/judge.ts';
import {podFrom} from '../support/builders/pods.ts';
import {recordedVectors} from '../support/kubernetes/conformance.ts';
import {addsOnlyDefault, keptByTypes} from '../support/laws/controlLaws.ts';
import {runsOf} from '../support/run/runs.ts';

const runs = runsOf(200);

const open = controls.reduce((policy, control) => control.open(policy), {
  metadata: {name: 'open'},
  spec: {},
} satisfies Policy as Policy);

const recorded = recordedVectors()
  .filter(({expected}) => expected.podErrors === undefined && expected.error === undefined)
  .map(({input}) => podFrom(input.pod ?? {}));

const sources = {
  'made-up pods': anyPod.map(podFrom),
  'recorded pods': fc.nat({max: recorded.length - 1}).map(index => recorded[index] ?? podFrom({})),
};

describe.each(Object.entries(sources))('the least policy of %s', (_name, onePod) => {
  const group = fc
    .tuple(onePod, fc.array(onePod, {maxLength: 4}))
    .map(([first, rest]): NonEmpty<PodView> => [first, ...rest]);
  const forAll = (check: (pods: NonEmpty<PodView>) => void) =>
    fc.assert(fc.property(group, check), {numRuns: runs});

  test('is valid and leaves every pod alone', () => {
    forAll(pods => {
      const policy = leastPolicy('least', pods, false);
      expect(policyErrors(policy, lastRelease).map(fieldErrorText)).toEqual([]);
      expect(pods.filter(pod => !leavesAlone(policy, pod, open)).map(show)).toEqual([]);
    });
  });

  test('has no tighter step that leaves every pod alone', () => {
    forAll(pods => {
      const policy = leastPolicy('least', pods, false);
      expect(betterSteps(policy, pods)).toEqual([]);
    });
  });

  test('lets every pod through if it may fill gaps, and is valid', () => {
    forAll(pods => {
      const policy = leastPolicy('least', pods, true);
      expect(policyErrors(policy, lastRelease).map(fieldErrorText)).toEqual([]);
      expect(pods.filter(pod => !lets(policy, pod)).map(show)).toEqual([]);
    });
  });

  test('does not depend on the order of the pods, nor on how often they come', () => {
    const shuffled = group.chain(pods =>
      fc.tuple(
        fc.constant(pods),
        fc.shuffledSubarray([...pods, ...pods], {minLength: 2 * pods.length}),
      ),
    );
    fc.assert(
      fc.property(shuffled, fc.boolean(), ([pods, again], mayFill) => {
        if (!isNonEmpty(again)) return;
        const one = leastPolicy('least', pods, mayFill);
        expect(printJson(leastPolicy('least', again, mayFill))).toBe(printJson(one));
      }),
      {numRuns: runs},
    );
  });
});

/** Steps that take something away and still leave the pods alone. */
function betterSteps(policy: Policy, pods: readonly PodView[]): readonly string[] {
  return controls
    .filter(({id}) => !keptByTypes.has(id) || isInUse(policy, id))
    .flatMap(control =>
      control
        .steps(policy, lastRelease)
        .filter(
          ({value}) =>
            control.covers(policy, value, lastRelease) &&
            !control.covers(value, policy, lastRelease),
        )
        .filter(({value}) => !addsOnlyDefault(policy, value))
        .filter(({value}) => pods.every(pod => leavesAlone(value, pod, open)))
        .map(({label}) => `${control.id}: ${label}`),
    );
}

/** Whether the list of types lets in the volumes that the control is about. */
function isInUse(policy: Policy, id: string): boolean {
  const types = controlById.volumes.describe(policy);
  const type = {allowedHostPaths: 'hostPath', allowedFlexVolumes: 'flexVolume'}[id] ?? 'csi';
  return types === 'all' || types.split(', ').includes(type);
}

function show({pod}: PodView): Json {
  return compact(pod);
}
