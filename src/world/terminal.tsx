import process from 'node:process';
import {type Instance, render} from 'ink';
import {type ReactNode, useSyncExternalStore} from 'react';
import type {SessionOptions, ThemeChoice} from '../commands/world.ts';
import {once} from '../once.ts';
import {App, type JobControl} from '../tui/App.tsx';
import type {Theme} from '../tui/paint.ts';
import type {SessionEnd} from '../tui/session.ts';
import {interrupted} from '../tui/useKeys.ts';
import {FailureBoundary} from './FailureBoundary.tsx';
import {openKeys} from './keyInput.ts';
import {collectSooner} from './memory.ts';
import {createMouse, leaveMouse, listenToMouse} from './mouseReports.ts';
import {askForGround, colorsOf, groundOf} from './theme.ts';

/** How Ink draws it. */
const drawing = {
  alternateScreen: true,
  exitOnCtrlC: false,
  // Whether this is a terminal was checked before; Ink does not accept those of build servers.
  interactive: true,
  maxFps: 60,
} as const;

/** What ends a session from outside, and the exit code of a shell's child that ended by it. */
const endings = [
  ['SIGHUP', 129],
  ['SIGTERM', 143],
] as const;
/** How long to wait for a stop that may never come: a process without a job-control shell is not stopped. */
const stopMs = 300;

/**
 * Gives the terminal to the session until it ends; the alternate screen is left and the cursor shown in
 * any case, even if the process exits in between. Ctrl-C ends the process as SIGINT does. Rejects with
 * whatever goes wrong inside: in a view, a key, or in the background. A signal ends the process, once the
 * edits are saved.
 */
export async function openSession(
  options: SessionOptions,
  signal: AbortSignal,
): Promise<SessionEnd | undefined> {
  const {theme, onReply} = themeFor(options.theme ?? 'auto');
  const mouse = options.hasMouse ? createMouse() : undefined;
  const keys = openKeys(process.stdin, {onReply, onMouse: mouse?.tell});
  const jobs = process.platform === 'win32' ? undefined : shellJobs(mouse !== undefined);
  const session = {...options, jobs, mouse};
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined); // a second one is of no interest
  let app: Instance | undefined;
  const end = () => app?.unmount();
  const stopListening = onKill(() => {
    // A terminal that has gone takes nothing any more; what comes of that is no bug.
    process.removeListener('uncaughtException', failure.reject);
    process.on('uncaughtException', () => {});
    leaveTerminal(app);
    return options.onKilled();
  });
  process.on('uncaughtException', failure.reject);
  signal.addEventListener('abort', end, {once: true});
  try {
    app = render(
      <FailureBoundary onFailure={failure.reject}>
        <Themed {...theme}>{now => <App {...session} theme={now} />}</Themed>
      </FailureBoundary>,
      {...drawing, stdin: keys.stream},
    );
    collectSooner(options.live);
    if (mouse !== undefined) startMouse();
    if (theme.isAsked) askTerminal();
    const reason = await Promise.race([app.waitUntilExit(), failure.promise]);
    process.removeListener('uncaughtException', failure.reject);
    if (reason === interrupted) process.emit('SIGINT', 'SIGINT');
    return isSessionEnd(reason) ? reason : undefined;
  } catch (error) {
    // The listener stays: whatever else goes wrong until the process ends comes from the same bug. A
    // terminal that has gone makes writing to it fail before the signal comes: the edits are saved first.
    process.on('SIGHUP', () => {});
    leaveTerminal(app);
    throw error;
  } finally {
    if (mouse !== undefined) stopMouse();
    keys.close();
    signal.removeEventListener('abort', end);
    stopListening();
  }
}

/** Calls back when a signal is to end the process, which it does after that; returns what ends listening to it. */
function onKill(onKilled: () => Promise<void>): () => void {
  // A terminal that closes may send its signal more than once.
  const saved = once(onKilled);
  const listeners = endings.map(([name, code]) => {
    const listener = () => void saved().finally(() => process.exit(code));
    // Not once: where nobody listens any more, Ink's own listener ends the process by the signal, at once.
    process.on(name, listener);
    return () => void process.removeListener(name, listener);
  });
  return () => {
    for (const stop of listeners) stop();
  };
}

