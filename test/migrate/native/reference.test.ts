import {describe, expect, test} from 'vitest';
import {celCaseOf, celDifferences, hasEmptyGroups} from '../../support/kubernetes/celCases.ts';
import {askCel, hasCelReference} from '../../support/kubernetes/celReference.ts';
import {
  recordedUpdates,
  recordedVectors,
  type Vector,
  vectorsOf,
} from '../../support/kubernetes/conformance.ts';
import {hasReference, isThorough, runReference} from '../../support/kubernetes/reference.ts';
import {objectOf} from '../../support/run/output.ts';

/** How many recorded cases are tried, and how many new ones; PSP_CEL_CASES=3000 is all that there are. */
const tried = Number(process.env.PSP_CEL_CASES ?? (isThorough ? 150 : 25));
const {PSP_SEED = `${Math.floor(Math.random() * 2 ** 31)}`} = process.env;

/** As many as are wanted, spread over all. */
function sampleOf(vectors: readonly Vector[], most: number): readonly Vector[] {
  const step = Math.max(1, vectors.length / most);
  const start = Number(PSP_SEED) % Math.ceil(step);
  return Array.from(
    {length: Math.min(most, vectors.length)},
    (_, index) => vectors[Math.floor(index * step + start) % vectors.length],
  ).flatMap(vector => vector ?? []);
}

/** The differences between what v1.24 said and what v1.37 says; a pod that v1.37 never takes has none. */
function compare(vectors: readonly Vector[]): {
  readonly compared: number;
  readonly differences: readonly string[];
} {
  const answers = askCel(vectors.map(({input}) => celCaseOf(input)));
  const results = vectors.map((vector, index) => {
    const answer = answers[index];
    return answer === undefined ? undefined : celDifferences(vector, answer);
  });
  return {
    compared: results.filter(result => result !== undefined).length,
    differences: results.flatMap((result, index) =>
      hasEmptyGroups(vectors[index]?.input.pod) ? [] : (result ?? []),
    ),
  };
}

/** What only a server sets: it takes no other value, and answers a conflict or goes on with its own. */
const serversOwn = ['resourceVersion', 'uid', 'generation', 'creationTimestamp', 'selfLink'];

/** Updates that would change that, which PodSecurityPolicy looked at all the same. */
function changesServersOwn({input: {pod, oldPod}}: Vector): boolean {
  const [one = {}, other = {}] = [pod, oldPod].map(object =>
    objectOf(objectOf(object ?? {}).metadata ?? {}),
  );
  return serversOwn.some(field => one[field] !== undefined && one[field] !== other[field]);
}

describe.runIf(hasCelReference())('what takes the place of policies on v1.37', () => {
  const of = (operation: string) => (vector: Vector) => vector.input.operation === operation;

  test('says the same of pods that are created, and writes the same into them', {
    timeout: 900_000,
  }, () => {
    const vectors = sampleOf(recordedVectors().filter(of('CREATE')), tried);
    const {compared, differences} = compare(vectors);
    process.stderr.write(
      `policies on v1.37: ${compared} of ${vectors.length} creations compared, seed ${PSP_SEED}\n`,
    );
    expect(compared).toBeGreaterThan(vectors.length * 0.8);
    expect(differences.slice(0, 10)).toEqual([]);
  });

  test('says the same of updates', {timeout: 900_000}, () => {
    const all = [...recordedVectors(), ...recordedUpdates()].filter(
      vector => of('UPDATE')(vector) && !changesServersOwn(vector),
    );
    const vectors = sampleOf(all, tried);
    const {compared, differences} = compare(vectors);
    process.stderr.write(
      `policies on v1.37: ${compared} of ${vectors.length} updates compared, seed ${PSP_SEED}\n`,
    );
    expect(compared).toBeGreaterThan(0);
    expect(differences.slice(0, 10)).toEqual([]);
  });

  test.runIf(hasReference('psp-cases', 'psp-reference'))(
    'says the same of new cases',
    {timeout: 900_000},
    () => {
      const count = Math.min(tried, 2000);
      const cases = runReference('psp-cases', [
        '-seed',
        PSP_SEED,
        '-n',
        `${count}`,
        '-prefix',
        's',
      ]);
      const results = runReference('psp-reference', ['-compact'], cases);
      const vectors = vectorsOf(cases.toString('utf8'), results.toString('utf8'));
      const {compared, differences} = compare(vectors);
      process.stderr.write(
        `policies on v1.37: ${compared} of ${count} new cases compared, seed ${PSP_SEED}\n`,
      );
      expect(differences.slice(0, 10)).toEqual([]);
    },
  );
});
