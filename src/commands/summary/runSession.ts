import {unifiedDiff} from '../../apply/unifiedDiff.ts';
import {type ExitCode, exitCodes} from '../../errors.ts';
import {fixedInventory, followCluster} from '../../inventory/follow/followCluster.ts';
import type {Services} from '../../tui/services.ts';
import {createStore} from '../../tui/store.ts';
import {choose} from '../flags.ts';
import {loadOffline} from '../input/load.ts';
import type {SessionOptions, World} from '../world.ts';
import {failureLine, readDrafts} from './drafts.ts';
import {viewsToOpen} from './openAt.ts';
import {clusterChanges, noChanges} from './sessionChanges.ts';
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
      services: {...fileServices(world), ...noChanges(`${what} can't be changed`)},
      store: createStore(viewsToOpen(open, namespace, offline.defaultNamespace), drafts),
      user: offline.caller?.user ?? '',
      theme,
    });
  }
  const cluster = await world.connect(flags);
  const live = followCluster(cluster, {namespace});
  try {
    const services = {...fileServices(world), ...clusterChanges(world, cluster)};
    const store = createStore(viewsToOpen(open, namespace, cluster.namespace), drafts);
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