function isSessionEnd(reason: unknown): reason is SessionEnd {
  return typeof reason === 'object' && reason !== null && 'context' in reason;
}

/** A value that others may change. */
interface Changing<T> {
  get(): T;
  subscribe(listener: () => void): () => void;
}

/**
 * The theme, and who takes the terminal's answer about its ground. Nobody waits for that: until it comes, and where none
 * ever does, the colours are those that the terminal has by name.
 */
function themeFor(choice: ThemeChoice) {
  const listeners = new Set<() => void>();
  const colors = colorsOf(process.env);
  let theme: Theme = {colors, ground: choice === 'auto' ? undefined : choice};
  const isAsked = choice === 'auto' && (colors === 'fixed' || colors === 'any');
  return {
    theme: {
      isAsked,
      get: () => theme,
      subscribe(listener: () => void) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    onReply(text: string) {
      const ground = groundOf(text);
      if (!isAsked || ground === undefined) return;
      theme = {colors, ground};
      for (const listener of listeners) listener();
    },
  };
}

/** Draws with the theme of the moment. */
function Themed({
  get,
  subscribe,
  children,
}: Changing<Theme> & {readonly children: (theme: Theme) => ReactNode}): ReactNode {
  return children(useSyncExternalStore(subscribe, get));
}

/** No pasted text between marks, no alternate screen, the cursor shown. */
const usualTerminal = '\u001B[?2004l\u001B[?1049l\u001B[?25h';

/** Asks the terminal what it writes on. */
function askTerminal(): void {
  // Ink does so too, a moment later: the answer must not be shown.
  process.stdin.setRawMode(true);
  process.stdout.write(askForGround);
}

/** Has the terminal tell of its mouse, until the process exits at the latest. */
function startMouse(): void {
  process.once('exit', stopMouse);
  process.stdout.write(listenToMouse);
}

/** Leaves the mouse to the terminal. */
function stopMouse(): void {
  process.removeListener('exit', stopMouse);
  process.stdout.write(leaveMouse);
}

/** Ends the drawing; if that fails too, for the same reason, the terminal is restored without it. */
function leaveTerminal(app: Instance | undefined): void {
  try {
    if (app === undefined) throw new Error('nothing was drawn');
    app.unmount();
  } catch {
    process.stdin.setRawMode(false);
    process.stdout.write(usualTerminal);
  }
}

/** Has Node ask the terminal for its size: a stopped process is not told that it changed. */
function readSize(): void {
  process.emit('SIGWINCH', 'SIGWINCH');
}

/** Stops the whole job, as the terminal itself does on Ctrl-Z for programs that leave it to the terminal. */
function shellJobs(hasMouse: boolean): JobControl {
  const listeners = new Set<(signal: 'stop' | 'continue') => void>();
  const tell = (signal: 'stop' | 'continue') => {
    for (const listener of listeners) listener(signal);
  };
  const onStop = () => tell('stop');
  const onContinue = () => {
    readSize();
    if (hasMouse) process.stdout.write(listenToMouse);
    tell('continue');
  };
  const listen = () => {
    process.on('SIGTSTP', onStop);
    process.on('SIGCONT', onContinue);
  };
  const deafen = () => {
    process.removeListener('SIGTSTP', onStop);
    process.removeListener('SIGCONT', onContinue);
  };
  return {
    async stop() {
      deafen();
      if (hasMouse) process.stdout.write(leaveMouse);
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, stopMs);
        process.once('SIGCONT', () => {
          clearTimeout(timer);
          resolve();
        });
        process.kill(0, 'SIGTSTP');
      });
      readSize();
      if (hasMouse) process.stdout.write(listenToMouse);
      if (listeners.size > 0) listen();
    },
    onSignal(listener) {
      if (listeners.size === 0) listen();
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) deafen();
      };
    },
  };
}
