import {type ExitCode, exitCodes, UserError} from '../../errors.ts';
import {fixedInventory, followCluster} from '../../inventory/follow/followCluster.ts';
import type {Draft} from '../../tui/edit.ts';
import type {SessionEnd} from '../../tui/session.ts';
import {createStore} from '../../tui/store.ts';
import {choose} from '../flags.ts';
import {wantedSettings} from '../input/admissionConfig.ts';
import {loadOffline} from '../input/load.ts';
import {refuseOwnVersion} from '../input/release.ts';
import {wantedStatics} from '../input/staticPolicies.ts';
import type {SessionOptions, World} from '../world.ts';
import {failureLine, killedLine, readDrafts} from './drafts.ts';
import {viewsToOpen} from './openAt.ts';
import {openHome} from './openHome.ts';
import {clusterChanges, noChanges} from './sessionChanges.ts';
import {fileServices} from './sessionFiles.ts';
import type {SummaryFlags} from './summaryFlags.ts';

/** Runs the interactive session on the cluster, a snapshot, or the demo. */
export async function runSession(world: World, flags: Partial<SummaryFlags>): Promise<ExitCode> {
  const {namespace} = flags;
  const theme = choose('--theme', flags.theme, ['auto', 'light', 'dark']);
  const look = {theme, hasMouse: !flags.noMouse};
  viewsToOpen(flags.open, namespace, ''); // a wrong --open is reported before anything is read
  const drafts = flags.drafts === undefined ? [] : await readDrafts(world, flags.drafts);
  const open = flags.open ?? (drafts[0] && `psp/${drafts[0].base.metadata.name}`);
  const offline = await loadOffline(world, flags);
  if (offline !== undefined) {
    const what = flags.demo ? 'The demo' : `${offline.source}`;
    const {code} = await openKept(world, {
      live: fixedInventory(offline),
      services: {
        ...fileServices(world, offline, namespace ?? offline.defaultNamespace),
        ...noChanges(`${what} can't be changed`),
        contexts: async () => [],
      },
      store: createStore(viewsToOpen(open, namespace, offline.defaultNamespace), drafts, namespace),
      user: offline.caller?.user ?? '',
      ...look,
    });
    return code;
  }
  return onClusters(world, flags, {drafts, open, look});
}

interface Opening {
  readonly drafts: readonly Draft[];
  readonly open: string | undefined;
  readonly look: Pick<SessionOptions, 'theme' | 'hasMouse'>;
}

/** What a session is about; whatever it is, its edits are kept. */
type OwnOptions = Omit<SessionOptions, 'onKilled'>;

/** A session on a cluster, and what ends what it needs. */
interface Opened {
  readonly options: OwnOptions;
  close(): void;
}

/** Goes on from context to context until the user leaves. One that can't be reached is left for the one before. */
async function onClusters(world: World, flags: Partial<SummaryFlags>, first: Opening) {
  let opened = await openCluster(world, flags, first);
  try {
    for (;;) {
      const {code, context} = await openKept(world, opened.options);
      if (context === undefined) return code;
      // What is known of one server tells nothing about another.
      const known = {admissionConfig: undefined, staticPolicies: undefined};
      const there = {...flags, ...known, context, namespace: undefined};
      try {
        const next = await openCluster(world, there, {...first, drafts: [], open: undefined});
        opened.close();
        opened = next;
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        const text = `${context} can't be opened: ${error.message}`;
        opened.options.store.dispatch({type: 'notice', notice: {tone: 'bad', text}});
      }
    }
  } finally {
    opened.close();
  }
}

async function openCluster(
  world: World,
  flags: Partial<SummaryFlags>,
  {drafts, open, look}: Opening,
): Promise<Opened> {
  const {namespace} = flags;
  refuseOwnVersion(flags);
  const podSecurity = await wantedSettings(world, flags);
  const staticPolicies = await wantedStatics(world, flags);
  const cluster = await world.connect(flags);
  const home = namespace ?? cluster.namespace;
  const live = followCluster(cluster, {home, podSecurity, staticPolicies});
  const services = {
    ...fileServices(world, cluster, home),
    ...clusterChanges(world, cluster),
    contexts: async () => (await world.kubeconfigNames(flags)).contexts,
  };
  const store = createStore(viewsToOpen(open, namespace, cluster.namespace), drafts, namespace);
  if (namespace === undefined) openHome(live, store, home);
  return {
    options: {live, services, store, user: cluster.user, ...look},
    close() {
      live.stop();
      cluster.close();
    },
  };
}

/** What the session came to, and the context to go on with, if the user named one. */
interface Ended extends Partial<SessionEnd> {
  readonly code: ExitCode;
}

/** Opens the session; if it fails or has to end, keeps the edits in progress. */
async function openKept(world: World, options: OwnOptions): Promise<Ended> {
  const onKilled = async () => {
    const line = await killedLine(world, options.store.get());
    if (line !== undefined) world.warn(line);
  };
  try {
    return {...(await world.openSession({...options, onKilled})), code: exitCodes.ok};
  } catch (error) {
    world.warn(await failureLine(world, error, options.store.get()));
    return {code: exitCodes.bug};
  }
}
