import {type ExitCode, exitCodes} from '../../errors.ts';
import {fixedInventory, followCluster} from '../../inventory/follow/followCluster.ts';
import {createStore} from '../../tui/store.ts';
import {choose} from '../flags.ts';
import {loadOffline} from '../input/load.ts';
import type {SessionOptions, World} from '../world.ts';
import {failureLine, readDrafts} from './drafts.ts';
import {viewsToOpen} from './openAt.ts';
import {clusterChanges, noChanges} from './sessionChanges.ts';
import {fileServices} from './sessionFiles.ts';
import type {SummaryFlags} from './summaryFlags.ts';

/** Runs the interactive session on the cluster, a snapshot, or the demo. */
export async function runSession(world: World, flags: Partial<SummaryFlags>): Promise<ExitCode> {
  const {namespace} = flags;
  const theme = choose('--theme', flags.theme, ['auto', 'light', 'dark']);
  viewsToOpen(flags.open, namespace, ''); // a wrong --open is reported before anything is read
  const drafts = flags.drafts === undefined ? [] : await readDrafts(world, flags.drafts);
  const open = flags.open ?? (drafts[0] && `psp/${drafts[0].base.metadata.name}`);
  const offline = await loadOffline(world, flags);
  if (offline !== undefined) {
    const what = flags.demo ? 'The demo' : `${offline.source}`;
    return openKept(world, {
      live: fixedInventory(offline),
      services: {
        ...fileServices(world, offline, namespace ?? offline.defaultNamespace),
        ...noChanges(`${what} can't be changed`),
      },
      store: createStore(viewsToOpen(open, namespace, offline.defaultNamespace), drafts, namespace),
      user: offline.caller?.user ?? '',
      theme,
    });
  }
  const cluster = await world.connect(flags);
  const live = followCluster(cluster, {home: namespace ?? cluster.namespace});
  try {
    const services = {
      ...fileServices(world, cluster, namespace ?? cluster.namespace),
      ...clusterChanges(world, cluster),
    };
    const store = createStore(viewsToOpen(open, namespace, cluster.namespace), drafts, namespace);
    return await openKept(world, {live, services, store, user: cluster.user, theme});
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
