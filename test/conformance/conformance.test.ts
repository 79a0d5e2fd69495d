import {describe, expect, test} from 'vitest';
import {conformanceResult} from '../../src/conformance/conformance.ts';
import {printJson} from '../../src/kube/json.ts';
import {
  differencesOf,
  recordedUpdates,
  recordedVectors,
  vectorsOf,
} from '../support/kubernetes/conformance.ts';
import {hasReference, isThorough, runReference} from '../support/kubernetes/reference.ts';

/** New cases of one run of the generator; CI has ten of them, each of another seed. */
const liveCases = isThorough ? 2000 : 500;
const liveRuns = isThorough ? 10 : 1;

describe('the admission plugin of v1.24.17', () => {
  test('says the same of every recorded case', () => {
    const vectors = recordedVectors();
    expect(vectors.length).toBeGreaterThanOrEqual(3000);
    expect(differencesOf(vectors).slice(0, 10)).toEqual([]);
  });

  test('lets the same updates through unseen, and no others', () => {
    const vectors = recordedUpdates();
    const unseen = vectors.filter(({expected}) => expected.ignored === true);
    expect(unseen.length).toBeGreaterThan(80);
    expect(vectors.length - unseen.length).toBeGreaterThan(20);
    expect(differencesOf(vectors).slice(0, 10)).toEqual([]);
  });

  const isHere = hasReference('psp-cases', 'psp-reference');
  // PSP_SEED runs the cases of a failure again.
  const {PSP_SEED = `${Math.floor(Math.random() * 2 ** 31)}`} = process.env;
  const seeds = Array.from({length: liveRuns}, (_, run) => `${Number(PSP_SEED) + run}`);
  test.runIf(isHere).each(seeds)(`says the same of ${liveCases} new cases (seed %s)`, seed => {
    const cases = runReference('psp-cases', ['-seed', seed, '-n', `${liveCases}`, '-prefix', 's']);
    const results = runReference('psp-reference', ['-compact'], cases);
    const vectors = vectorsOf(cases.toString('utf8'), results.toString('utf8'));
    expect(vectors.length).toBe(liveCases);
    process.stderr.write(`conformance: ${liveCases} new cases of seed ${seed}\n`);
    expect(differencesOf(vectors).slice(0, 10)).toEqual([]);
  });
});

describe('the comparison', () => {
  const [vector] = recordedVectors().filter(({expected}) => expected.allowed === true);
  const {input = {}, expected = {}} = vector ?? {};

  test('sees another verdict, another policy, another pod', () => {
    const differing = (changes: object) =>
      differencesOf([{input, expected: {...expected, ...changes}}]).map(
        line => line.split(': ')[1],
      );
    expect(differing({})).toEqual([]);
    expect(differing({allowed: false})).toEqual(['allowed']);
    expect(differing({policy: 'other', message: 'no'})).toEqual(['policy', 'message']);
    const psp = [{op: 'add', path: '/metadata/annotations', value: {}}];
    expect(differing({patches: {psp}})).toEqual(['pod']);
  });

  test('is told of what can not be run', () => {
    expect(printJson(conformanceResult({name: 'n', operation: 'DELETE'}))).toBe(
      '{"name":"n","error":"operation must be CREATE or UPDATE, got \\"DELETE\\""}',
    );
    expect(
      printJson(
        conformanceResult({name: 'n', operation: 'CREATE', pod: {spec: {containers: 'none'}}}),
      ),
    ).toBe('{"name":"n","error":"spec.containers: expected a list, found the string \\"none\\""}');
  });
});
