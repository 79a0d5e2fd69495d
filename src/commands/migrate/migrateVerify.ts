import {isServerError} from '../../apply/change.ts';
import {type ExitCode, exitCodes, UserError} from '../../errors.ts';
import {gapText} from '../../inventory/gaps.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import {limiter} from '../../inventory/read/limiter.ts';
import {readCluster} from '../../inventory/read/readCluster.ts';
import {isObject, type Json} from '../../kube/json.ts';
import type {TrialAnswer} from '../../migrate/verify/outcome.ts';
import type {PodToTry} from '../../migrate/verify/trials.ts';
import {verificationState, verifyPods} from '../../migrate/verify/verification.ts';
import {document} from '../../report/machine.ts';
import {
  printedVerification,
  printedVerificationState,
  untriedReasons,
  verificationText,
} from '../../report/migrateVerify.ts';
import {printMachine} from '../answer.ts';
import {choose} from '../flags.ts';
import {loadOffline, requirePolicies} from '../input/load.ts';
import type {Cluster, World} from '../world.ts';
import {type MigrateFlags, migrateFormats} from './migrateFlags.ts';

/** How many pods are tried if the user names no number. */
const usualCases = 3000;

/**
 * Has a cluster try near misses of its policies, or of those of --from, as those who may use them, and compares
 * verdict, policy and pod with the program's own.
 */
export async function runVerify(world: World, flags: MigrateFlags): Promise<ExitCode> {
  const format = choose('-o', flags.output, migrateFormats.verify);
  const most = casesOf(flags.cases);
  const offline = await loadOffline(world, flags);
  const cluster = await world.connect(flags);
  try {
    const source = await sourceOf(world, cluster, offline);
    const asker = askerOf(world, flags);
    try {
      const found = await verifyPods(source, {most, answer: asker.answer});
      if (format === 'json' || format === 'yaml') {
        const items = printedVerification(found);
        const all = {...document('Verification', items, []), ...printedVerificationState(found)};
        await printMachine(world, format, all);
      } else {
        const headers = !flags.noHeaders;
        world.print(
          verificationText(found, {wide: format === 'wide', headers, source: source.source}),
        );
      }
      for (const line of untriedReasons(found)) world.warn(line);
      const codes = {same: exitCodes.ok, differs: exitCodes.no, unknown: exitCodes.unreadable};
      return codes[verificationState(found)];
    } finally {
      asker.close();
    }
  } finally {
    cluster.close();
  }
}

function casesOf(text: string | undefined): number {
  if (text === undefined) return usualCases;
  const cases = Number(text);
  if (Number.isInteger(cases) && cases > 0) return cases;
  throw new UserError(`--cases: ${JSON.stringify(text)} is not a number of pods`, exitCodes.usage);
}

/** The rights and accounts of the cluster, and its policies or those of files. */
async function sourceOf(
  world: World,
  cluster: Cluster,
  offline: Inventory | undefined,
): Promise<Inventory> {
  const live = await readCluster(cluster, {
    namespace: undefined,
    time: world.now(),
    policies: true,
    workloads: false,
    serviceAccounts: true,
    caller: false,
    exact: true,
  });
  const gaps = live.gaps.filter(
    ({resource}) => offline === undefined || resource !== 'podsecuritypolicies',
  );
  // That namespaces can't be listed matters only where another kind can't.
  const gap = gaps.find(({resource}) => resource !== 'namespaces') ?? gaps[0];
  if (gap !== undefined) {
    throw new UserError(
      `what the cluster does can't be foretold: ${gapText(gap)}`,
      exitCodes.refused,
    );
  }
  if (offline !== undefined) return {...live, gaps, policies: offline.policies};
  requirePolicies(live);
  return live;
}

/** Sends pods as whoever creates them at their stands. */
function askerOf(
  world: World,
  flags: MigrateFlags,
): {readonly answer: (trial: PodToTry) => Promise<TrialAnswer>; readonly close: () => void} {
  const clients = new Map<string, Promise<Cluster>>();
  const run = limiter();
  const clientFor = ({stand: {requester}}: PodToTry): Promise<Cluster> => {
    const key = JSON.stringify(requester);
    const known = clients.get(key);
    if (known !== undefined) return known;
    const made = world.connect({...flags, as: requester.user, asGroup: requester.groups});
    clients.set(key, made);
    return made;
  };
  return {
    answer: trial =>
      run(async () => {
        const client = await clientFor(trial);
        const {namespace} = trial.stand;
        const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods?dryRun=All`;
        try {
          return {kind: 'stored', pod: await client.send('POST', path, trial.pod)};
        } catch (error) {
          if (!isServerError(error) || (error.status !== 403 && error.status !== 422)) throw error;
          return {kind: 'refused', status: error.status, message: wordsOf(error)};
        }
      }),
    close() {
      for (const client of clients.values()) client.then(one => one.close()).catch(() => undefined);
    },
  };
}

/** The server's own words, without what they mean for somebody who creates pods. */
function wordsOf({message, body}: Error & {readonly body?: unknown}): string {
  const status = body as Json | undefined;
  const said = isObject(status) ? status.message : undefined;
  return typeof said === 'string' ? said : message;
}
