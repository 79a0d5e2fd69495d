import {spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {findProgram} from '../../test/support/run/executables.ts';
import {median} from './measure.ts';
import {figure, type Row} from './section.ts';

/** A program to time. */
export interface Command {
  /** For people: "kubectl get pods -A -o json". */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** On top of this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** How often it runs in each round; once if not given. */
  readonly times?: number;
}

/** What a command took: medians over its runs. */
export interface Usage {
  readonly name: string;
  readonly runs: number;
  readonly wall_s: number;
  /** Of the whole process, all threads; undefined without GNU time. */
  readonly cpu_s: number | undefined;
  /** The most memory it ever had resident; undefined without GNU time. */
  readonly peak_rss_mib: number | undefined;
}

const root = join(import.meta.dirname, '../..');

/** The program of this checkout, as users start it. */
export const ourProgram = join(root, 'bin/kubectl-psp');

/** Why the built program can't be timed; undefined if it can. */
export function missingBuild(): string | undefined {
  return existsSync(join(root, 'dist/start.cjs'))
    ? undefined
    : 'skipped: the program is not built: run npm run build';
}

/** What to expect of a row: `ratio` at most, `seconds` at most, `mib` at most. */
export interface Goal {
  readonly ratio?: number;
  readonly seconds?: number;
  readonly mib?: number;
}

/** Other programs, where they are on PATH. */
export function findPeers(
  peers: readonly {readonly name: string; readonly args: readonly string[]}[],
): readonly Command[] {
  return peers.flatMap(({name, args}) => {
    const program = findProgram(name);
    return program === undefined ? [] : [{name, program, args}];
  });
}

/** A line of the table: our command beside another one, if there is one. */
export function usageRow(ours: Usage, beside: Usage | undefined, goal: Goal = {}): Row {
  const {ratio, seconds, mib} = goal;
  const is = (value: number | undefined, most: number) =>
    value === undefined ? '' : value <= most ? ' (met)' : ' (not met)';
  const times = beside && ours.wall_s / beside.wall_s;
  const goals = [
    ...(ratio === undefined ? [] : [`${ratio} x${is(times, ratio)}`]),
    ...(seconds === undefined ? [] : [`${seconds} s${is(ours.wall_s, seconds)}`]),
    ...(mib === undefined ? [] : [`${mib} MiB${is(ours.peak_rss_mib, mib)}`]),
  ];
  return {
    what: ours.name,
    ours: `${figure(ours.wall_s)} s`,
    ...(beside && {
      peer: `${beside.name} ${figure(beside.wall_s)} s`,
      ratio: `${figure(ours.wall_s / beside.wall_s)} x`,
    }),
    goal: goals.join(', ') || '-',
    peak: [ours, beside].flatMap(usage => memoryText(usage)).join(' : ') || '-',
  };
}

function memoryText(usage: Usage | undefined): readonly string[] {
  return usage?.peak_rss_mib === undefined ? [] : [`${figure(usage.peak_rss_mib)} MiB`];
}

/**
 * Runs the commands by turns, in `rounds` rounds after one that does not count: it fills the caches of
 * files and of kubectl. Each round has an order of its own: what a program leaves behind on a server,
 * as garbage to collect, is then not always paid for by the same one after it. Their output is thrown
 * away. Throws if one fails.
 */
export function timeByTurns(commands: readonly Command[], rounds: number): readonly Usage[] {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-psp-bench-'));
  try {
    const runOnce = runnerIn(folder);
    for (const command of commands) runOnce(command);
    const found = commands.map((): Run[] => []);
    const turns = commands.flatMap(({times = 1}, index) => Array(times).fill(index) as number[]);
    for (let round = 0; round < rounds; round++) {
      for (const index of shuffled(turns)) {
        const command = commands[index];
        if (command !== undefined) found[index]?.push(runOnce(command));
      }
    }
    return commands.map(({name}, index) => {
      const all = found[index] ?? [];
      return {
        name,
        runs: all.length,
        wall_s: median(all, ({wall}) => wall).wall,
        cpu_s: median(all, ({cpu = 0}) => cpu).cpu,
        peak_rss_mib: median(all, ({peak = 0}) => peak).peak,
      };
    });
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

/** As timeByTurns, of commands that belong together under a name. */
export function timeGroups<K extends string>(
  groups: Readonly<Record<K, readonly Command[]>>,
  rounds: number,
): Readonly<Record<K, readonly Usage[]>> {
  const entries = Object.entries<readonly Command[]>(groups);
  const commands = entries.flatMap(([, group]) => group);
  const usages = timeByTurns(commands, rounds).values();
  const found = entries.map(([name, group]) => [
    name,
    group.flatMap(() => usages.next().value ?? []),
  ]);
  return Object.fromEntries(found) as Readonly<Record<K, readonly Usage[]>>;
}

function shuffled<T>(items: readonly T[]): readonly T[] {
  return items
    .map(item => ({item, at: Math.random()}))
    .sort((one, other) => one.at - other.at)
    .map(({item}) => item);
}

/** One run: seconds, and MiB. */
interface Run {
  readonly wall: number;
  readonly cpu: number | undefined;
  readonly peak: number | undefined;
}

/** GNU time tells of a whole process what Node can't; it adds a millisecond, to all alike. */
function runnerIn(folder: string): (command: Command) => Run {
  const report = join(folder, 'usage');
  const time = gnuTime();
  return ({name, program, args, env = {}}) => {
    const line = [program, ...args];
    const [first = '', ...rest] =
      time === undefined ? line : [time, '-o', report, '-f', '%U %S %M', ...line];
    const start = performance.now();
    const {status, stderr, error} = spawnSync(first, rest, {
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {...withoutTrust(process.env), ...env},
    });
    const wall = (performance.now() - start) / 1000;
    if (error) throw error;
    if (status !== 0) throw new Error(`${name} exited with ${status}: ${stderr.trim()}`);
    if (time === undefined) return {wall, cpu: undefined, peak: undefined};
    const [user = 0, system = 0, kib = 0] = readFileSync(report, 'utf8').split(' ').map(Number);
    return {wall, cpu: user + system, peak: kib / 1024};
  };
}

/** What Node reads in before it trusts anybody: few machines set it, and nothing that is measured needs it. */
function withoutTrust(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const {NODE_EXTRA_CA_CERTS: _, SSL_CERT_FILE: _file, SSL_CERT_DIR: _folder, ...others} = env;
  return others;
}

/** The path of GNU time; other programs of that name know no format. */
function gnuTime(): string | undefined {
  const path = findProgram('time');
  if (path === undefined) return undefined;
  const {status, stderr} = spawnSync(path, ['-f', '%M', 'true'], {encoding: 'utf8'});
  return status === 0 && /^\d+\s*$/.test(stderr) ? path : undefined;
}
