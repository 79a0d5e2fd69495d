import {join} from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {podErrors} from '../../src/admission/podValidation.ts';
import {prepareForCreate} from '../../src/admission/prepare.ts';
import type {FieldError} from '../../src/kube/fieldError.ts';
import {isObject, type Json, type JsonObject} from '../../src/kube/json.ts';
import {decodePod} from '../../src/kube/pod.ts';
import {defaultPod} from '../../src/kube/podDefaults.ts';
import {lastRelease, type Release, releaseOf} from '../../src/kube/release.ts';
import {changedPod} from '../support/kubernetes/conformance.ts';
import {
  hasReference,
  isThorough,
  requireBinary,
  runProgram,
} from '../support/kubernetes/reference.ts';
import {builtRelease, oldReleases, recordedRelease} from '../support/kubernetes/releases.ts';
import {caseOf, oddCase, plain, soundCase} from './oddPods.ts';

const runs = isThorough ? 3000 : 300;

/** A release, and its reference program. */
interface Judged {
  readonly name: string;
  readonly release: Release;
  readonly program: string;
}

const current: readonly Judged[] = hasReference('psp-reference')
  ? [{name: 'v1.24', release: lastRelease, program: requireBinary('psp-reference')}]
  : [];
/** The old releases whose programs are built, if new cases of them are wanted. */
const old =
  Number(process.env.PSP_RELEASE_CASES ?? 0) === 0
    ? []
    : oldReleases.flatMap((name): readonly Judged[] => {
        const dir = builtRelease(name);
        if (dir === undefined) return [];
        return [{name, release: releaseOf(name), program: join(dir, 'psp-reference')}];
      });
const judged: readonly Judged[] = [...current, ...old];

describe.runIf(judged.length > 0)('what is said of a pod that is created', () => {
  test.each(
    judged.flatMap(by => [
      {...by, about: 'of odd values', made: oddCase, share: 0},
      {...by, about: 'sound until a policy changes it', made: soundCase(oddCase), share: 0.1},
    ]),
  )('is what the API server of $name says: $about', ({release, program, made, share}) => {
    const cases = fc.sample(made, runs).map(caseOf);
    const lines = cases.map(one => `${JSON.stringify(one)}\n`).join('');
    const results = runProgram(program, ['-validate-pods'], lines)
      .toString('utf8')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as JsonObject);
    let afterwards = 0;
    for (const [index, result] of results.entries()) {
      const input = cases[index] ?? {};
      const about = JSON.stringify(input.pod);
      expect(result.error, about).toBeUndefined();
      const pod = defaultPod(decodePod(input.pod ?? null), release);
      const submitted = prepareForCreate(pod, release);
      expect(printed(podErrors(submitted, release)), about).toEqual(listed(result.podErrors));
      if (listed(result.podErrors).length > 0 || !isObject(result.pod)) continue;
      const left = defaultPod(decodePod(result.pod), release);
      const errors = printed(podErrors(left, release));
      expect(errors, about).toEqual(listed(result.mutatedPodErrors));
      if (errors.length > 0) afterwards++;
    }
    expect(afterwards).toBeGreaterThanOrEqual(runs * share);
  });
});

describe.each(oldReleases)('what is said of the recorded pods of %s', name => {
  test('is what its API server says, before and after a policy has changed them', () => {
    const release = releaseOf(name);
    const created = recordedRelease(name).filter(({input}) => input.operation === 'CREATE');
    const differing = created.filter(({input, expected}) => {
      const submitted = defaultPod(decodePod(input.pod ?? null), release);
      const own = printed(podErrors(prepareForCreate(submitted, release), release));
      const changed = changedPod(input.pod ?? null, expected);
      const left = defaultPod(decodePod(changed), release);
      const later = printed(podErrors(prepareForCreate(left, release), release));
      return (
        !isDeepStrictEqual(own, listed(expected.podErrors)) ||
        (own.length === 0 && !isDeepStrictEqual(later, listed(expected.mutatedPodErrors)))
      );
    });
    expect(created.length).toBeGreaterThan(400);
    expect(differing.map(({input}) => input.name)).toEqual([]);
  });
});

test('a name that no container may have is told in the words of the release', () => {
  const pod = decodePod({spec: {containers: [{name: 'Web', image: 'x'}]}});
  const said = (release: Release) => podErrors(pod, release).map(({detail}) => detail);
  expect(said(19)).toEqual([expect.stringMatching(/^a DNS-1123 label must consist of/)]);
  expect(said(20)).toEqual([expect.stringMatching(/^a lowercase RFC 1123 label must consist of/)]);
});

test('what Windows alone knows is refused of a pod that is for Linux', () => {
  const windowsOptions = {runAsUserName: 'ContainerUser'};
  const container = {name: 'c', image: 'x', securityContext: {windowsOptions}};
  const spec = (os: object | undefined) => ({
    securityContext: {windowsOptions},
    containers: [container],
    os,
  });
  const said = (os: object | undefined) =>
    printed(podErrors(decodePod(plain({spec: spec(os)})), lastRelease));
  const words = 'windows options cannot be set for a linux pod';
  expect(said({name: 'linux'})).toEqual([
    `FieldValueForbidden spec.containers[0].securityContext.windowsOptions ${words}`,
    `FieldValueForbidden spec.securityContext.windowsOptions ${words}`,
  ]);
  expect([said(undefined), said({name: 'windows'})]).toEqual([[], []]);
});

/** As the reference prints errors: sorted, without the values that Go prints with addresses. */
function printed(errors: readonly FieldError[]): readonly string[] {
  return errors.map(({type, field, detail}) => `${type} ${field} ${detail}`).sort();
}

function listed(errors: Json | undefined): readonly string[] {
  if (!Array.isArray(errors)) return [];
  return errors
    .filter(isObject)
    .map(({type, field, detail}) => `${type} ${field} ${detail ?? ''}`)
    .sort();
}
