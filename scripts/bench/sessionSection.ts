import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {clusterOf, snapshotText} from './cluster.ts';
import {median, quantile} from './measure.ts';
import {noPackagedNote, packagedProgram} from './packaged.ts';
import {missingBuild, ourProgram} from './run.ts';
import {figure, type Row, type Section, skipped} from './section.ts';
import {type LiveFigures, liveFigures} from './sessionLive.ts';
import {missingTerminal, type Watched, watchSession} from './sessionTerminal.ts';

const pods = 5000;
const runs = 7;
const moves = 200;
/** Slower than a held key repeats, so that each move is answered by a frame of its own. */
const pauseMs = 25;
const title = `Session: in a terminal of 80 by 24, ${figure(pods)} pods; medians of ${runs} runs`;

/** How fast the interactive session is there, has all data and answers keys, and what it keeps. */
export async function sessionSection(): Promise<Section> {
  const missing = missingBuild() ?? missingTerminal();
  if (missing !== undefined) return skipped('session', title, missing);
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-psp-bench-'));
  try {
    const packaged = packagedProgram(folder);
    const checkout = await firstFrame(ourProgram);
    const released = packaged === undefined ? undefined : await firstFrame(packaged);
    const snapshot = await snapshotFigures(join(folder, 'snapshot.json'));
    const live = await liveFigures(pods, runs);
    return {
      id: 'session',
      title,
      notes: [
        `A move is one of ${moves} of the cursor down the list of pods, from the key to the end of its frame.`,
        ...(released === undefined ? [noPackagedNote] : []),
        ...(typeof live === 'string' ? [live] : liveNotes(live)),
      ],
      rows: [
        secondsRow('first frame, checkout', checkout, '0.3 s'),
        ...(released === undefined ? [] : [secondsRow('first frame, packaged', released, '0.1 s')]),
        ...snapshotRows(snapshot),
        ...(typeof live === 'string' ? [] : liveRows(live)),
      ],
      figures: {pods, runs, moves, checkout, released, snapshot, live},
    };
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

/** Seconds until the demo's first frame: the median, after a run that fills the caches of files. */
async function firstFrame(program: string): Promise<number> {
  await run(program, ['--demo'], async () => 0);
  const times: number[] = [];
  for (let index = 0; index < runs; index++) {
    times.push(await run(program, ['--demo'], async ({firstFrame}) => firstFrame));
  }
  return median(times, time => time);
}

interface SnapshotFigures {
  /** Seconds from the start until all is on the screen: with a snapshot, the first frame has it all. */
  readonly full: number;
  /** Seconds from a key to the frame that answers it. */
  readonly p50: number;
  readonly p95: number;
  readonly slowest: number;
  /** MiB, before and after the moves. */
  readonly atStart: number;
  readonly afterMoves: number;
}

async function snapshotFigures(file: string): Promise<SnapshotFigures> {
  writeFileSync(file, snapshotText(clusterOf(pods)));
  const args = ['--from', file];
  const times: number[] = [];
  for (let index = 0; index < runs; index++) {
    times.push(await run(ourProgram, args, async ({firstFrame}) => firstFrame));
  }
  const full = median(times, time => time);
  return run(ourProgram, args, async session => {
    const atStart = session.memory().now;
    for (const key of [':', 'pods', '\r']) await session.press(key);
    const latencies: number[] = [];
    for (let move = 0; move < moves; move++) {
      latencies.push(await session.press('\x1b[B'));
      await new Promise(resolve => setTimeout(resolve, pauseMs));
    }
    const share = (part: number) => quantile(latencies, part);
    const afterMoves = session.memory().now;
    return {full, p50: share(0.5), p95: share(0.95), slowest: share(1), atStart, afterMoves};
  });
}

async function run<T>(
  program: string,
  args: readonly string[],
  task: (session: Watched) => Promise<T>,
): Promise<T> {
  const session = await watchSession(program, args);
  try {
    return await task(session);
  } finally {
    await session.close();
  }
}

function secondsRow(what: string, seconds: number, goal: string): Row {
  return {what, ours: `${figure(seconds)} s`, goal};
}

function snapshotRows({full, p50, p95, slowest, atStart, afterMoves}: SnapshotFigures) {
  const ms = (seconds: number) => `${figure(seconds * 1000)} ms`;
  return [
    secondsRow('all data, snapshot', full, '-'),
    {what: 'key to screen, p50', ours: ms(p50), goal: '-'},
    {what: 'key to screen, p95', ours: ms(p95), goal: '50 ms'},
    {what: 'key to screen, slowest', ours: ms(slowest), goal: '-'},
    {what: 'memory, snapshot', ours: `${figure(atStart)} MiB`, goal: '-'},
    {what: `memory, after ${moves} moves`, ours: `${figure(afterMoves)} MiB`, goal: '-'},
  ];
}

function liveNotes({changes}: LiveFigures): readonly string[] {
  return [`Live: on a real API server; then ${figure(changes)} labels of pods are changed.`];
}

function liveRows({first, full, bare, atStart, afterChanges, peak, changes}: LiveFigures) {
  return [
    secondsRow('first frame, live', first, '0.3 s'),
    {
      ...secondsRow('all data, live', full, '1.5 x'),
      peer: `${bare.name} ${figure(bare.wall_s)} s`,
      ratio: `${figure(full / bare.wall_s)} x`,
      peak: `${figure(peak)} MiB`,
    },
    {what: 'memory, live', ours: `${figure(atStart)} MiB`, goal: '-'},
    {
      what: `memory, after ${figure(changes)} events`,
      ours: `${figure(afterChanges)} MiB`,
      goal: '-',
    },
  ];
}
