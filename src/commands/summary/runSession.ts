import type {Advice} from '../../advice/advice.ts';
import {grantObjects} from '../../advice/advice.ts';
import {applyLines, type PlannedChange, readObject} from '../../apply/applyAll.ts';
import {objectPath, planCreate, planPolicyUpdate} from '../../apply/planChange.ts';
import {unifiedDiff} from '../../apply/unifiedDiff.ts';
import {type ExitCode, exitCodes, UserError} from '../../errors.ts';
import {fixedInventory, followCluster} from '../../inventory/follow/followCluster.ts';
import type {Policy} from '../../kube/objects.ts';
import {printablePolicy} from '../../report/advice.ts';
import type {Result, Services} from '../../tui/services.ts';
import {createStore} from '../../tui/store.ts';
import {makeChanges, tryChanges} from '../applyChanges.ts';
import {loadOffline} from '../input/load.ts';
import type {Cluster, SessionOptions, World} from '../world.ts';
import {failureLine, readDrafts} from './drafts.ts';
import {viewsToOpen} from './openAt.ts';
import type {SummaryFlags} from './summaryFlags.ts';

/** Runs the interactive session on the cluster, a snapshot, or the demo. */
export async function runSession(world: World, flags: Partial<SummaryFlags>): Promise<ExitCode> {
  const {namespace} = flags;
  viewsToOpen(flags.open, namespace, ''); // a wrong --open is reported before anything is read
  const drafts = flags.drafts === undefined ? [] : await readDrafts(world, flags.drafts);
  const open = flags.open ?? (drafts[0] && `psp/${drafts[0].base.metadata.name}`);
  const offline = await loadOffline(world, flags);
  if (offline !== undefined) {
    const what = flags.demo ? 'The demo' : `${offline.source}`;
    return openKept(world, {
      live: fixedInventory(offline),
      services: readOnlyServices(world, `${what} can't be changed`),
      store: createStore(viewsToOpen(open, namespace, offline.defaultNamespace), drafts, namespace),
      user: offline.caller?.user ?? '',
    });
  }
  const cluster = await world.connect(flags);
  const live = followCluster(cluster, {home: namespace ?? cluster.namespace});
  try {
    const services = clusterServices(world, cluster);
    const store = createStore(viewsToOpen(open, namespace, cluster.namespace), drafts, namespace);
    return await openKept(world, {live, services, store, user: cluster.user});
  } finally {
    live.stop();
    cluster.close();
  }
}

/** Opens the session; if it fails, keeps the edits in progress. */
async function openKept(world: World, options: SessionOptions): Promise<ExitCode> {
  try {
    await world.openSession(options);
    return exitCodes.ok;
  } catch (error) {
    world.warn(await failureLine(world, error, options.store.get()));
    return exitCodes.bug;
  }
}

type Files = Pick<Services, 'writeFile' | 'diff'>;

function fileServices(world: World): Files {
  return {
    async writeFile(path, text, force) {
      if (!force && (await world.fileExists(path))) return 'exists';
      await world.writeFile(path, text, true);
      return 'written';
    },
    diff(before, after, name) {
      const names = {before: `${name} (cluster)`, after: `${name} (edited)`};
      const text = unifiedDiff(before, after, names);
      return text === '' ? ['No difference.'] : text.trimEnd().split('\n');
    },
  };
}

function readOnlyServices(world: World, readOnly: string): Services {
  const refuse = (): Promise<Result> => Promise.resolve({ok: false, lines: [readOnly]});
  return {
    ...fileServices(world),
    readOnly,
    dryRunPolicy: refuse,
    applyPolicy: refuse,
    dryRunAdvice: refuse,
    applyAdvice: refuse,
  };
}

function clusterServices(world: World, cluster: Cluster): Services {
  return {
    ...fileServices(world),
    readOnly: undefined,
    dryRunPolicy: async draft => tryAll(cluster, await policyChanges(cluster, draft)),
    applyPolicy: async draft => makeAll(world, cluster, await policyChanges(cluster, draft)),
    dryRunAdvice: async advices => tryAll(cluster, await adviceChanges(cluster, advices)),
    applyAdvice: async advices => makeAll(world, cluster, await adviceChanges(cluster, advices)),
  };
}

async function policyChanges(cluster: Cluster, draft: Policy): Promise<readonly PlannedChange[]> {
  const raw = await readObject(cluster, objectPath(printablePolicy(draft)));
  if (raw === undefined) {
    throw new UserError(
      `PodSecurityPolicy ${draft.metadata.name} is gone from the cluster: press w to write your edit to a file, then kubectl create -f recreates it`,
      exitCodes.refused,
    );
  }
  const change = planPolicyUpdate(draft, raw);
  return change === undefined ? [] : [change];
}

/** The policies and grants that are not there yet; one that is there and differs is in the way. */
async function adviceChanges(
  cluster: Cluster,
  advices: readonly Advice[],
): Promise<readonly PlannedChange[]> {
  const objects = advices.flatMap(advice => [
    printablePolicy(advice.policy),
    ...grantObjects(advice),
  ]);
  const changes: PlannedChange[] = [];
  for (const object of objects) {
    const planned = planCreate(object, await readObject(cluster, objectPath(object)));
    if (planned.plan === 'conflict') throw new UserError(planned.text, exitCodes.refused);
    if (planned.plan === 'change') changes.push(planned.change);
  }
  return changes;
}

async function tryAll(cluster: Cluster, changes: readonly PlannedChange[]): Promise<Result> {
  if (changes.length === 0) return {ok: false, lines: ['The cluster has all of it already.']};
  return tryChanges(cluster, changes);
}

async function makeAll(
  world: World,
  cluster: Cluster,
  changes: readonly PlannedChange[],
): Promise<Result> {
  const applied = await makeChanges(world, cluster, changes);
  return {ok: applied.outcome === 'applied', lines: applyLines(applied)};
}
