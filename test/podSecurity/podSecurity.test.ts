import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {isObject, type Json, type JsonObject} from '../../src/kube/json.ts';
import {decodePod} from '../../src/kube/pod.ts';
import {defaultPod} from '../../src/kube/podDefaults.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {
  levelOfPod,
  meetsStandard,
  refusalDetail,
  standardRefusals,
  violationText,
} from '../../src/podSecurity/judge.ts';
import {
  newestStandard,
  parseStandardVersion,
  type StandardVersion,
  standardVersionText,
} from '../../src/podSecurity/version.ts';
import {anyPod} from '../support/builders/anyPod.ts';
import {patched} from '../support/builders/jsonPatch.ts';
import {recordedVectors} from '../support/kubernetes/conformance.ts';
import {hasReference, isThorough} from '../support/kubernetes/reference.ts';
import {
  askStandards,
  type StandardAnswer,
  type StandardQuestion,
  standardTestFolder,
  standardTests,
} from '../support/kubernetes/standards.ts';
import {objectOf} from '../support/run/output.ts';

const firstPinned = 24;
const versions = Array.from({length: newestStandard - firstPinned + 1}, (_, index) =>
  standardVersionText(firstPinned + index),
);
const hasJudge = hasReference('psa-reference');
const folder = standardTestFolder();

describe.runIf(folder !== undefined)("the standards' own pods", () => {
  const pods = standardTests(folder ?? '');

  test('there are as many as there were', () => {
    expect(pods.length).toBe(4537);
  });

  test('each is judged as its folder says', () => {
    // A volume without a source is an emptyDir, once the server has seen it.
    const wrong = pods.filter(
      ({pod, level, version, passes}) =>
        meetsStandard(defaultPod(decodePod(pod), lastRelease), level, at(version)) !== passes,
    );
    expect(wrong.map(({path}) => path)).toEqual([]);
  });

  test.runIf(hasJudge)('with the messages of Kubernetes', () => {
    expect(differencesOn(pods)).toEqual([]);
  });
});

describe.runIf(hasJudge)('pods before and after PSP', () => {
  const vectors = recordedVectors().filter(({expected}) => expected.error === undefined);
  const step = isThorough ? 8 : 40;
  const chosen = vectors.filter((_, index) => index % step === 0);

  test('are judged as Kubernetes does, at all versions', {timeout: 1_200_000}, () => {
    expect(chosen.length).toBeGreaterThan(50);
    const size = 50;
    for (let from = 0; from < chosen.length; from += size) {
      const pods = chosen.slice(from, from + size).flatMap(({input, expected}) => {
        const submitted = patched(input.pod ?? null, patchOf(expected, 'defaults'));
        return [submitted, patched(submitted, patchOf(expected, 'psp'))];
      });
      expect(differencesOn(pods.flatMap(pod => asked(pod)))).toEqual([]);
    }
  });
});

describe.runIf(hasJudge)('any pod', () => {
  test('is judged as Kubernetes does', {timeout: 600_000}, () => {
    const pods = fc.sample(anyPod, {numRuns: isThorough ? 500 : 60, seed: 37});
    const dressed = fc.sample(laterFields, {numRuns: pods.length, seed: 38});
    const questions = pods.flatMap((pod, index) => asked(dress(pod, dressed[index] ?? {})));
    expect(differencesOn(questions)).toEqual([]);
  });
});

describe('levels', () => {
  const hardened = {
    allowPrivilegeEscalation: false,
    capabilities: {drop: ['ALL']},
    runAsNonRoot: true,
    seccompProfile: {type: 'RuntimeDefault'},
  };
  const podOf = (container: Json, spec = {}) =>
    decodePod({spec: {...spec, containers: [{name: 'c', ...(container as object)}]}});

  test('the strictest that lets a pod in', () => {
    expect(levelOfPod(podOf({securityContext: hardened}), 'latest')).toBe('restricted');
    expect(levelOfPod(podOf({}), 'latest')).toBe('baseline');
    expect(levelOfPod(podOf({}, {hostPID: true}), 'latest')).toBe('privileged');
  });

  test('depend on the version', () => {
    const probe = {httpGet: {port: 80, host: '10.0.0.1'}};
    const pod = podOf({securityContext: hardened, livenessProbe: probe});
    expect([33, 34].map(version => levelOfPod(pod, version))).toEqual(['restricted', 'privileged']);
    expect(levelOfPod(pod, 99)).toBe(levelOfPod(pod, 'latest'));
  });

  test('privileged takes everything', () => {
    expect(standardRefusals(podOf({}, {hostIPC: true}), 'privileged', 24)).toEqual([]);
  });

  test('are refused in the words of the server', () => {
    const refusals = standardRefusals(podOf({}, {hostPID: true}), 'baseline', 'latest');
    expect(violationText('baseline', 'latest', refusals)).toBe(
      'violates PodSecurity "baseline:latest": host namespaces (hostPID=true)',
    );
  });
});

