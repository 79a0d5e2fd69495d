import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {podErrors} from '../../src/admission/podValidation.ts';
import {prepareForCreate} from '../../src/admission/prepare.ts';
import {compact} from '../../src/kube/edits.ts';
import {isObject, type Json, type JsonObject, parseJson, printJson} from '../../src/kube/json.ts';
import {decodePod} from '../../src/kube/pod.ts';
import {defaultPod} from '../../src/kube/podDefaults.ts';
import {viewOf} from '../../src/kube/podView.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {leastPolicy} from '../../src/policy/least.ts';
import {hasReference, isThorough, runReference} from '../support/kubernetes/reference.ts';
import {objectOf} from '../support/run/output.ts';

const some = <T>(...values: readonly T[]) =>
  fc.option(fc.constantFrom(...values), {nil: undefined});

/** Pods of what decides whether the API server takes what a policy fills in. */
const touchyPod = fc
  .record({
    os: some<Json>({name: 'windows'}, {name: 'linux'}),
    containers: fc.array(
      fc.record(
        {
          privileged: fc.constant(true),
          capabilities: fc.constantFrom<Json>({add: ['CAP_SYS_ADMIN']}, {add: ['SYS_ADMIN']}, {}),
          allowPrivilegeEscalation: fc.boolean(),
          runAsNonRoot: fc.boolean(),
          seccompProfile: fc.constantFrom<Json>({type: 'RuntimeDefault'}),
        },
        {requiredKeys: []},
      ),
      {minLength: 1, maxLength: 3},
    ),
    bare: fc.boolean(),
  })
  .map(
    ({os, containers, bare}): JsonObject => ({
      metadata: {name: 'p', namespace: 'default'},
      spec: {
        os,
        containers: containers.map((securityContext, index) => ({
          name: `c${index}`,
          image: 'x',
          ...(bare ? {} : {securityContext: securityContext as JsonObject}),
        })),
      },
    }),
  );

/** Whether the API server would take the pod as it is. */
function isTaken(raw: Json): boolean {
  return (
    podErrors(prepareForCreate(defaultPod(decodePod(raw), lastRelease), lastRelease), lastRelease)
      .length === 0
  );
}

/** A case in which the least policy of the pods is the only one, for each of them. */
function casesOf(pods: readonly JsonObject[], mayFill: boolean): readonly JsonObject[] {
  const taken = pods
    .filter(isTaken)
    .map(raw => ({raw, view: viewOf(defaultPod(decodePod(raw), lastRelease), lastRelease)}));
  const [first, ...rest] = taken.map(({view}) => view);
  if (first === undefined) return [];
  const policy = parseJson(
    printJson(compact(leastPolicy('least', [first, ...rest], mayFill))),
  ) as JsonObject;
  return taken.map(({raw}) => caseOf(raw, policy));
}

const apiGroup = 'rbac.authorization.k8s.io';

function caseOf(pod: JsonObject, policy: JsonObject): JsonObject {
  return {
    name: 'least',
    namespace: 'default',
    operation: 'CREATE',
    // Without it, no policy lets in a pod that asks for an unmasked /proc.
    featureGates: {ProcMountType: true},
    user: {username: 'u', groups: []},
    policies: [policy],
    rbac: {
      clusterRoles: [
        {metadata: {name: 'r'}, rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]},
      ],
      clusterRoleBindings: [
        {
          metadata: {name: 'r'},
          roleRef: {apiGroup, kind: 'ClusterRole', name: 'r'},
          subjects: [{apiGroup, kind: 'User', name: 'u'}],
        },
      ],
    },
    pod: {...pod, metadata: {...objectOf(pod.metadata), namespace: 'default'}},
  };
}

/** What Kubernetes says against the cases: a denial, or a pod that it refuses after the policy. */
function judged(cases: readonly JsonObject[]) {
  const results = linesOf(
    runReference(
      'psp-reference',
      ['-compact', '-validate-pods'],
      cases.map(one => `${printJson(one)}\n`).join(''),
    ),
  ).map((result, index): JsonObject => ({...result, input: cases[index] ?? {}}));
  // What is not read of a pod, as images, may make it invalid without any policy.
  const sound = results.filter(({podErrors: before}) => isNone(before));
  const refused = sound.filter(
    ({allowed, mutatedPodErrors, error}) =>
      error !== undefined || allowed !== true || !isNone(mutatedPodErrors),
  );
  return {
    sound: sound.length,
    refusals: refused.map(({message, mutatedPodErrors, error, input}) =>
      printJson(compact({message, mutatedPodErrors, error, input})),
    ),
  };
}

function isNone(errors: Json | undefined): boolean {
  return errors === undefined || (Array.isArray(errors) && errors.length === 0);
}

function linesOf(output: Buffer): readonly JsonObject[] {
  const lines = output.toString('utf8').trimEnd().split('\n');
  return lines.map(line => objectOf(parseJson(line)));
}

const count = isThorough ? 2000 : 60;

/** Pods of the generator of cases, two by two, as they are and as pods for Windows. */
function generatedPods(): readonly (readonly JsonObject[])[] {
  const cases = linesOf(
    runReference('psp-cases', ['-seed', '7', '-n', `${count}`, '-prefix', 'l']),
  );
  const pods = cases.map(({pod}) => objectOf(pod)).filter(({spec}) => isObject(spec ?? null));
  return pods.flatMap((pod, index) => {
    const windows = {...pod, spec: {...objectOf(pod.spec), os: {name: 'windows'}}};
    const next = pods[index + 1] ?? pod;
    return [[pod], [pod, next], [windows], [windows, next]];
  });
}

describe.runIf(hasReference('psp-cases', 'psp-reference'))('the least policy of pods', () => {
  test.each([
    {
      name: 'made to be touchy',
      groups: () => fc.sample(fc.array(touchyPod, {minLength: 1, maxLength: 3}), count),
    },
    {name: 'of the generator', groups: generatedPods},
  ])('writes nothing for which the API server refuses one of them: $name', ({groups}) => {
    const all = groups();
    for (const mayFill of [false, true]) {
      const cases = all.flatMap(pods => casesOf(pods, mayFill));
      const {sound, refusals} = judged(cases);
      expect(refusals.slice(0, 3)).toEqual([]);
      expect(sound).toBeGreaterThan(count / 2);
    }
  });
});
