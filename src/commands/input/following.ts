import {type Freshness, followCluster} from '../../inventory/follow/followCluster.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import type {World} from '../world.ts';
import {wantedSettings} from './admissionConfig.ts';
import type {SourceRequest} from './load.ts';
import {refuseOwnVersion} from './release.ts';
import {wantedStatics} from './staticPolicies.ts';

/**
 * Hands over the inventory of the cluster each time that it changes, one after the other, until the process
 * ends. A connection that is lost is tried again; that is told on standard error.
 */
export async function followInventory(
  world: World,
  flags: SourceRequest,
  use: (inventory: Inventory) => Promise<void>,
): Promise<never> {
  refuseOwnVersion(flags);
  const podSecurity = await wantedSettings(world, flags);
  const staticPolicies = await wantedStatics(world, flags);
  const cluster = await world.connect(flags);
  const home = flags.namespace ?? cluster.namespace;
  const live = followCluster(cluster, {home, podSecurity, staticPolicies});
  let isNews = true;
  let wake = () => {};
  live.subscribe(() => {
    isNews = true;
    wake();
  });
  const tell = teller(world);
  try {
    for (;;) {
      if (!isNews) {
        await new Promise<void>(resolve => {
          wake = resolve;
        });
      }
      isNews = false;
      const {inventory, freshness} = live.current();
      tell(freshness);
      if (freshness.state === 'live') await use(inventory);
    }
  } finally {
    live.stop();
    cluster.close();
  }
}

/** Says when the connection is lost, and when it is back. */
function teller(world: World): (freshness: Freshness) => void {
  let isLost = false;
  return freshness => {
    const lost = freshness.state === 'stale';
    if (lost && !isLost) world.warn(`not current since ${freshness.since}: ${freshness.reason}`);
    if (isLost && freshness.state === 'live') world.warn('current again');
    isLost = lost || (isLost && freshness.state !== 'live');
  };
}
