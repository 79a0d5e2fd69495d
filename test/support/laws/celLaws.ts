import {isDeepStrictEqual} from 'node:util';
import {describe, expect, test} from 'vitest';
import type {NativeMode} from '../../../src/inventory/native/options.ts';
import {applyEdits, compact} from '../../../src/kube/edits.ts';
import {isObject, type Json, type JsonObject, printJson} from '../../../src/kube/json.ts';
import type {Policy} from '../../../src/kube/objects.ts';
import type {PodView} from '../../../src/kube/podView.ts';
import {nativeObjects} from '../../../src/migrate/native/nativeObjects.ts';
import {editsOf} from '../../../src/policy/evaluate.ts';
import {leavesAlone, lets, prepared} from '../builders/judge.ts';
import {hasEmptyGroups, securityOf} from '../kubernetes/celCases.ts';
import {askCel, type CelAnswer, type CelCase, hasCelReference} from '../kubernetes/celReference.ts';

/** So many pods and policies of a control are tried with each other in CEL. */
const most = 16;

/**
 * What a policy says of a pod in CEL is what it says here: under admission policies of all the policies at once,
 * by a user who may use one of them.
 */
export function testCel(open: Policy, policies: readonly Policy[], pods: readonly PodView[]): void {
  describe.runIf(hasCelReference())('in CEL', () => {
    const named = spread(policies).map((policy, index) => ({
      ...policy,
      metadata: {...policy.metadata, name: `p${index}`},
    }));
    const shown = spread(pods);
    const pairs = named.flatMap(policy => shown.map(pod => ({policy, pod})));

    test('the same pods get in, with the same defaults', () => {
      const wrong = compare(named, pairs, 'full', ({policy, pod}, answer) => {
        if (isUnseen(pod)) return undefined;
        if (answer.allowed !== lets(policy, pod)) return answer.message ?? 'is let in';
        if (!answer.allowed) return undefined;
        const edited = applyEdits(pod.pod, editsOf(prepared(policy), pod));
        const wanted = {...securityOf(plain(edited)), policy: policy.metadata.name};
        const found = securityOf(answer.pod ?? {});
        return isDeepStrictEqual(found, wanted)
          ? undefined
          : `${printJson(found)}, not ${printJson(wanted)}`;
      });
      expect(wrong.slice(0, 5)).toEqual([]);
    });

    test('where nothing writes defaults, those get in that are let through unchanged', () => {
      const wrong = compare(named, pairs, 'validate', ({policy, pod}, answer) =>
        // The annotations of old mean nothing to it.
        hasSeccompAnnotation(pod) ||
        isUnseen(pod) ||
        answer.allowed === leavesAlone(policy, pod, open)
          ? undefined
          : (answer.message ?? 'is let in'),
      );
      expect(wrong.slice(0, 5)).toEqual([]);
    });
  });
}

interface Pair {
  readonly policy: Policy;
  readonly pod: PodView;
}

/** What is wrong with the answers, pair by pair; pods that v1.37 itself refuses are left out. */
function compare(
  policies: readonly Policy[],
  pairs: readonly Pair[],
  mode: NativeMode,
  faultOf: (pair: Pair, answer: CelAnswer) => string | undefined,
): readonly string[] {
  const options = {mode, server: 37, static: false, closeGaps: false, extensions: false};
  const {objects} = nativeObjects(policies, options);
  const cases = pairs.map(
    ({policy, pod}, index): CelCase => ({
      ...(index === 0 ? {objects} : {}),
      object: plain(pod.pod, mode === 'validate' ? policy.metadata.name : undefined),
      namespace: 'default',
      user: {name: 'someone', groups: []},
      grants: [{user: 'someone', policies: [policy.metadata.name]}],
    }),
  );
  const answers = askCel(cases);
  const judged = pairs.flatMap((pair, index) => {
    const answer = answers[index];
    return answer === undefined || answer.phase === 'validation' ? [] : [{pair, answer}];
  });
  expect(judged.length).toBeGreaterThan(pairs.length / 4);
  return judged.flatMap(({pair, answer}) => {
    const fault = answer.error || faultOf(pair, answer);
    const {spec, metadata} = pair.policy;
    return fault
      ? [
          `${fault}\npolicy: ${printJson(compact({...metadata, spec}))}\npod: ${printJson(plain(pair.pod.pod))}`,
        ]
      : [];
  });
}

function spread<T>(all: readonly T[]): readonly T[] {
  const step = Math.max(1, all.length / most);
  return all.filter((_, index) => Math.floor(index % step) === 0).slice(0, most);
}

/** The pod as JSON, with what the registry wants and no control looks at. */
function plain(pod: object, claimed?: string): JsonObject {
  const {metadata, spec} = compact(pod) as JsonObject;
  const {containers, initContainers, ephemeralContainers, volumes, ...rest} = spec as JsonObject;
  const complete = (list: Json | undefined) =>
    Array.isArray(list)
      ? list.filter(isObject).map(one => ({image: 'i', ...one, ...mountsOf(one)}))
      : undefined;
  const {annotations, ...meta} = metadata as JsonObject;
  const claim = claimed === undefined ? {} : {'kubernetes.io/psp': claimed};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name: 'pod', ...meta, annotations: {...(annotations as JsonObject), ...claim}},
    spec: compact({
      ...rest,
      containers: complete(containers),
      initContainers: complete(initContainers),
      volumes: Array.isArray(volumes) ? volumes.filter(isObject).map(completeVolume) : undefined,
    }) as JsonObject,
  };
}

function mountsOf({volumeMounts}: JsonObject): JsonObject {
  if (!Array.isArray(volumeMounts)) return {};
  return {
    volumeMounts: volumeMounts
      .filter(isObject)
      .map((mount, index) => ({mountPath: `/mnt/${index}`, ...mount})),
  };
}

const sources: JsonObject = {
  secret: {secretName: 's'},
  configMap: {name: 'c'},
  persistentVolumeClaim: {claimName: 'c'},
  nfs: {server: 's', path: '/p'},
};

function completeVolume(volume: JsonObject): JsonObject {
  const filled = Object.entries(volume).map(([key, value]) => [key, sources[key] ?? value]);
  return {name: 'v', ...Object.fromEntries(filled)};
}

/** CEL can't see an empty list. */
function isUnseen({pod}: PodView): boolean {
  return hasEmptyGroups(plain(pod));
}

function hasSeccompAnnotation({annotations}: PodView): boolean {
  return Object.keys(annotations).some(key => key.includes('seccomp'));
}
