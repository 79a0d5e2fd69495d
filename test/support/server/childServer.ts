import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {closeSync, openSync, readFileSync} from 'node:fs';
import {basename, join} from 'node:path';

/**
 * Runs "$@" until our standard input closes: that happens when its other end is closed, and also
 * when the process that has it dies, even by SIGKILL.
 */
const leash = `
exec 3<&0
"$@" 3<&- &
server=$!
{ cat <&3 >/dev/null; kill -KILL $server 2>/dev/null; } &
wait $server
`;

const shownLines = 15;

/** A server program of a test. It never outlives the process (or worker thread) that started it. */
export class ChildServer {
  readonly #name: string;
  readonly #logFile: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  /** Starts the program; its output goes to a log file in `dir`. */
  constructor(path: string, args: readonly string[], dir: string) {
    this.#name = basename(path);
    this.#logFile = join(dir, `${this.#name}.log`);
    const log = openSync(this.#logFile, 'a');
    this.#child = spawn('sh', ['-c', leash, 'sh', path, ...args], {
      cwd: dir,
      stdio: ['pipe', log, log],
    });
    closeSync(log);
    this.#child.stdin?.on('error', () => {});
    this.#ended = once(this.#child, 'exit');
    // A spawn that fails is seen by whoever waits for the end.
    this.#ended.catch(() => {});
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** The end of the log, to show why the server didn't start. */
  lastLines(): string {
    const lines = readFileSync(this.#logFile, 'utf8').trimEnd().split('\n');
    const state = this.hasEnded ? 'has ended' : 'is running';
    return [`${this.#name} ${state}; the end of its log:`, ...lines.slice(-shownLines)].join('\n');
  }

  /** Ends the program at once (SIGKILL), and waits until it is gone. */
  async kill(): Promise<void> {
    this.#child.stdin?.end();
    if (!this.hasEnded) await this.#ended;
  }
}
