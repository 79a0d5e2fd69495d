/**
 * Changes the pods of a test cluster at an even pace until it is ended: `load.ts URL CA-FILE TOKEN PODS EVENTS`. A
 * process of its own, so that what it takes is not taken from the one that measures. Of ten events, four are of a label, four of a
 * status, and two make a pod anew. Prints each second how many events there were so far.
 */
import {setTimeout as sleep} from 'node:timers/promises';
import {isObject, type Json, type JsonObject} from '../../../src/kube/json.ts';
import {openClient} from '../../../test/support/server/apiClient.ts';
import {clusterOf} from '../cluster.ts';

const [url = '', caFile = '', token = '', pods = '', perSecond = ''] = process.argv.slice(2);
const rate = Number(perSecond);
const {request} = openClient(url, caFile, token);
const tickMs = 50;
/** A server that can't follow is not asked for more. */
const mostUnderWay = 48;
/** Nor given up at once. */
const mostTries = 10;
const pauseMs = 500;
const mergePatch = {contentType: 'application/merge-patch+json'};

interface Place {
  readonly path: string;
  readonly list: string;
}

const places = clusterOf(Number(pods)).pods.map(({metadata}): Place => {
  const {name, namespace} = objectOf(metadata);
  const list = `/api/v1/namespaces/${namespace}/pods`;
  return {path: `${list}/${name}`, list};
});
let [asked, events, underWay, next] = [0, 0, 0, 0];
setInterval(() => process.stdout.write(`${events}\n`), 1000);
const start = performance.now();
for (let tick = 1; ; tick++) {
  const due = Math.min(rate, (rate * tick * tickMs) / 1000 - asked);
  for (let count = 0; count < due && underWay < mostUnderWay; ) count += begin();
  await sleep(Math.max(1, start + tick * tickMs - performance.now()));
}

/** Begins the next change; gives how many events come of it. */
function begin(): number {
  const place = places[(next * 7919) % places.length];
  const turn = next++ % 9;
  if (place === undefined) throw new Error('there are no pods');
  const number = turn === 8 ? 2 : 1;
  asked += number;
  underWay += 1;
  void (turn === 8 ? makeAnew(place) : patch(place, turn % 2 === 0)).then(() => {
    events += number;
    underWay -= 1;
  });
  return number;
}

async function patch({path}: Place, isLabel: boolean): Promise<void> {
  const now = String(next);
  const [to, body] = isLabel
    ? [path, {metadata: {labels: {changed: now}}}]
    : [`${path}/status`, {status: {phase: 'Running', message: now}}];
  await asking('PATCH', to, body, mergePatch);
}

async function makeAnew({path, list}: Place): Promise<void> {
  const pod = await asking('GET', path);
  if (pod === undefined) return;
  const {metadata, spec, apiVersion, kind} = objectOf(pod);
  const {name, namespace, labels, annotations, ownerReferences} = objectOf(metadata);
  await asking('DELETE', `${path}?gracePeriodSeconds=0`);
  const kept = {name, namespace, labels, annotations, ownerReferences} as unknown as JsonObject;
  await asking('POST', list, {apiVersion, kind, metadata: kept, spec});
}

async function asking(
  method: string,
  path: string,
  body?: unknown,
  options?: typeof mergePatch,
): Promise<Json | undefined> {
  let {status, text, json} = await request(method, path, body, options);
  for (let tries = 1; status >= 500 && tries < mostTries; tries++) {
    await sleep(pauseMs);
    ({status, text, json} = await request(method, path, body, options));
  }
  // A pod that an earlier load had just taken away when it was ended.
  if (status === 404) return undefined;
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
  return json;
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
