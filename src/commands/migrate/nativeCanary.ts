import {readObject, removeCreated} from '../../apply/carryOut.ts';
import {isServerError, type PlannedChange, sendChange} from '../../apply/change.ts';
import {objectPath, planPut} from '../../apply/planChange.ts';
import {exitCodes, UserError} from '../../errors.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import type {JsonObject} from '../../kube/json.ts';
import {minorOf} from '../../kube/release.ts';
import {
  canaryObjects,
  canaryPath,
  canaryQuestion,
  isCanaryAnswer,
  validatingCanary,
} from '../../migrate/native/canary.ts';
import {firstMutatingV1, mutatingVersion} from '../../migrate/native/nativeObjects.ts';
import type {Cluster, World} from '../world.ts';

/** How often the server is asked, and how long it may take: it takes policies up within seconds. */
const [everyMs, patienceMs] = [300, 60_000];

/** One that was left when a run was ended is replaced, and answers another question then. */
const name = 'kubectl-psp-canary';

/**
 * Waits until the server that answers has taken up all admission policies that were made so far: another one is made,
 * asked about, and removed again. Throws if it does not answer in time; other servers of the cluster may be later.
 * `objects` are those that were made: a server that has mutating policies only behind a gate may have none.
 */
export async function waitUntilInForce(
  world: World,
  cluster: Cluster,
  {serverVersion}: Pick<Inventory, 'serverVersion'>,
  made: readonly JsonObject[],
): Promise<void> {
  const asked = `${name}-${world.now().replace(/\D/g, '')}`;
  const minor = minorOf(serverVersion) ?? 0;
  const hasMutating =
    minor >= firstMutatingV1 || made.some(({kind}) => kind === 'MutatingAdmissionPolicy');
  const objects = hasMutating
    ? canaryObjects({name, asked, mutatingVersion: mutatingVersion(minor)})
    : validatingCanary({name, asked});
  const sent: {change: PlannedChange; stored: Awaited<ReturnType<typeof sendChange>>}[] = [];
  try {
    for (const object of objects) {
      const change = planPut(object, await readObject(cluster, objectPath(object)));
      sent.push({change, stored: await sendChange(cluster, change, false)});
    }
    const tries = Math.ceil(patienceMs / everyMs);
    for (let attempt = 0; attempt < tries; attempt++) {
      if (await isAnswered(cluster, asked)) return;
      await new Promise<void>(resolve => void setTimeout(resolve, everyMs));
    }
    throw new UserError(
      'the objects are stored, but the server does not seem to have taken them up: no canary answered within a minute; kubectl psp check tells later',
      exitCodes.unreadable,
    );
  } finally {
    for (const {change, stored} of sent.toReversed()) await removeCreated(cluster, change, stored);
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