describe('versions', () => {
  test.each(['latest', 'v1.0', 'v1.24', 'v1.137'])('%s is one', text => {
    const version = parseStandardVersion(text);
    expect(version === undefined ? undefined : standardVersionText(version)).toBe(text);
  });

  test.each(['', '1.24', 'v1.024', 'v2.0', 'v1.24.1', 'Latest', `v1.${'9'.repeat(30)}`])(
    '%j is none',
    text => expect(parseStandardVersion(text)).toBeUndefined(),
  );
});

/** A patch that the reference tells of. */
function patchOf({patches}: JsonObject, name: 'defaults' | 'psp'): readonly JsonObject[] {
  const patch = isObject(patches) ? patches[name] : undefined;
  return Array.isArray(patch) ? patch.map(objectOf) : [];
}

/** A pod at all versions and levels. */
function asked(pod: Json): readonly StandardQuestion[] {
  return [...versions, 'latest'].flatMap(version =>
    (['baseline', 'restricted'] as const).map(level => ({pod, level, version})),
  );
}

function answerTo({pod, level, version}: StandardQuestion): StandardAnswer {
  const decoded = decodePod(pod);
  const refusals = standardRefusals(decoded, level, at(version));
  const allowed = meetsStandard(decoded, level, at(version));
  const message = allowed ? '' : violationText(level, at(version), refusals);
  const reason = refusals.map(each => each.reason).join(', ');
  const detail = refusalDetail(refusals);
  return {allowed, reason, detail, message};
}

function at(version: string): StandardVersion {
  return parseStandardVersion(version) ?? 'latest';
}

/** Where Kubernetes says something else. */
function differencesOn(questions: readonly StandardQuestion[]): readonly unknown[] {
  const expected = askStandards(questions);
  return questions.flatMap((question, index) => {
    const found = answerTo(question);
    const wanted = expected[index];
    return JSON.stringify(found) === JSON.stringify(wanted) ? [] : [{question, found, wanted}];
  });
}

const handler = fc.constantFrom<Json>(
  {httpGet: {port: 1, host: 'b'}},
  {tcpSocket: {port: 1, host: 'a'}},
  {httpGet: {port: 1}},
);
const appArmorProfile = fc.constantFrom<Json>(
  {type: 'Unconfined'},
  {type: 'RuntimeDefault'},
  {type: 'Localhost', localhostProfile: 'x'},
);
const context = fc.record(
  {appArmorProfile, windowsOptions: fc.record({hostProcess: fc.boolean()})},
  {requiredKeys: []},
);
/** What PSP does not look at, and fields that came after it. */
const laterFields = fc.record(
  {
    spec: fc.record(
      {hostUsers: fc.boolean(), os: fc.constantFrom<Json>({name: 'windows'}, {name: 'linux'})},
      {requiredKeys: []},
    ),
    pod: context,
    context,
    container: fc.record(
      {
        livenessProbe: handler,
        readinessProbe: handler,
        startupProbe: handler,
        lifecycle: fc.record({postStart: handler, preStop: handler}, {requiredKeys: []}),
      },
      {requiredKeys: []},
    ),
  },
  {requiredKeys: []},
);

type Later = Readonly<Record<string, unknown>>;

/** The pod with these fields as well, and a volume of an image and an ephemeral container. */
function dress(pod: Json, {spec, pod: ofPod, context, container}: Later): Json {
  if (!isObject(pod) || !isObject(pod.spec)) return pod;
  const {containers, volumes, securityContext} = pod.spec;
  const [first, ...rest] = Array.isArray(containers) ? containers : [];
  const own = isObject(first) ? first : {};
  const changed = {
    ...own,
    ...(container as object),
    securityContext: {...(own.securityContext as object), ...(context as object)},
  };
  return {
    ...pod,
    spec: {
      ...pod.spec,
      ...(spec as object),
      securityContext: {...(securityContext as object), ...(ofPod as object)},
      containers: [changed, ...rest],
      ephemeralContainers: container === undefined ? [] : [{...changed, name: 'e0'}],
      volumes: [...(Array.isArray(volumes) ? volumes : []), {name: 'i', image: {reference: 'x'}}],
    },
  } as Json;
}
