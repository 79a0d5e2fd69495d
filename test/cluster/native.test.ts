import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {celCaseOf, celDifferences, hasEmptyGroups} from '../support/kubernetes/celCases.ts';
import {recordedUpdates, recordedVectors, type Vector} from '../support/kubernetes/conformance.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {successorApiServer} from '../support/kubernetes/successor.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {otherPlugins, poseAll} from './nativeServer.ts';

/** How many recorded cases are posed of each sort: PSP_NATIVE_CASES=all takes half an hour. */
const {PSP_NATIVE_CASES = '24'} = process.env;
const most = PSP_NATIVE_CASES === 'all' ? Number.POSITIVE_INFINITY : Number(PSP_NATIVE_CASES);

function spread(vectors: readonly Vector[]): readonly Vector[] {
  const step = Math.max(1, Math.floor(vectors.length / most));
  return vectors.filter((_, index) => index % step === 0).slice(0, most);
}

const successor = hasReference('etcd') ? successorApiServer() : undefined;

describe.runIf(successor !== undefined)('policies on a server of v1.37', () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await startApiServer({
      admissionPlugins: [],
      program: successor ?? '',
      args: [otherPlugins],
    });
  }, 120_000);
  afterAll(() => server?.stop());

  test.each([
    ['creations', 'CREATE'],
    ['updates', 'UPDATE'],
  ])('answer as v1.24 did: %s', {timeout: 3_600_000}, async (what, operation) => {
    const all = [...recordedVectors(), ...recordedUpdates()];
    const vectors = spread(all.filter(({input}) => input.operation === operation));
    const answers = await poseAll(
      server,
      vectors.map(({input}) => celCaseOf(input)),
      operation.slice(0, 1).toLowerCase(),
    );
    const results = vectors.map((vector, index) => {
      const answer = answers[index];
      return answer && celDifferences(vector, answer);
    });
    const compared = results.filter(result => result !== undefined).length;
    process.stderr.write(`on v1.37: ${compared} of ${vectors.length} ${what} compared\n`);
    // CEL can't see an empty list.
    const differences = results.flatMap((result, index) =>
      hasEmptyGroups(vectors[index]?.input.pod) ? [] : (result ?? []),
    );
    expect(differences.slice(0, 10)).toEqual([]);
    expect(compared).toBeGreaterThan(vectors.length / 2);
  });
});
