import {spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import {printJson} from '../../src/kube/json.ts';
import {findBinary} from '../../test/support/kubernetes/reference.ts';
import {dumpOf} from './dump.ts';
import type {EngineFigures, SharedFigures} from './engine.ts';
import {median} from './measure.ts';
import {figure, type Row, type Section} from './section.ts';

const vectors = join(import.meta.dirname, '../../test/fixtures/vectors/cases.jsonl.gz');
const pods = 4000;
const policies = 20;
const runs = 3;

/**
 * The engine beside the Go code of Kubernetes on the same pods and policies: a few runs of both by
 * turns, each in a process of its own, and the medians. Throws if they count different verdicts.
 */
export function engineSection(): Section {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-psp-bench-'));
  try {
    const cases = join(folder, 'cases.jsonl');
    const text = gunzipSync(readFileSync(vectors));
    writeFileSync(cases, text);
    const input = join(folder, 'dump.json');
    writeFileSync(input, printJson(dumpOf(text.toString('utf8'), pods, policies)));
    return compare(input, cases);
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

function compare(input: string, cases: string): Section {
  const bench = findBinary('psp-bench');
  const script = join(import.meta.dirname, 'index.ts');
  const ours: EngineFigures[] = [];
  const theirs: SharedFigures[] = [];
  for (let run = 0; run < runs; run++) {
    ours.push(figuresOf(process.execPath, ['--expose-gc', script, '--input', input]));
    if (bench === undefined) continue;
    theirs.push(
      figuresOf(bench, ['-cases', cases, '-pods', `${pods}`, '-policies', `${policies}`]),
    );
  }
  const [one] = ours;
  const differs = theirs.find(
    ({allowed, passed}) => allowed !== one?.allowed || passed !== one.passed,
  );
  if (one === undefined || differs !== undefined) {
    throw new Error(
      `psp-bench allows ${differs?.allowed} and passes ${differs?.passed}, ` +
        `the engine ${one?.allowed} and ${one?.passed}`,
    );
  }
  const what = `${pods} pods, ${one.distinctPods} of them distinct, ${policies} policies`;
  const missing = 'psp-bench not found: run test/kubernetes/build.sh or set KUBEBUILDER_ASSETS';
  return {
    id: 'engine',
    title: `Engine: ${what}; processor time, median of ${runs} runs`,
    notes: [
      `Ours is warmed up for ${one.warmup_s} s before each measurement; nothing is reused but where stated.`,
      ...(bench === undefined ? [missing] : []),
    ],
    rows: rowsOf(ours, theirs),
    figures: {ours: medianRun(ours), peer: theirs.length > 0 ? medianRun(theirs) : undefined},
  };
}

function rowsOf(ours: readonly EngineFigures[], theirs: readonly SharedFigures[]): readonly Row[] {
  const decisions = rate(theirs, run => run.decisions / run.decisions_cpu_s);
  const evaluations = rate(theirs, run => run.evaluations / run.evaluations_cpu_s);
  const row = (
    what: string,
    rateOf: (run: EngineFigures) => number,
    peer: number | undefined,
    goal: string,
  ): Row => {
    const value = rate(ours, rateOf) ?? 0;
    const beside =
      peer === undefined ? {} : {peer: `Go ${figure(peer)}`, ratio: `${figure(value / peer)} x`};
    return {what, ours: figure(value), goal, ...beside};
  };
  return [
    row('decisions a second', run => run.decisions_per_cpu_s, decisions, '5 x'),
    row('evaluations a second', run => run.evaluations_per_cpu_s, evaluations, '2 x'),
    row(
      'evaluations a second, one view a pod',
      run => run.evaluations_shared_view_per_cpu_s,
      evaluations,
      '-',
    ),
    row(
      'decisions a second, equal pods decided once',
      run => run.decisions_reused_per_cpu_s,
      decisions,
      '-',
    ),
  ];
}

function rate<T>(runs: readonly T[], rateOf: (run: T) => number): number | undefined {
  return runs.length === 0 ? undefined : median(runs.map(rateOf), value => value);
}

function medianRun<T extends SharedFigures>(runs: readonly T[]): T {
  return median(runs, run => run.decisions_cpu_s);
}

function figuresOf<T>(program: string, args: readonly string[]): T {
  const {status, stdout, stderr, error} = spawnSync(program, args, {encoding: 'utf8'});
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} exited with ${status}: ${stderr.trim()}`);
  return JSON.parse(stdout) as T;
}
