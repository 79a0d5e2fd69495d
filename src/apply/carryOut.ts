import {isObject, type JsonObject, printJson} from '../kube/json.ts';
import {labelOf} from '../kube/reference.ts';
import {
  type ChangeClient,
  type ChangeFailure,
  failureOf,
  fieldManager,
  isServerError,
  isUncertain,
  metadataOf,
  type PlannedChange,
  resourceVersionOf,
  sendChange,
  withMetadata,
} from './change.ts';

/** Waits for this many milliseconds. */
export type Pause = (ms: number) => Promise<void>;

/** The result of sending one change. */
export type Sent =
  | {readonly state: 'stored'; readonly object: JsonObject}
  | {readonly state: 'failed' | 'unknown'; readonly failure: ChangeFailure};

/** Makes one change. If the answer is lost, it finds out what became of it. Does not throw. */
export async function carryOut(
  client: ChangeClient,
  change: PlannedChange,
  pause: Pause = wait,
): Promise<Sent> {
  try {
    return {state: 'stored', object: await sendChange(client, change, false)};
  } catch (error) {
    const failure = failureOf(change, error);
    return isUncertain(error) ? settle(client, change, failure, pause) : {state: 'failed', failure};
  }
}

/** Milliseconds before each look at the object after a broken connection. */
const looks = [0, 500, 1000, 2000, 4000];

/**
 * Looks at the object to find out whether a change went through whose answer was lost. Only the second
 * look is proof that it did not: the first may come before a request that is still under way.
 */
async function settle(
  client: ChangeClient,
  change: PlannedChange,
  failure: ChangeFailure,
  pause: Pause,
): Promise<Sent> {
  let untouched = 0;
  for (const ms of looks) {
    await pause(ms);
    const seen = await look(client, change);
    if (seen.state === 'untouched') untouched += 1;
    if (untouched === 2) {
      return {state: 'failed', failure: {...failure, message: `${failure.message} (not changed)`}};
    }
    if (seen.state === 'ours') return {state: 'stored', object: seen.object};
    if (seen.state === 'others') {
      const message = `${failure.message}; by now someone else has changed ${labelOf(change)}`;
      return {state: 'unknown', failure: {...failure, kind: 'conflict', message}};
    }
  }
  return {state: 'unknown', failure};
}

async function wait(ms: number): Promise<void> {
  await new Promise<void>(resolve => void setTimeout(resolve, ms));
}

type Seen =
  | {readonly state: 'ours'; readonly object: JsonObject}
  | {readonly state: 'untouched' | 'others' | 'unseen'};

async function look(client: ChangeClient, change: PlannedChange): Promise<Seen> {
  try {
    const object = await readObject(client, change.path);
    if (change.action === 'delete') return lookForDeleted(change, object);
    if (object === undefined) return {state: change.action === 'create' ? 'untouched' : 'others'};
    const isOld =
      change.action === 'update' && resourceVersionOf(object) === resourceVersionOf(change.desired);
    if (isOld) return {state: 'untouched'};
    return (await isOurs(client, change, object)) ? {state: 'ours', object} : {state: 'others'};
  } catch {
    return {state: 'unseen'};
  }
}

/** No matter who deleted it: it was to be gone, and it is. */
function lookForDeleted({desired}: PlannedChange, object: JsonObject | undefined): Seen {
  if (object === undefined) return {state: 'ours', object: desired};
  const isOld = resourceVersionOf(object) === resourceVersionOf(desired);
  return {state: isOld ? 'untouched' : 'others'};
}

/** The object at this path of the API; undefined if there is none. Throws what the client does. */
export async function readObject(
  client: Pick<ChangeClient, 'get'>,
  path: string,
): Promise<JsonObject | undefined> {
  try {
    const answer = await client.get(path);
    if (!isObject(answer)) throw new Error(`the server has no object at ${path}`);
    return answer;
  } catch (error) {
    if (isServerError(error) && error.status === 404) return undefined;
    throw error;
  }
}

/**
 * Whether a stored object is what we sent: it is new, written under our name, and sending it again would
 * change nothing. The server is asked because it fills in and leaves out fields.
 */
async function isOurs(
  client: ChangeClient,
  change: PlannedChange,
  object: JsonObject,
): Promise<boolean> {
  const {managedFields, resourceVersion, uid} = metadataOf(object);
  const managers = Array.isArray(managedFields) ? managedFields.filter(isObject) : [];
  const isNamed = managers.some(({manager}) => manager === fieldManager);
  // Somebody who only removed fields from an object is not mentioned in it.
  if (change.action === 'create' && managers.length > 0 && !isNamed) return false;
  const desired = withMetadata(change.desired, {resourceVersion, uid});
  try {
    const answer = await sendChange(client, {...change, action: 'update', desired}, true);
    return contentOf(answer) === contentOf(object);
  } catch (error) {
    // Whoever may create need not be able to update: then the name has to be enough.
    if (change.action === 'create' && managers.length > 0 && isForbidden(error)) return true;
    throw error;
  }
}

function isForbidden(error: unknown): boolean {
  return isServerError(error) && error.status === 403;
}

function contentOf(object: JsonObject): string {
  return printJson(
    withMetadata(object, {
      managedFields: undefined,
      resourceVersion: undefined,
      generation: undefined,
    }),
  );
}

/** The result of removing an object. */
export type Removed =
  | {readonly state: 'gone'}
  | {readonly state: 'stays' | 'unknown'; readonly failure: ChangeFailure};

/** Removes an object that was created, unless another one has taken its place. Does not throw. */
export async function removeCreated(
  client: ChangeClient,
  change: PlannedChange,
  stored: JsonObject,
  pause: Pause = wait,
): Promise<Removed> {
  const {uid} = metadataOf(stored);
  const options = {apiVersion: 'v1', kind: 'DeleteOptions', preconditions: {uid}};
  let last: unknown;
  for (const ms of looks) {
    await pause(ms);
    try {
      if (isObject(await client.send('DELETE', change.path, options))) return {state: 'gone'};
      last = new Error(`the server answered the deletion of ${labelOf(change)} with no object`);
    } catch (error) {
      last = error;
      // Thanks to the precondition, asking again does no harm.
      if (!isUncertain(error)) break;
    }
  }
  const failure = failureOf(change, last);
  try {
    const object = await readObject(client, change.path);
    const isGone = object === undefined || metadataOf(object).uid !== uid;
    return isGone ? {state: 'gone'} : {state: 'stays', failure};
  } catch {
    return {state: 'unknown', failure};
  }
}
