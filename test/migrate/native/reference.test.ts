import {setImmediate} from 'node:timers/promises';
import {describe, expect, test} from 'vitest';
import type {NativeOptions} from '../../../src/inventory/native/options.ts';
import {
  asIsDifferences,
  celCaseOf,
  celDifferences,
  changesServersOwn,
  hasEmptyGroups,
} from '../../support/kubernetes/celCases.ts';
import {askCel, hasCelReference} from '../../support/kubernetes/celReference.ts';
import {
  recordedUpdates,
  recordedVectors,
  type Vector,
  vectorsOf,
} from '../../support/kubernetes/conformance.ts';
import {hasReference, isThorough, runReference} from '../../support/kubernetes/reference.ts';

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

/** So many cases go to the program at a time: then it is told how far the test is, and the runner is heard. */
const batchSize = 100;

/**
 * What is different between v1.24's answers and those of v1.37's code, as `differencesOf` tells it: undefined of a
 * case that can't be compared, such as a pod that v1.37 never takes.
 */
async function compare(
  what: string,
  vectors: readonly Vector[],
  differencesOf: typeof celDifferences,
  options: Partial<NativeOptions> = {},
): Promise<{readonly compared: number; readonly differences: readonly string[]}> {
  const results: (readonly string[] | undefined)[] = [];
  const tell = (text: string) => process.stderr.write(`policies on v1.37: ${text}\n`);
  for (let start = 0; start < vectors.length; start += batchSize) {
    const batch = vectors.slice(start, start + batchSize);
    const answers = askCel(batch.map(({input}) => celCaseOf(input, options)));
    for (const [index, vector] of batch.entries()) {
      const answer = answers[index];
      results.push(answer && differencesOf(vector, answer));
    }
    if (vectors.length > 2 * batchSize) tell(`${results.length} of ${vectors.length} ${what}`);
    await setImmediate();
  }
  const isUnseen = results.map((_, index) => hasEmptyGroups(vectors[index]?.input.pod));
  const ofUnseen = results.filter((result, index) => isUnseen[index] && result?.length);
  const compared = results.filter(result => result !== undefined).length;
  const differences = results.flatMap((result, index) => (isUnseen[index] ? [] : (result ?? [])));
  tell(
    `${compared} of ${vectors.length} ${what} compared, ${differences.length} differ, and ${ofUnseen.length} by an empty list that CEL can't see; seed ${PSP_SEED}`,
  );
  return {compared, differences};
}

describe.runIf(hasCelReference())('what takes the place of policies on v1.37', () => {
  const of = (operation: string) => (vector: Vector) => vector.input.operation === operation;

  test('says the same of pods that are created, and writes the same into them', {
    timeout: 7_200_000,
  }, async () => {
    const vectors = sampleOf(recordedVectors().filter(of('CREATE')), tried);
    const {compared, differences} = await compare('creations', vectors, celDifferences);
    expect(compared).toBeGreaterThan(vectors.length * 0.8);
    expect(differences.slice(0, 10)).toEqual([]);
  });

  test('says the same of updates', {timeout: 3_600_000}, async () => {
    const all = [...recordedVectors(), ...recordedUpdates()].filter(
      vector => of('UPDATE')(vector) && !changesServersOwn(vector),
    );
    const {compared, differences} = await compare('updates', sampleOf(all, tried), celDifferences);
    expect(compared).toBeGreaterThan(0);
    expect(differences.slice(0, 10)).toEqual([]);
  });

  test('where nothing writes defaults, lets in what a policy takes as it is', {
    timeout: 7_200_000,
  }, async () => {
    const vectors = sampleOf(recordedVectors().filter(of('CREATE')), tried);
    const {compared, differences} = await compare(
      'creations without defaults',
      vectors,
      asIsDifferences,
      {mode: 'validate', server: 30},
    );
    expect(compared).toBeGreaterThan(vectors.length / 2);
    expect(differences.slice(0, 10)).toEqual([]);
  });

  test.runIf(hasReference('psp-cases', 'psp-reference'))(
    'says the same of new cases',
    {timeout: 7_200_000},
    async () => {
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
      const vectors = vectorsOf(cases.toString('utf8'), results.toString('utf8')).filter(
        vector => !changesServersOwn(vector),
      );
      const {differences} = await compare('new cases', vectors, celDifferences);
      expect(differences.slice(0, 10)).toEqual([]);
    },
  );
});
