import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {controls} from '../../src/controls/index.ts';
import {fieldErrorText} from '../../src/kube/fieldError.ts';
import {isObject, type JsonObject, printJson} from '../../src/kube/json.ts';
import {decodePolicy, type Policy} from '../../src/kube/objects.ts';
import {decodePod} from '../../src/kube/pod.ts';
import {defaultPod} from '../../src/kube/podDefaults.ts';
import {type PodView, viewOf} from '../../src/kube/podView.ts';
import {type Release, releaseOf} from '../../src/kube/release.ts';
import {directionOf, orderOf} from '../../src/policy/direction.ts';
import {policyErrors, storedPolicy} from '../../src/policy/evaluate.ts';
import {leastPolicy} from '../../src/policy/least.ts';
import {printablePolicy} from '../../src/report/advice.ts';
import {runProgram} from '../support/kubernetes/reference.ts';
import {builtRelease, oldReleases, recordedRelease} from '../support/kubernetes/releases.ts';
import {addsOnlyDefault} from '../support/laws/controlLaws.ts';
import {objectOf} from '../support/run/output.ts';

/** A recorded pod as admission sees it, and what the release's own code said of the policies of its case. */
interface Recorded {
  readonly input: JsonObject;
  readonly pod: PodView;
  /** Those that let it in unchanged. */
  readonly unchanging: readonly Policy[];
}

function recordedPods(name: (typeof oldReleases)[number]): readonly Recorded[] {
  const release = releaseOf(name);
  return recordedRelease(name)
    .filter(({input, expected}) => input.operation === 'CREATE' && expected.podErrors === undefined)
    .map(({input, expected}) => {
      const given = objectOf(input.pod ?? null);
      const namespaced = {
        ...given,
        metadata: {...objectOf(given.metadata ?? {}), namespace: input.namespace},
      };
      const policies = listOf(input.policies).map(one => storedPolicy(decodePolicy(one)));
      const unchanging = listOf(expected.policies)
        .filter(({allowed, mutates}) => allowed === true && mutates === false)
        .flatMap(({name: own}) => policies.find(({metadata}) => metadata.name === own) ?? []);
      return {input, pod: viewOf(defaultPod(decodePod(namespaced), release), release), unchanging};
    });
}

function listOf(list: unknown): readonly JsonObject[] {
  return Array.isArray(list) ? list.filter(isObject) : [];
}

const newCases = Number(process.env.PSP_RELEASE_CASES ?? 0);

describe.each(oldReleases)('the least policy for a pod on %s', name => {
  const release = releaseOf(name);
  const recorded = recordedPods(name);

  test('is valid there, and none that let the pod in unchanged there is tighter', () => {
    let compared = 0;
    for (const {input, pod, unchanging} of recorded) {
      const least = leastPolicy('least', [pod], false);
      expect(policyErrors(least, release).map(fieldErrorText), String(input.name)).toEqual([]);
      for (const policy of unchanging) {
        compared += 1;
        const order = orderOf(policy, least, release);
        expect(order, `${String(input.name)} ${policy.metadata.name}`).not.toBe('looser');
      }
    }
    expect(compared).toBeGreaterThan(40);
  });

  const programs = newCases > 0 ? builtRelease(name) : undefined;
  test.runIf(programs)(
    'lets it in unchanged by the code of the release, and no tighter step does',
    () => {
      const tried = recorded
        .filter(({pod}) => !isUnmasked(pod))
        .flatMap(({input, pod}) => {
          const least = leastPolicy('least', [pod], false);
          // Every policy writes the annotation for a pod-level field, so of those pods a step tells nothing.
          const isWritten = pod.seccompField !== undefined;
          const steps = isWritten ? [] : tighterSteps(least, release);
          return [least, ...steps].map((policy, index) => ({
            input,
            index,
            asked: caseFor(input, policy),
            isWritten,
          }));
        });
      const lines = tried.map(({asked}) => `${printJson(asked)}\n`).join('');
      const answers = runProgram(join(programs ?? '', 'psp-reference'), ['-compact'], lines)
        .toString('utf8')
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line) as JsonObject);
      const isLetIn = (at: number) => {
        const [policy] = listOf(answers[at]?.policies);
        return policy?.allowed === true && (policy.mutates === false || tried[at]?.isWritten);
      };
      const wrong = tried.flatMap(({input, index}, at) =>
        isLetIn(at) === (index === 0)
          ? []
          : `${String(input.name)} step ${index}: ${printJson(answers[at] ?? {}).slice(0, 300)}`,
      );
      expect(tried.length).toBeGreaterThan(recorded.length * 5);
      expect(wrong.slice(0, 5)).toEqual([]);
    },
  );
});

/** No policy lets in such a pod: with the feature off, none is stored that allows it. */
function isUnmasked({containers}: PodView): boolean {
  return containers.some(
    ({container}) => (container.securityContext?.procMount ?? 'Default') !== 'Default',
  );
}

/** The policy with one control tighter by one step, in each way that changes what gets in. */
function tighterSteps(policy: Policy, release: Release): readonly Policy[] {
  const used = controls.filter(control => !control.isMoot(policy));
  return used.flatMap(control =>
    control
      .steps(policy, release)
      .map(({value}) => control.copy(value, policy))
      .filter(
        value =>
          !addsOnlyDefault(policy, value) &&
          directionOf(control, policy, value, release) === 'tighter' &&
          policyErrors(value, release).length === 0,
      ),
  );
}

/** The case with this policy alone. */
function caseFor(input: JsonObject, policy: Policy): JsonObject {
  return {...input, policies: [JSON.parse(printJson(printablePolicy(policy)))]};
}
