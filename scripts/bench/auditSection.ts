import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {isObject, type JsonObject, printJson} from '../../src/kube/json.ts';
import {type BenchCluster, clusterOf, snapshotText} from './cluster.ts';
import {type Goal, missingBuild, ourProgram, timeByTurns, usageRow} from './run.ts';
import {figure, type Section, skipped} from './section.ts';

const sizes: readonly {readonly pods: number; readonly goal: Goal}[] = [
  {pods: 5000, goal: {}},
  {pods: 20_000, goal: {seconds: 3, mib: 500}},
  {pods: 80_000, goal: {}},
];
const policyCount = 200;
const runs = 3;
const title = `Audit, what-if and the way off over ${policyCount} policies, from a file; medians of ${runs} runs by turns`;

/** `audit -A`, `try -A` and `migrate -A` from a snapshot: reading, judging by all policies, all rules, printing. */
export function auditSection(): Section {
  const missing = missingBuild();
  if (missing !== undefined) return skipped('audit', title, missing);
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-psp-bench-'));
  try {
    const measured = sizes.map(({pods, goal}) => {
      const [snapshot, change] = [join(folder, `${pods}.json`), join(folder, 'change.json')];
      const cluster = clusterOf(pods, {policies: policyCount - 1, accountRoles: false});
      writeFileSync(snapshot, snapshotText(cluster));
      writeFileSync(change, printJson(looserPolicy(cluster)));
      const commands = [['audit'], ['try', '-f', change], ['migrate']].map(
        ([name = '', ...args]) => ({
          name: `${name} -A, ${figure(pods)} pods`,
          program: ourProgram,
          args: [name, '-A', ...args, '--from', snapshot],
        }),
      );
      return {pods, goal, usages: timeByTurns(commands, runs)};
    });
    return {
      id: 'audit',
      title,
      notes: ['`try` loosens one policy; nothing is denied by it.'],
      rows: measured.flatMap(({usages, goal}) =>
        usages.map(usage => {
          const {ours, ...rest} = usageRow(usage, undefined, goal);
          const cpu = usage.cpu_s === undefined ? '' : ` (${figure(usage.cpu_s)} s CPU)`;
          return {...rest, ours: `${ours}${cpu}`};
        }),
      ),
      figures: {policies: policyCount, sizes: measured.map(({goal: _, ...rest}) => rest)},
    };
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

/** One of the policies, allowing more. */
function looserPolicy({policies}: BenchCluster): JsonObject {
  const [, policy] = policies;
  if (policy === undefined || !isObject(policy.spec)) throw new Error('the cluster has no policy');
  return {...policy, spec: {...policy.spec, privileged: true}};
}
