import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {clusterOf, snapshotText} from './cluster.ts';
import {missingBuild, ourProgram, timeByTurns, type Usage} from './run.ts';
import {figure, type Row, type Section, skipped} from './section.ts';

const [few, many] = [20_000, 100_000];
const policyCount = 500;
/** Five times the pods, workloads, accounts and bindings may take this much more. */
const mostTimes = 5.5;
const mostMiB = 1229;
const runs = 3;
const title = `Scale: ${figure(many)} pods beside ${figure(few)}, ${policyCount} policies, from a file; medians of ${runs} runs by turns`;

const commands: readonly (readonly string[])[] = [
  ['why', '-A'],
  ['-A', '-o', 'table'],
  ['advise', '-A'],
  ['who-can', '-A'],
  ['audit', '-A'],
  ['migrate', '-A'],
  ['snapshot', '-'],
];

/** Whether each command that reads takes time in proportion to the cluster, and how much memory. */
export function scaleSection(): Section {
  const missing = missingBuild();
  if (missing !== undefined) return skipped('scale', title, missing);
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-psp-bench-'));
  try {
    const files = [few, many].map(pods => {
      const file = join(folder, `${pods}.json`);
      const surroundings = {policies: policyCount - 1, accountRoles: true};
      writeFileSync(file, snapshotText(clusterOf(pods, surroundings)));
      return file;
    });
    const usages = timeByTurns(
      commands.flatMap(args =>
        files.map(file => ({
          name: args.join(' '),
          program: ourProgram,
          args: [...args, '--from', file],
        })),
      ),
      runs,
    );
    const pairs = commands.map((_, index) => usages.slice(2 * index, 2 * index + 2));
    return {
      id: 'scale',
      title,
      notes: ['Processor time, which other work on the machine changes less than the clock.'],
      rows: pairs.flatMap(([small, big]) => (small && big ? [row(small, big)] : [])),
      figures: {few, many, policies: policyCount, usages},
    };
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

function row(small: Usage, big: Usage): Row {
  const [less, more] = [small, big].map(({cpu_s, wall_s}) => cpu_s ?? wall_s);
  const mib = ({peak_rss_mib}: Usage) =>
    peak_rss_mib === undefined ? '-' : `${figure(peak_rss_mib)} MiB`;
  return {
    what: big.name,
    ours: `${figure(more ?? 0)} s`,
    peer: `of ${figure(few)} pods ${figure(less ?? 0)} s`,
    ratio: `${figure((more ?? 0) / (less ?? 1))} x`,
    goal: `${mostTimes} x, ${figure(mostMiB)} MiB`,
    peak: `${mib(big)} : ${mib(small)}`,
  };
}
