import {describe, expect, test} from 'vitest';
import {differencesOf, vectorsOf} from '../support/kubernetes/conformance.ts';
import {
  buildableReleases,
  builtRelease,
  madeCases,
  oldReleases,
  recordedOfRelease,
  recordedRelease,
} from '../support/kubernetes/releases.ts';

/** New cases of each release whose programs are built; 0 by default, as few have them. */
const {PSP_RELEASE_CASES = '0', PSP_SEED = `${Math.floor(Math.random() * 2 ** 31)}`} = process.env;
const newCases = Number(PSP_RELEASE_CASES);

test('the releases are those that can be built', () => {
  expect(buildableReleases()).toEqual(oldReleases);
});

describe.each(oldReleases)('the admission plugin of %s', release => {
  test('says the same of every recorded case', () => {
    const vectors = recordedRelease(release);
    expect(vectors.length).toBe(recordedOfRelease);
    expect(vectors.filter(({input}) => input.release !== release)).toEqual([]);
    const allowed = vectors.filter(({expected}) => expected.allowed === true);
    expect(allowed.length).toBeGreaterThan(vectors.length / 4);
    expect(differencesOf(vectors).slice(0, 10)).toEqual([]);
  });

  const programs = newCases > 0 ? builtRelease(release) : undefined;
  test.runIf(programs)(`says the same of ${newCases} new cases (seed ${PSP_SEED})`, () => {
    if (programs === undefined) return;
    const made = madeCases(release, programs, {seed: Number(PSP_SEED), count: newCases});
    const vectors = vectorsOf(made.cases.toString('utf8'), made.expected.toString('utf8'));
    expect(vectors.length).toBe(newCases);
    expect(differencesOf(vectors).slice(0, 10)).toEqual([]);
  });
});
