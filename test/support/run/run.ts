import {spawn} from 'node:child_process';
import {join} from 'node:path';

/** What a run of the program did. */
export interface Ran {
  /** The exit code; -1 if a signal ended it. */
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly stdin?: string | Uint8Array;
  /** Over an environment without any kubeconfig. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

const program = join(import.meta.dirname, '../../../bin/kubectl-psp');

/** Runs the built program as a user does, without a terminal. `npm run build` makes it. */
export function run(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return runProgram(program, args, options);
}

/** Runs any program to its end, as `run` does. */
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
