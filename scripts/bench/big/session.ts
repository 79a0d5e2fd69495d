import {type ChildProcess, spawn} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {findProgram} from '../../../test/support/run/executables.ts';
import type {ApiServer} from '../../../test/support/server/apiServer.ts';
import {median, quantile} from '../measure.ts';
import {noPackagedNote, packagedProgram} from '../packaged.ts';
import {ourProgram} from '../run.ts';
import {figure, type Row, type Section} from '../section.ts';
import {type OtherTerminal, type Watched, watchSession} from '../sessionTerminal.ts';

/** Changes of pods a second, while keys are pressed and memory is watched. */
const eventsPerSecond = 200;
const starts = 5;
/** Between two keys, so that changes come in between. */
const pauseMs = 150;
const allRead = /\blive \d\d:\d\d:\d\d/;
const k9sNote =
  'k9s shows the same pods under the same changes, in a terminal of the same size; its keys open and leave its help.';
/** So long the load goes on before keys are pressed: the first events find code that is not warm. */
const warmUpMs = 5000;

/** What to expect at a size, in MiB once all is read. */
const goals: readonly {readonly pods: number; readonly mib: number}[] = [
  {pods: 20_000, mib: 400},
  {pods: 100_000, mib: 1536},
];

/** A session to put under load. */
interface Subject {
  readonly program: string;
  readonly args: readonly string[];
  readonly terminal?: OtherTerminal;
  /** What its screen shows once all pods are read. */
  readonly allRead: RegExp;
  readonly keys: KeysOf;
}

/** Which keys lead to the list of all pods, and what shows that its help is open, or left. */
interface KeysOf {
  readonly toList: readonly string[];
  readonly help: RegExp;
  readonly list: RegExp;
  /** How many keys are pressed. */
  readonly count: number;
}

const ourKeys: KeysOf = {
  toList: [':', ...'pods', '\r'],
  help: /Enter goes in/,
  list: /Row \d/,
  count: 200,
};

function k9sOf(program: string, {kubeconfig}: ApiServer, home: string): Subject {
  return {
    program,
    args: ['--kubeconfig', kubeconfig, '-A', '-c', 'pods'],
    terminal: {endOfFrame: '', env: {HOME: home, XDG_CONFIG_HOME: home}},
    // Its rows come all at once; of the count in its title only the digits that changed.
    allRead: /team-\d+ +api-/,
    keys: {toList: [], help: /RESOURCE/, list: /NAMESPACE/, count: 60},
  };
}

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
    const ours = {program: packaged ?? ourProgram, args, allRead, keys: ourKeys};
    const figures = await underLoad(server, ours, {pods, minutes});
    const k9s = findProgram('k9s');
    const peer =
      k9s === undefined
        ? undefined
        : await underLoad(server, k9sOf(k9s, server, folder), {pods, minutes: 0});
    return {
      id: `session${pods}`,
      title: `The session at ${figure(pods)} pods, under ${eventsPerSecond} watch events a second`,
      notes: [
        `A key opens the help over the list of all pods, or leads back to it. Changes are made by a process of its own, ${figure(figures.eventsPerSecond)} a second: of ten, four of a label, four of a status, and two make a pod anew.`,
        `Memory, every ${figure((minutes * 60) / (figures.samples.length || 1))} s: ${figures.samples.map(mib).join(', ')}.`,
        ...(packaged === undefined ? [noPackagedNote] : []),
        ...(peer === undefined ? ['k9s not found: not compared with it'] : [k9sNote]),
      ],
      rows: rowsOf({checkout, released}, figures, peer, {pods, minutes}),
      figures: {pods, checkout, released, ...figures, peer},
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
  {program, args, terminal, allRead, keys: keysOf}: Subject,
  {pods, minutes}: {readonly pods: number; readonly minutes: number},
): Promise<Figures> {
  const session = await watchSession(program, args, terminal);
  let load: Load | undefined;
  try {
    const full = await session.until(allRead);
    await sleep(warmUpMs);
    const atStart = session.memory().now;
    load = startLoad(server, pods);
    await sleep(warmUpMs);
    const keys = await pressAll(session, keysOf);
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

async function pressAll(session: Watched, {toList, help, list, count}: KeysOf): Promise<Keys> {
  for (const key of toList) await session.press(key);
  const times: number[] = [];
  const busy: number[] = [];
  const [start, before] = [performance.now(), session.busy()];
  for (let key = 0; key < count; key++) {
    const isHelp = key % 2 === 0;
    const was = session.busy();
    times.push(await session.press(isHelp ? '?' : '\x1b', isHelp ? help : list));
    busy.push(session.busy() - was);
    await sleep(pauseMs);
  }
  const seconds = (performance.now() - start) / 1000;
  return {times, busy, share: (session.busy() - before) / seconds};
}

async function memoryOver(session: Watched, minutes: number): Promise<readonly number[]> {
  const times = minutes > 0 ? 8 : 0;
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
  peer: Figures | undefined,
  {pods, minutes}: {readonly pods: number; readonly minutes: number},
): readonly Row[] {
  const goal = goals.find(each => pods <= each.pods);
  const last = samples.at(-1) ?? Number.NaN;
  const p50 = (times: readonly number[]) => quantile(times, 0.5);
  const p95 = (times: readonly number[]) => quantile(times, 0.95);
  return [
    timeRow('first frame, checkout', first.checkout, {ms: 219}),
    ...(first.released === undefined
      ? []
      : [timeRow('first frame, packaged', first.released, {ms: 219})]),
    timeRow('all data', full, {beside: peer?.full}),
    timeRow('key to screen, p50', p50(keys.times), {beside: peer && p50(peer.keys.times)}),
    timeRow('key to screen, p95', p95(keys.times), {ms: 50, beside: peer && p95(peer.keys.times)}),
    timeRow('its processor time, p50', p50(keys.busy)),
    timeRow('its processor time, p95', p95(keys.busy), {ms: 50}),
    {what: 'of one core, keys and events', ours: `${figure(keys.share * 100)} %`, goal: '-'},
    memoryRow('memory, all read', atStart, {most: goal?.mib, beside: peer?.atStart}),
    memoryRow(`memory, after ${minutes} min`, last, {most: goal?.mib}),
    {
      what: 'its growth in the second half of that',
      ours: mib(last - (samples[samples.length / 2 - 1] ?? Number.NaN)),
      goal: 'flat',
    },
    memoryRow('memory, peak', peak, {beside: peer?.peak}),
  ];
}

function timeRow(
  what: string,
  seconds: number,
  {ms, beside}: {readonly ms?: number; readonly beside?: number | undefined} = {},
): Row {
  const text = (time: number) => `${figure(time * 1000)} ms`;
  return {
    what,
    ours: text(seconds),
    ...besideK9s(seconds, beside, text),
    goal: ms === undefined ? '-' : `${ms} ms: ${seconds * 1000 <= ms ? 'met' : 'not met'}`,
  };
}

function memoryRow(
  what: string,
  value: number,
  {most, beside}: {readonly most?: number | undefined; readonly beside?: number | undefined},
): Row {
  return {
    what,
    ours: mib(value),
    ...besideK9s(value, beside, mib),
    goal: most === undefined ? '-' : `${most} MiB: ${value <= most ? 'met' : 'not met'}`,
  };
}

function besideK9s(ours: number, peer: number | undefined, text: (value: number) => string) {
  if (peer === undefined) return {};
  return {peer: `k9s ${text(peer)}`, ratio: `${figure(ours / peer)} x`};
}

function mib(value: number): string {
  return `${figure(value)} MiB`;
}
