import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {clusterOf, snapshotText} from './cluster.ts';
import {type Goal, missingBuild, ourProgram, timeByTurns, type Usage, usageRow} from './run.ts';
import {figure, type Row, type Section, skipped} from './section.ts';

const sizes: readonly {readonly pods: number; readonly goal: Goal}[] = [
  {pods: 1000, goal: {}},
  {pods: 5000, goal: {}},
  {pods: 20_000, goal: {seconds: 2, mib: 400}},
];
const runs = 3;
const title = `Snapshot: whole answers from a file; medians of ${runs} runs by turns`;

/** Whole answers from a snapshot: reading, decoding, judging and printing, with no cluster about. */
export function snapshotSection(): Section {
  const missing = missingBuild();
  if (missing !== undefined) return skipped('snapshot', title, missing);
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-psp-bench-'));
  try {
    const measured = sizes.map(({pods, goal}) => {
      const file = join(folder, `${pods}.json`);
      const text = snapshotText(clusterOf(pods));
      writeFileSync(file, text);
      const [advise, why] = timeByTurns(
        [from(file, 'advise', pods), from(file, 'why', pods)],
        runs,
      );
      if (advise === undefined || why === undefined) throw new Error('nothing was measured');
      return {pods, bytes: text.length, goal, advise, why};
    });
    return {
      id: 'snapshot',
      title,
      notes: measured.map(
        ({pods, bytes}) => `The snapshot of ${figure(pods)} pods has ${figure(bytes / 1e6)} MB.`,
      ),
      rows: measured.flatMap(({advise, why, goal}) => [row(advise, goal), row(why, {})]),
      figures: {sizes: measured.map(({goal: _, ...rest}) => rest)},
    };
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

function row(usage: Usage, goal: Goal): Row {
  const {ours, ...rest} = usageRow(usage, undefined, goal);
  return {
    ...rest,
    ours: usage.cpu_s === undefined ? ours : `${ours} (${figure(usage.cpu_s)} s CPU)`,
  };
}

function from(file: string, command: string, pods: number) {
  const name = `${command} -A, ${figure(pods)} pods`;
  return {name, program: ourProgram, args: [command, '-A', '--from', file]};
}
