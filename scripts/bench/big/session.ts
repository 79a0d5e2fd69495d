import {type ChildProcess, spawn} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import type {ApiServer} from '../../../test/support/server/apiServer.ts';
import {median, quantile} from '../measure.ts';
import {noPackagedNote, packagedProgram} from '../packaged.ts';
import {ourProgram} from '../run.ts';
import {figure, type Row, type Section} from '../section.ts';
import {type Watched, watchSession} from '../sessionTerminal.ts';

/** Changes of pods a second, while keys are pressed and memory is watched. */
const eventsPerSecond = 200;
const starts = 5;
const keyCount = 200;
/** Between two keys, so that changes come in between. */
const pauseMs = 150;
const allRead = /\blive \d\d:\d\d:\d\d/;
/** So long the load goes on before keys are pressed: the first events find code that is not warm. */
const warmUpMs = 5000;

/** What to expect at a size, in MiB once all is read. */
const goals: readonly {readonly pods: number; readonly mib: number}[] = [
  {pods: 20_000, mib: 400},
  {pods: 100_000, mib: 1536},
];

interface Figures {
  /** Seconds. */
  readonly full: number;
  readonly keys: Keys;
  readonly eventsPerSecond: number;
  /** MiB. */
  readonly atStart: number;
  readonly samples: readonly number[];
  readonly peak: number;
}

/** Of each key, in order. */
interface Keys {
  /** Seconds until the frame that shows what it did. */
  readonly times: readonly number[];
  /** The processor time of these: what other work on the machine changes least. */
  readonly busy: readonly number[];
  /** Seconds of processor time a second, watch events and all. */
  readonly share: number;
}

/** The session on a big cluster that changes all the time, for so many minutes. */
export async function sessionUnderLoad(
  server: ApiServer,
  pods: number,
  minutes: number,
): Promise<Section> {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-psp-bench-'));
  try {
    const packaged = packagedProgram(folder);
    const args = ['--kubeconfig', server.kubeconfig];
    const checkout = await firstFrames(ourProgram, args);
    const released = packaged === undefined ? undefined : await firstFrames(packaged, args);
    const figures = await underLoad(server, packaged ?? ourProgram, {pods, minutes});
    return {
      id: `session${pods}`,
      title: `The session at ${figure(pods)} pods, under ${eventsPerSecond} watch events a second`,
      notes: [
        `A key opens the help over the list of all pods, or leads back to it. Changes are made by a process of its own, ${figure(figures.eventsPerSecond)} a second: of ten, four of a label, four of a status, and two make a pod anew.`,
        `Memory, every ${figure((minutes * 60) / (figures.samples.length || 1))} s: ${figures.samples.map(mib).join(', ')}.`,
        ...(packaged === undefined ? [noPackagedNote] : []),
      ],
      rows: rowsOf({checkout, released}, figures, {pods, minutes}),
      figures: {pods, checkout, released, ...figures},
    };
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

/** Seconds until the first frame of the live session: the median, after a start that fills the caches of files. */
async function firstFrames(program: string, args: readonly string[]): Promise<number> {
  const times: number[] = [];
  for (let start = 0; start <= starts; start++) {
    const session = await watchSession(program, args);
    if (start > 0) times.push(session.firstFrame);
    await session.close();
  }
  return median(times, time => time);
}

async function underLoad(
  server: ApiServer,
  program: string,
  {pods, minutes}: {readonly pods: number; readonly minutes: number},
): Promise<Figures> {
  const session = await watchSession(program, ['--kubeconfig', server.kubeconfig]);
  let load: Load | undefined;
  try {
    const full = await session.until(allRead);
    await sleep(warmUpMs);
    const atStart = session.memory().now;
    load = startLoad(server, pods);
    await sleep(warmUpMs);
    const keys = await pressAll(session);
    const samples = await memoryOver(session, minutes);
    const {peak} = session.memory();
    return {full, keys, eventsPerSecond: load.rate(), atStart, samples, peak};
  } finally {
    load?.stop();
    await session.close();
  }
}

interface Load {
  /** Events a second, up to now. */
  rate(): number;
  stop(): void;
}

function startLoad({url, caFile, token}: ApiServer, pods: number): Load {
  const script = join(import.meta.dirname, 'load.ts');
  const args = [script, url, caFile, token, String(pods), String(eventsPerSecond)];
  const child: ChildProcess = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const told: number[] = [];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    told.push(...text.trim().split('\n').map(Number));
  });
  return {
    rate() {
      if (child.exitCode !== null) throw new Error('the load has ended early');
      return (told.at(-1) ?? 0) / told.length;
    },
    stop: () => void child.kill(),
  };
}

async function pressAll(session: Watched): Promise<Keys> {
  for (const key of [':', ...'pods', '\r']) await session.press(key);
  const times: number[] = [];
  const busy: number[] = [];
  const [start, before] = [performance.now(), session.busy()];
  for (let key = 0; key < keyCount; key++) {
    const help = key % 2 === 0;
    const was = session.busy();
    times.push(await session.press(help ? '?' : '\x1b', help ? /Enter goes in/ : /Row \d/));
    busy.push(session.busy() - was);
    await sleep(pauseMs);
  }
  const seconds = (performance.now() - start) / 1000;
  return {times, busy, share: (session.busy() - before) / seconds};
}

async function memoryOver(session: Watched, minutes: number): Promise<readonly number[]> {
  const times = 8;
  const samples: number[] = [];
  for (let time = 0; time < times; time++) {
    await sleep((minutes * 60_000) / times);
    samples.push(session.memory().now);
  }
  return samples;
}

function rowsOf(
  first: {readonly checkout: number; readonly released: number | undefined},
  {full, keys, atStart, samples, peak}: Figures,
  {pods, minutes}: {readonly pods: number; readonly minutes: number},
): readonly Row[] {
  const goal = goals.find(each => pods <= each.pods);
  const last = samples.at(-1) ?? Number.NaN;
  return [
    timeRow('first frame, checkout', first.checkout, 219),
    ...(first.released === undefined
      ? []
      : [timeRow('first frame, packaged', first.released, 219)]),
    {what: 'all data', ours: `${figure(full)} s`, goal: '-'},
    timeRow('key to screen, p50', quantile(keys.times, 0.5)),
    timeRow('key to screen, p95', quantile(keys.times, 0.95), 50),
    timeRow('its processor time, p50', quantile(keys.busy, 0.5)),
    timeRow('its processor time, p95', quantile(keys.busy, 0.95), 50),
    {what: 'of one core, keys and events', ours: `${figure(keys.share * 100)} %`, goal: '-'},
    memoryRow('memory, all read', atStart, goal?.mib),
    memoryRow(`memory, after ${minutes} min`, last, goal?.mib),
    {
      what: 'its growth in the second half of that',
      ours: mib(last - (samples[samples.length / 2 - 1] ?? Number.NaN)),
      goal: 'flat',
    },
    memoryRow('memory, peak', peak),
  ];
}

function timeRow(what: string, seconds: number, goalMs?: number): Row {
  const met = seconds * 1000 <= (goalMs ?? 0) ? 'met' : 'not met';
  const goal = goalMs === undefined ? '-' : `${goalMs} ms: ${met}`;
  return {what, ours: `${figure(seconds * 1000)} ms`, goal};
}

function memoryRow(what: string, value: number, goal?: number): Row {
  const met = value <= (goal ?? 0) ? 'met' : 'not met';
  return {what, ours: mib(value), goal: goal === undefined ? '-' : `${goal} MiB: ${met}`};
}

function mib(value: number): string {
  return `${figure(value)} MiB`;
}
