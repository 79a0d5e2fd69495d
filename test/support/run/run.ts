import {spawn} from 'node:child_process';
import {join} from 'node:path';
import {main} from '../../../src/cli.ts';
import type {World} from '../../../src/commands/world.ts';
import {UserError} from '../../../src/errors.ts';
import type {JsonObject} from '../../../src/kube/json.ts';
import {escapeText} from '../../../src/report/escape.ts';
import {realWorld} from '../../../src/world/index.ts';
import {itemsOf} from './output.ts';

/** What a run of the program did. */
export interface Ran {
  /** The exit code; -1 if a signal ended it. */
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What a run of the program looked like at a terminal: both streams in one. */
export interface Shown {
  readonly exitCode: number;
  readonly output: string;
}

/** Runs a command line inside this process: the real files and servers, but not the real output. */
export function runHere(...args: readonly string[]): Promise<Ran> {
  return runIn(() => ({}), ...args);
}

/** What a user does while a command runs, and where. */
export interface UserSide {
  /** What they answer to each question; without it there is no terminal to ask at. */
  readonly answers?: readonly string[];
  /** Where new files go. */
  readonly folder?: string;
}

/** The same at a terminal, or in a folder; questions go to standard error. */
export async function runWith(
  {answers, folder}: UserSide,
  ...args: readonly string[]
): Promise<Ran> {
  const left = [...(answers ?? [])];
  const changes = (warn: World['warn']): Partial<World> => ({
    async ask(question) {
      if (answers === undefined) return real.ask(question);
      warn(question);
      return left.shift() ?? '';
    },
    writeFile: (path, text, force) =>
      real.writeFile(folder === undefined ? path : join(folder, path), text, force),
    makeFolder: path => real.makeFolder(folder === undefined ? path : join(folder, path)),
  });
  return runIn(changes, ...args);
}

/** The same in a world that differs from the real one in this; `warn` is how that one tells. */
export async function runIn(
  changes: (warn: World['warn']) => Partial<World>,
  ...args: readonly string[]
): Promise<Ran> {
  const {code, told} = await tellOf(({warn}) => changes(warn), args);
  return {code, out: told.out.join(''), err: told.err.join('')};
}

/** The items of `why -o json` or `advise -o json`; fails if the program does. */
export async function itemsHere(...args: readonly string[]): Promise<readonly JsonObject[]> {
  const {code, out, err} = await runHere(...args, '-o', 'json');
  if (code !== 0) throw new Error(`${args.join(' ')}: exit code ${code}: ${err}`);
  return itemsOf(out);
}

/** Runs `kubectl psp` with these arguments in this folder, which has no kubeconfig. */
export async function runShown(args: readonly string[], folder: string): Promise<Shown> {
  const changes: Partial<World> = {
    ...bare,
    connect: refuse,
    async readDocuments(paths) {
      const documents = await real.readDocuments(paths.map(path => join(folder, path)));
      return documents.map(document => ({
        ...document,
        file: document.file.slice(folder.length + 1),
      }));
    },
  };
  const {code, told} = await tellOf(() => changes, args);
  return {exitCode: code, output: told.all.join('')};
}

/**
 * Runs a command line where nothing can be read: the exit code is 2 if the command line is wrong, 0 or 3
 * if it is right.
 */
export async function parseOnly(args: readonly string[]): Promise<Shown> {
  const changes: Partial<World> = {
    ...bare,
    ask: refuse,
    now: () => '2022-01-01T00:00:00.000Z',
    readDocuments: refuse,
    writeFile: refuse,
    demo: refuse,
    connect: refuse,
    kubeconfigNames: refuse,
    installCompleter: refuse,
  };
  const {code, told} = await tellOf(() => changes, args);
  return {exitCode: code, output: told.all.join('')};
}

export interface RunOptions {
  readonly stdin?: string | Uint8Array;
  /** Over an environment without any kubeconfig. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** The path of the built program. `npm run build` makes it. */
export const builtProgram = join(import.meta.dirname, '../../../bin/kubectl-psp');

/** Runs the built program as a user does, in a process of its own without a terminal. */
export function runBuilt(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return runProgram(builtProgram, args, options);
}

/** Runs any program to its end, as `runBuilt` does: kubectl, or the program as it was packaged. */
export async function runProgram(
  path: string,
  args: readonly string[],
  {stdin = '', env, cwd}: RunOptions = {},
): Promise<Ran> {
  const child = spawn(path, args, {
    cwd,
    env: {PATH: process.env.PATH, HOME: '/dev/null', KUBECONFIG: '/dev/null', ...env},
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  child.stdin.on('error', () => undefined); // it may end before it has read all
  child.stdin.end(stdin);
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', status => resolve(status ?? -1));
  });
  return {code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString()};
}

/** What a command told: on each stream, and on both as they came. */
interface Told {
  readonly out: string[];
  readonly err: string[];
  readonly all: string[];
}

const real = realWorld(new AbortController().signal);

/** A world without a terminal and without a kubeconfig. */
const bare: Partial<World> = {
  noSession: 'no terminal',
  ask: async () => undefined,
  fileExists: async () => false,
  temporaryFolder: () => '/',
  openSession: async () => {},
  defaultNamespace: async () => 'default',
};

async function tellOf(
  changes: (own: Pick<World, 'print' | 'warn'>) => Partial<World>,
  args: readonly string[],
): Promise<{readonly code: number; readonly told: Told}> {
  const told: Told = {out: [], err: [], all: []};
  const tell = (stream: string[], text: string) => {
    stream.push(text);
    told.all.push(text);
  };
  const own: Pick<World, 'print' | 'warn'> = {
    print: text => tell(told.out, text),
    warn: text => tell(told.err, `${text.split('\n').map(escapeText).join('\n')}\n`),
  };
  const code = await main(args, {...real, ...own, ...changes(own)});
  return {code, told};
}

async function refuse(): Promise<never> {
  throw new UserError('there is nothing to read here');
}
