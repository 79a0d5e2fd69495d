import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {isObject} from '../../src/kube/json.ts';
import {type ApiServer, startApiServer} from '../../test/support/server/apiServer.ts';
import {clusterOf} from './cluster.ts';
import {missingServer} from './liveSection.ts';
import {loadCluster} from './loader.ts';
import {median} from './measure.ts';
import {ourProgram, timeByTurns, type Usage} from './run.ts';
import {type Watched, watchSession} from './sessionTerminal.ts';

/** The session on a real API server; times in seconds, memory in MiB. */
export interface LiveFigures {
  /** Until the first frame, which says what is being read. */
  readonly first: number;
  /** Until the header says that all is read and followed. */
  readonly full: number;
  /** One list of the pods alone, read and parsed by Node. */
  readonly bare: Usage;
  readonly changes: number;
  readonly atStart: number;
  readonly afterChanges: number;
  /** The most that the session with all those changes ever had. */
  readonly peak: number;
}

const changes = 5000;
const changesAtOnce = 8;
/** After the last change, the garbage of all of them may still be there. */
const settleMs = 3000;
const allRead = /\blive \d\d:\d\d:\d\d/;

/** Watches the session come up, and live through changes; why not, where there is no API server. */
export async function liveFigures(pods: number, runs: number): Promise<LiveFigures | string> {
  const missing = missingServer();
  if (missing !== undefined) return missing;
  const server = await startApiServer();
  try {
    await loadCluster(server, clusterOf(pods));
    const lists: Usage[] = [];
    const starts: {readonly first: number; readonly full: number}[] = [];
    // By turns, since both are slower while the machine has other work.
    for (let run = 0; run < runs; run++) {
      lists.push(...timeByTurns([bareList(server)], 1));
      starts.push(await watched(server, cameUp));
    }
    const bare = {...median(lists, ({wall_s}) => wall_s), runs};
    const first = median(starts, ({first}) => first).first;
    const full = median(starts, ({full}) => full).full;
    return {first, full, bare, changes, ...(await watched(server, s => outlive(server, s)))};
  } finally {
    await server.stop();
  }
}

async function watched<T>(server: ApiServer, task: (session: Watched) => Promise<T>): Promise<T> {
  const session = await watchSession(ourProgram, ['--kubeconfig', server.kubeconfig]);
  try {
    return await task(session);
  } finally {
    await session.close();
  }
}

async function cameUp(session: Watched) {
  return {first: session.firstFrame, full: await session.until(allRead)};
}

/** What the session keeps when it has read all, and after the changes. */
async function outlive(server: ApiServer, session: Watched) {
  await session.until(allRead);
  await sleep(settleMs);
  const atStart = session.memory().now;
  const paths = clusterOf(changes).pods.flatMap(({metadata}) =>
    isObject(metadata) ? `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}` : [],
  );
  const queue = paths.entries();
  const worker = async () => {
    for (const [index, path] of queue) {
      const body = {metadata: {labels: {changed: String(index)}}};
      const contentType = 'application/merge-patch+json';
      const {status, text} = await server.request('PATCH', path, body, {contentType});
      if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
    }
  };
  await Promise.all(Array.from({length: changesAtOnce}, worker));
  await sleep(settleMs);
  const {now, peak} = session.memory();
  return {atStart, afterChanges: now, peak};
}

function bareList({url, caFile, token}: ApiServer) {
  const script = join(import.meta.dirname, 'bareList.mjs');
  const args = [script, `${url}/api/v1/pods`, caFile, token];
  return {name: 'node: GET pods, JSON.parse', program: process.execPath, args};
}
