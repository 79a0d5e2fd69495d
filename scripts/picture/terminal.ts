import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';

/** How big a terminal is, in characters, and what it can do. */
export interface TerminalKind {
  readonly columns: number;
  readonly lines: number;
  /** Added to the environment: `NO_COLOR`, `COLORTERM`. */
  readonly env: Readonly<Record<string, string>>;
}

const waitMs = 20_000;
const pollMs = 40;

/** A program in a terminal that nobody sees. */
export interface Terminal {
  /** Sends keys by tmux's names (`Down`, `Enter`), or as they are typed. */
  press(...keys: readonly string[]): void;
  /** Waits until the screen is so and stands still, and gives its text. Throws after 20 s. */
  until(isThere: RegExp | ((screen: string) => boolean)): Promise<string>;
  /** The screen with its colours, as escape sequences. */
  colored(): string;
  /** Ends the program and the terminal. */
  close(): void;
}

/** Whether tmux, which makes the terminal, is there. */
export function hasTmux(): boolean {
  return spawnSync('tmux', ['-V']).status === 0;
}

/**
 * Starts a program in a terminal of its own tmux server: with no settings of the user's, and of the
 * environment nothing but what every run has, so that the same program shows the same screen.
 */
export function openTerminal(
  program: string,
  args: readonly string[],
  {columns, lines, env}: TerminalKind,
): Terminal {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-psp-picture-'));
  const tmux = (...words: readonly string[]): string => {
    const own = ['-u', '-f', '/dev/null', '-S', join(folder, 'tmux')];
    const {status, stdout, stderr, error} = spawnSync('tmux', [...own, ...words], {
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        // The program keeps unsaved edits when its terminal is closed: here nobody wants them.
        TMPDIR: folder,
        LANG: 'C.UTF-8',
        TERM: 'xterm-256color',
        ...env,
      },
    });
    if (error) throw error;
    if (status !== 0) throw new Error(`tmux ${words[0]}: ${stderr.trim()}`);
    return stdout;
  };
  const size = ['-x', String(columns), '-y', String(lines)];
  const options = ['set-option', '-g', 'remain-on-exit', 'on'];
  try {
    tmux(...options, ';', 'new-session', '-d', '-c', folder, ...size, '--', program, ...args);
  } catch (error) {
    rmSync(folder, {recursive: true, force: true});
    throw error;
  }
  return {
    press(...keys) {
      tmux('send-keys', ...keys);
    },
    async until(isThere) {
      const test = isThere instanceof RegExp ? (now: string) => isThere.test(now) : isThere;
      const deadline = performance.now() + waitMs;
      let before = '';
      for (;;) {
        const now = tmux('capture-pane', '-p');
        if (now === before && test(now)) return now;
        if (performance.now() > deadline) throw new Error(`no ${isThere} on the screen:\n${now}`);
        before = now;
        await sleep(pollMs);
      }
    },
    colored: () => tmux('capture-pane', '-e', '-N', '-p'),
    close() {
      tmux('kill-server');
      rmSync(folder, {recursive: true, force: true, maxRetries: 10});
    },
  };
}
