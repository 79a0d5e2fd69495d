import {removeCreated} from '../../apply/carryOut.ts';
import {isServerError, type PlannedChange, sendChange} from '../../apply/change.ts';
import {planPut} from '../../apply/planChange.ts';
import {exitCodes, UserError} from '../../errors.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import {minorOf} from '../../kube/release.ts';
import {
  canaryObjects,
  canaryPath,
  canaryQuestion,
  isCanaryAnswer,
  validatingCanary,
} from '../../migrate/native/canary.ts';
import {firstMutatingV1} from '../../migrate/native/nativeObjects.ts';
import type {Cluster, World} from '../world.ts';

/** How often the server is asked, and how long it may take: it takes policies up within seconds. */
const [everyMs, patienceMs] = [300, 60_000];

/**
 * Waits until the server that answers has taken up all admission policies that were made so far: another one is made,
 * asked about, and removed again. Throws if it does not answer in time; other servers of the cluster may be later.
 */
export async function waitUntilInForce(
  world: World,
  cluster: Cluster,
  {serverVersion}: Pick<Inventory, 'serverVersion'>,
): Promise<void> {
  const name = `kubectl-psp-canary-${world.now().replace(/\D/g, '')}`;
  const hasMutating = (minorOf(serverVersion) ?? 0) >= firstMutatingV1;
  const objects = hasMutating ? canaryObjects(name) : validatingCanary(name);
  const made: {change: PlannedChange; stored: Awaited<ReturnType<typeof sendChange>>}[] = [];
  try {
    for (const object of objects) {
      const change = planPut(object, undefined);
      made.push({change, stored: await sendChange(cluster, change, false)});
    }
    const tries = Math.ceil(patienceMs / everyMs);
    for (let attempt = 0; attempt < tries; attempt++) {
      if (await isAnswered(cluster, name)) return;
      await new Promise<void>(resolve => void setTimeout(resolve, everyMs));
    }
    throw new UserError(
      'the objects are stored, but the server does not seem to have taken them up: no canary answered within a minute; kubectl psp check tells later',
      exitCodes.unreadable,
    );
  } finally {
    for (const {change, stored} of made.toReversed()) await removeCreated(cluster, change, stored);
  }
}

async function isAnswered(cluster: Cluster, name: string): Promise<boolean> {
  try {
    await cluster.send('POST', canaryPath, canaryQuestion(name));
    return false;
  } catch (error) {
    if (!isServerError(error)) throw error;
    if (isCanaryAnswer(`${error.message} ${JSON.stringify(error.body ?? '')}`)) return true;
    if (error.status === 403) throw error;
    return false;
  }
}
