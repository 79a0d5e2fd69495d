import {setTimeout as sleep} from 'node:timers/promises';
import {isObject} from '../../../src/kube/json.ts';
import type {ApiServer} from '../../../test/support/server/apiServer.ts';
import type {BenchCluster} from '../cluster.ts';
import {ourProgram} from '../run.ts';
import {figure, type Section} from '../section.ts';
import {type Watched, watchSession} from '../sessionTerminal.ts';

/** Changes of pods a second, while keys are pressed and memory is watched. */
const eventsPerSecond = 200;
const keys = 100;
/** Between two keys, so that changes come in between. */
const pauseMs = 150;
const allRead = /\blive \d\d:\d\d:\d\d/;

/** The session on a big cluster that changes all the time, for so many minutes. */
export async function sessionUnderLoad(
  server: ApiServer,
  cluster: BenchCluster,
  minutes: number,
): Promise<Section> {
  const session = await watchSession(ourProgram, ['--kubeconfig', server.kubeconfig]);
  const load = changesOf(server, cluster);
  let running: Promise<void> | undefined;
  try {
    const full = await session.until(allRead);
    const atStart = session.memory().now;
    running = load.run();
    const latencies = await pressAll(session);
    const samples = await memoryOver(session, minutes);
    load.stop();
    const {peak} = session.memory();
    const sorted = latencies.toSorted((a, b) => a - b);
    const share = (part: number) => sorted[Math.ceil(part * sorted.length) - 1] ?? Number.NaN;
    const ms = (seconds: number) => `${figure(seconds * 1000)} ms`;
    const mib = (value: number) => `${figure(value)} MiB`;
    const rate = load.sent() / ((keys * pauseMs) / 1000 + minutes * 60);
    return {
      id: 'sessionUnderLoad',
      title: `The session at ${figure(cluster.pods.length)} pods, under some ${eventsPerSecond} watch events a second`,
      notes: [
        `A key opens the help over the list of all pods, or leads back to it. ${figure(load.sent())} events came, about ${figure(rate)} a second.`,
        `Memory, every ${figure((minutes * 60) / (samples.length || 1))} s: ${samples.map(mib).join(', ')}.`,
      ],
      rows: [
        {what: 'first frame', ours: ms(session.firstFrame), goal: '300 ms'},
        {what: 'all data', ours: `${figure(full)} s`, goal: '-'},
        {what: 'key to screen, p50', ours: ms(share(0.5)), goal: '-'},
        {what: 'key to screen, p95', ours: ms(share(0.95)), goal: '50 ms'},
        {what: 'memory, all read', ours: mib(atStart), goal: '-'},
        {
          what: `memory, after ${minutes} min`,
          ours: mib(samples.at(-1) ?? Number.NaN),
          goal: 'flat',
        },
        {what: 'memory, peak', ours: mib(peak), goal: '-'},
      ],
      figures: {
        first: session.firstFrame,
        full,
        p50: share(0.5),
        p95: share(0.95),
        atStart,
        samples,
        peak,
      },
    };
  } finally {
    load.stop();
    await running;
    await session.close();
  }
}

/** Seconds from each key to the frame that shows what it did. */
async function pressAll(session: Watched): Promise<readonly number[]> {
  for (const key of [':', ...'pods', '\r']) await session.press(key);
  const latencies: number[] = [];
  for (let key = 0; key < keys; key++) {
    const help = key % 2 === 0;
    latencies.push(await session.press(help ? '?' : '\x1b', help ? /Enter goes in/ : /\d+ rows/));
    await sleep(pauseMs);
  }
  return latencies;
}

async function memoryOver(session: Watched, minutes: number): Promise<readonly number[]> {
  const times = 10;
  const samples: number[] = [];
  for (let time = 0; time < times; time++) {
    await sleep((minutes * 60_000) / times);
    samples.push(session.memory().now);
  }
  return samples;
}

/** Changes the label of one pod after another, at an even pace. */
function changesOf(server: ApiServer, {pods}: BenchCluster) {
  const paths = pods.flatMap(({metadata}) =>
    isObject(metadata) ? `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}` : [],
  );
  const contentType = 'application/merge-patch+json';
  const tickMs = 50;
  const perTick = (eventsPerSecond * tickMs) / 1000;
  let sent = 0;
  let isOver = false;
  const change = async () => {
    const body = {metadata: {labels: {changed: String(sent)}}};
    const path = paths[(sent++ * 7919) % paths.length] ?? '';
    const {status, text} = await server.request('PATCH', path, body, {contentType});
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
  };
  return {
    sent: () => sent,
    stop() {
      isOver = true;
    },
    async run() {
      const start = performance.now();
      for (let tick = 1; !isOver; tick++) {
        await Promise.all(Array.from({length: perTick}, change));
        await sleep(Math.max(0, start + tick * tickMs - performance.now()));
      }
    },
  };
}
