import type {World} from '../../../src/commands/world.ts';
import {connect, isForbidden, isNotFound} from '../../../src/world/client.ts';
import {policyObject} from '../builders/policies.ts';
import {fileOf} from '../run/files.ts';
import {type Ran, runIn} from '../run/run.ts';

/** One command line that reads the cluster; `name` is the command's, '' that of the summary. */
export interface Row {
  readonly name: string;
  readonly args: readonly string[];
  /** It prints objects as kubectl takes them, which have no place for gaps. */
  readonly printsObjects?: boolean;
  /** What its answer has, if that is not an object. */
  readonly says?: string;
  /** The kinds that it lists and can do without. */
  readonly doesWithout?: readonly string[];
  /** What it can't tell for what was not read is part of its answer, and has an exit code. */
  readonly answersWithout?: boolean;
  /** What goes wrong with the server is its answer. */
  readonly isAboutServer?: boolean;
}

/** The commands that between them read a cluster in all ways. */
export const mainRows: readonly Row[] = [
  {name: 'advise', args: ['advise', '-A', '--grant', '-o', 'json']},
  {name: 'who-can', args: ['who-can', '-A', '-o', 'json']},
  {name: 'why', args: ['why', '-A', '-o', 'json']},
  {name: 'snapshot', args: ['snapshot']},
  {name: '', args: ['-o', 'json']},
];

/** The commands that read a cluster. A new one is a new row. */
export const rows: readonly Row[] = [
  ...mainRows,
  {name: 'diff', args: ['diff', 'open', 'tight', '-o', 'json'], doesWithout: ['namespaces']},
  {name: 'try', args: ['try', '--delete', 'open', '-A', '-o', 'json']},
  {
    name: 'bind',
    args: ['bind', 'tight', '--to', 'sa:shop/b', '--dry-run=client', '-o', 'json'],
    printsObjects: true,
    doesWithout: ['namespaces'],
  },
  {
    name: 'unbind',
    args: ['unbind', 'tight', '--to', 'sa:shop/app', '--dry-run=client', '-o', 'json'],
    printsObjects: true,
    doesWithout: ['namespaces'],
  },
  {
    name: 'delete',
    args: ['delete', 'tight', '--dry-run=client'],
    printsObjects: true,
    says: 'delete PodSecurityPolicy tight',
    doesWithout: ['namespaces'],
  },
  {name: 'get', args: ['get', '-o', 'json'], printsObjects: true, doesWithout: ['namespaces']},
  {
    name: 'apply',
    args: ['apply', '-f', fileOf([policyObject('tight', {hostPID: true})]), '--dry-run=client'],
    printsObjects: true,
    says: 'Nothing was changed: --dry-run=client.',
    doesWithout: ['namespaces'],
  },
  {name: 'audit', args: ['audit', '-o', 'json']},
  {name: 'migrate', args: ['migrate', '-A', '-o', 'json'], answersWithout: true},
  {name: 'check', args: ['check', '-n', 'shop', '-o', 'json'], isAboutServer: true},
];

/** A command line to complete that looks up names in the cluster. */
export const completion: Row = {
  name: 'completion',
  args: ['__complete', 'why', '-n', 'shop'],
  says: 'a\tPod',
};

/**
 * What no command takes, whatever the fault, in milliseconds: far more than the time-outs of these tests and
 * than a busy machine adds, far less than what the program would wait by itself.
 */
export const tooLongMs = 30_000;

/** How a command was run, and how long that took, in milliseconds. */
export interface Timed extends Ran {
  readonly ms: number;
}

/**
 * Runs a command line in this process against a cluster, as it is without a terminal, but with shorter
 * pauses between tries and always at the same time of day.
 */
export async function runAgainst(
  {args}: Row,
  connection: readonly string[],
  signal = new AbortController().signal,
): Promise<Timed> {
  const changes = (warn: World['warn']): Partial<World> => ({
    noSession: 'no terminal',
    now: () => '2022-05-03T12:00:00.000Z',
    async connect(flags) {
      const environment = {env: process.env, signal, warn};
      const client = await connect(flags, environment, {patience: {baseMs: 20}});
      return {...client, isForbidden, isNotFound};
    },
  });
  const [first = ''] = args;
  const isCompletion = first === '__complete';
  const line = isCompletion ? [...args, ...connection, ''] : [...args, ...connection];
  const started = performance.now();
  const ran = await runIn(changes, ...line);
  return {...ran, ms: performance.now() - started};
}
