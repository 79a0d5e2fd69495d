import {execFileSync, spawnSync} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import {rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {isThorough} from '../support/kubernetes/reference.ts';

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly cwd: string;
}

/** A real terminal (of tmux) with a shell in it. */
export interface Terminal {
  /** Types a line into the shell. */
  type(line: string): void;
  /** Presses keys, by tmux's names for them: `Enter`, `Escape`, `Right`, `C-c`; others as they are. */
  press(...keys: readonly string[]): void;
  /** What is on the screen; with `styled`, with the escape sequences of its colours. */
  screen(styled?: boolean): string;
  /** Waits until this is on the screen, at most so many milliseconds; fails with the screen. */
  shows(text: string | RegExp, ms?: number): Promise<string>;
  resize(columns: number, rows: number): void;
  /** Pastes a text, between marks if the program asked for them. */
  paste(text: string): void;
  /** What is on the screen, but a line that is wider than the terminal, which goes on on the next one, as one. */
  joined(): string;
  /** Whether the alternate screen is on, the cursor is shown, and the program is told of the mouse. */
  state(): {readonly alternate: boolean; readonly cursor: boolean; readonly mouse: boolean};
  close(): void;
}

/** How often to look at the screen, in milliseconds. */
const lookMs = 25;
/** Less than a test's time, so that a failure shows the screen. */
const patienceMs = 45_000;

/** Whether tmux is there; else it says so, or throws if nothing may be skipped. */
export function hasTmux(): boolean {
  if (spawnSync('tmux', ['-V']).status === 0) return true;
  if (isThorough) throw new Error('tmux is not there: install it');
  process.stderr.write('skipped: tmux is not there: install it to run the journeys\n');
  return false;
}

/** Opens a terminal of a tmux server of its own, without anybody's configuration. */
export function openTerminal({columns = 80, rows = 24, cwd}: TerminalOptions): Terminal {
  const socket = `kubectl-psp-${randomUUID()}`;
  const {TMUX: _, NO_COLOR: __, KUBECONFIG: ___, ...rest} = process.env;
  const env = {...rest, LC_ALL: 'C.UTF-8', TERM: 'xterm-256color', PS1: '$ '};
  const tmux = (...args: readonly string[]) =>
    execFileSync('tmux', ['-L', socket, '-f', '/dev/null', ...args], {
      cwd,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  tmux('new-session', '-d', '-s', 'it', '-x', `${columns}`, '-y', `${rows}`, 'bash --norc -i');
  const press = (...keys: readonly string[]) => {
    if (keys.length > 0) tmux('send-keys', '-t', 'it', ...keys);
  };
  const screen = (styled = false) =>
    tmux('capture-pane', '-p', ...(styled ? ['-e'] : []), '-t', 'it');
  return {
    press,
    screen,
    type(line) {
      tmux('send-keys', '-t', 'it', '-l', line);
      press('Enter');
    },
    async shows(text, ms = patienceMs) {
      const deadline = Date.now() + ms;
      for (;;) {
        const now = screen();
        if (typeof text === 'string' ? now.includes(text) : text.test(now)) return now;
        if (Date.now() > deadline) throw new Error(`no ${text} on the screen:\n${now}`);
        await sleep(lookMs);
      }
    },
    paste(text) {
      const file = join(cwd, '.pasted');
      writeFileSync(file, text);
      tmux('load-buffer', file, ';', 'paste-buffer', '-d', '-p', '-r', '-t', 'it');
      rmSync(file);
    },
    joined: () => tmux('capture-pane', '-p', '-J', '-t', 'it'),
    resize(width, height) {
      tmux('resize-window', '-t', 'it', '-x', `${width}`, '-y', `${height}`);
    },
    state() {
      const flags = tmux(
        'display-message',
        '-p',
        '-t',
        'it',
        '#{alternate_on} #{cursor_flag} #{mouse_any_flag}',
      );
      const [alternate, cursor, mouse] = flags
        .trim()
        .split(' ')
        .map(flag => flag === '1');
      return {alternate: alternate === true, cursor: cursor === true, mouse: mouse === true};
    },
    close() {
      tmux('kill-server');
    },
  };
}
