import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {NativeOptions} from '../../src/inventory/native/options.ts';
import {
  asIsDifferences,
  celCaseOf,
  celDifferences,
  changesServersOwn,
  hasEmptyGroups,
} from '../support/kubernetes/celCases.ts';
import {recordedUpdates, recordedVectors, type Vector} from '../support/kubernetes/conformance.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {releaseApiServer, successorApiServer} from '../support/kubernetes/successor.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {otherPlugins} from './nativeServer.ts';
import {poseAll} from './poses.ts';

/** How many recorded cases are posed of each sort: PSP_NATIVE_CASES=all takes an hour for each server. */
const {PSP_NATIVE_CASES = '24'} = process.env;
const most = PSP_NATIVE_CASES === 'all' ? Number.POSITIVE_INFINITY : Number(PSP_NATIVE_CASES);

function spread(vectors: readonly Vector[]): readonly Vector[] {
  const step = Math.max(1, Math.floor(vectors.length / most));
  return vectors.filter((_, index) => index % step === 0).slice(0, most);
}

/** What is posed: which requests, and whether the policies write defaults or only validate. */
interface Posed {
  readonly what: string;
  readonly operation: 'CREATE' | 'UPDATE';
  readonly mode: 'full' | 'validate';
}

const inFull: readonly Posed[] = [
  {what: 'creations', operation: 'CREATE', mode: 'full'},
  {what: 'updates', operation: 'UPDATE', mode: 'full'},
];
const validated: readonly Posed[] = [
  {what: 'creations without defaults', operation: 'CREATE', mode: 'validate'},
  {what: 'updates without defaults', operation: 'UPDATE', mode: 'validate'},
];

/** The servers, and what they take besides what all do. */
const servers = [
  {release: 'v1.37', program: successorApiServer, args: [], posed: [...inFull, ...validated]},
  {release: 'v1.30', program: () => releaseApiServer('v1.30'), args: [], posed: validated},
  {
    release: 'v1.35',
    program: () => releaseApiServer('v1.35'),
    args: [
      '--feature-gates=MutatingAdmissionPolicy=true',
      '--runtime-config=admissionregistration.k8s.io/v1beta1=true',
    ],
    posed: inFull,
  },
].map(({program, ...rest}) => ({...rest, program: hasReference('etcd') ? program() : undefined}));

describe.each(servers.filter(({program}) => program !== undefined))(
  'policies on a server of $release',
  ({release, program = '', args, posed}) => {
    let server: ApiServer;
    beforeAll(async () => {
      server = await startApiServer({
        admissionPlugins: [],
        program,
        args: [otherPlugins, ...args],
      });
    }, 120_000);
    afterAll(() => server?.stop());

    test.each(posed)(
      'answer as v1.24 did: $what',
      {
        timeout: 7_200_000,
      },
      async ({what, operation, mode}) => {
        const all = [...recordedVectors(), ...recordedUpdates()];
        const vectors = spread(
          all.filter(vector => vector.input.operation === operation && !changesServersOwn(vector)),
        );
        const options: Partial<NativeOptions> = {mode, server: Number(release.slice('v1.'.length))};
        const answers = await poseAll(
          server,
          vectors.map(({input}) => celCaseOf(input, options)),
          `${mode}-${operation}-`.toLowerCase(),
        );
        // An update is never changed, so that v1.24 has taken it as it is.
        const isAsItIs = mode === 'validate' && operation === 'CREATE';
        const results = vectors.map((vector, index) => {
          const answer = answers[index];
          return answer && (isAsItIs ? asIsDifferences : celDifferences)(vector, answer);
        });
        const compared = results.filter(result => result !== undefined).length;
        process.stderr.write(`on ${release}: ${compared} of ${vectors.length} ${what} compared\n`);
        // CEL can't see an empty list.
        const differences = results.flatMap((result, index) =>
          hasEmptyGroups(vectors[index]?.input.pod) ? [] : (result ?? []),
        );
        expect(differences.slice(0, 10)).toEqual([]);
        expect(compared).toBeGreaterThan(vectors.length / 2);
      },
    );
  },
);
