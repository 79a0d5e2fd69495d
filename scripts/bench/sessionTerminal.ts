import {type ChildProcess, spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {findProgram} from '../../test/support/run/executables.ts';

/** The session in a terminal of 80 by 24, with what it took to come up. */
export interface Watched {
  /** Seconds from the start of the process until its first frame was on the screen. */
  readonly firstFrame: number;
  /** Seconds from the start of the process until a frame with such a text was there. */
  until(text: RegExp): Promise<number>;
  /** Sends a key and waits for the frame that answers it; with `text`, for one that has it; seconds. */
  press(key: string, text?: RegExp): Promise<number>;
  /** What the process has resident now, and had at most, in MiB. */
  memory(): {readonly now: number; readonly peak: number};
  /** The processor time of its main thread so far, in seconds. */
  busy(): number;
  /** Ends the session. */
  close(): Promise<void>;
}

/** Ink ends each frame with this: the terminal may show it now. */
const endOfInkFrame = '\x1b[?2026l';
const escapes = /\x1b\[[?\d;]*[A-Za-z]/g;
const patienceMs = 120_000;

/** Why no session can be watched here; undefined if it can. */
export function missingTerminal(): string | undefined {
  const {stdout} = spawnSync('script', ['--version'], {encoding: 'utf8'});
  return process.platform === 'linux' && stdout?.includes('util-linux')
    ? undefined
    : 'skipped: script of util-linux not found, which makes a terminal to measure in';
}

/** What is different about another program's session. */
export interface OtherTerminal {
  /** What ends each of its frames; '' if nothing does. */
  readonly endOfFrame: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a program in a pseudo-terminal and waits for its first frame. */
export async function watchSession(
  program: string,
  args: readonly string[],
  {endOfFrame, env}: OtherTerminal = {endOfFrame: endOfInkFrame, env: {}},
): Promise<Watched> {
  // The shell tells its number, and becomes the program: what script itself takes does not count.
  const line = [program, ...args].map(quoted).join(' ');
  const command = `stty cols 80 rows 24; printf 'pid %s\\n' $$; exec ${line}`;
  const child = spawn(findProgram('script') ?? 'script', ['-qfc', command, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {...process.env, TERM: 'xterm-256color', CI: undefined, SHELL: '/bin/sh', ...env},
  });
  const screen = listen(child);
  const [, pid = ''] = await screen.next(/pid (\d+)\r?\n/, '\n');
  const start = performance.now();
  const since = () => (performance.now() - start) / 1000;
  await screen.next(/./, endOfFrame);
  const firstFrame = since();
  return {
    firstFrame,
    async until(text) {
      await screen.next(text, endOfFrame, true);
      return since();
    },
    async press(key, text = /./) {
      screen.forget();
      const pressed = performance.now();
      child.stdin?.write(key);
      await screen.next(text, endOfFrame);
      return (performance.now() - pressed) / 1000;
    },
    memory: () => memoryOf(pid),
    busy: () => Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e9,
    async close() {
      const ended = once(child, 'exit');
      process.kill(Number(pid), 'SIGTERM');
      await ended;
    },
  };
}

/** What a child printed: to wait for, and to forget. */
function listen(child: ChildProcess) {
  let text = '';
  let heard = () => {};
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    heard();
  });
  child.once('exit', () => heard());
  return {
    forget() {
      text = '';
    },
    /** Waits for a text and then for `end`; what came before is forgotten unless it is to stay. */
    async next(pattern: RegExp, end: string, keep = false): Promise<RegExpExecArray> {
      const deadline = performance.now() + patienceMs;
      for (;;) {
        const stop = text.lastIndexOf(end) + end.length;
        const found = stop < end.length ? null : pattern.exec(plain(text.slice(0, stop)));
        if (found !== null) {
          if (!keep) text = text.slice(stop);
          return found;
        }
        if (child.exitCode !== null || performance.now() > deadline) {
          throw new Error(`the session shows no ${pattern}: ${plain(text).slice(-500)}`);
        }
        await new Promise<void>(resolve => {
          const timer = setTimeout(resolve, patienceMs);
          heard = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
  };
}

function plain(text: string): string {
  return text.replaceAll(escapes, '');
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function memoryOf(pid: string): {readonly now: number; readonly peak: number} {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mib = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? Number.NaN) / 1024;
  return {now: mib('VmRSS'), peak: mib('VmHWM')};
}
