import {EventEmitter} from 'node:events';
import {render} from 'ink';
import {onTestFinished} from 'vitest';
import type {LiveInventory} from '../../src/inventory/follow/followCluster.ts';
import {App} from '../../src/tui/App.tsx';
import type {Services} from '../../src/tui/services.ts';
import type {View} from '../../src/tui/session.ts';
import {createStore} from '../../src/tui/store.ts';
import {createMouse, mouseEventOf} from '../../src/world/mouseReports.ts';
import {agreeing, changing, demo} from './standIns.ts';

export const esc = '\u001B';
export const enter = '\r';
export const up = '\u001B[A';
export const down = '\u001B[B';
export const right = '\u001B[C';
export const left = '\u001B[D';
export const ctrlC = '\u0003';

/** Where a session that edits a policy begins. */
export const editor = (policy: string): readonly View[] => [
  {name: 'policies'},
  {name: 'policy', policy},
];

export interface ScreenOptions {
  readonly live?: LiveInventory;
  readonly services?: Services;
  readonly start?: readonly View[];
  readonly columns?: number;
  readonly rows?: number;
}

/** The session on a terminal that is not there. */
export interface Screen {
  /** What is on the screen, without colours and the bar beside a long text, the line ends trimmed. */
  frame(): string;
  lines(): readonly string[];
  /** Presses keys, one after the other, each drawn before the next. */
  press(...keys: readonly string[]): Promise<void>;
  /** Waits until this is on the screen; fails with the screen. */
  shows(text: string | RegExp): Promise<string>;
  /** What a terminal sends of a mouse: the button's number, the place counted from 1. */
  mouse(button: number, column: number, line: number): void;
  resize(columns: number, rows: number): Promise<void>;
  close(): void;
  /** What the session ended with; `running` while it has not. */
  ended(): unknown;
}

/** Half of a test's time: what does not come at once will not come later. */
const patienceMs = 30_000;

class Terminal extends EventEmitter {
  readonly isTTY = true;
  columns: number;
  rows: number;
  last = '';
  frames = 0;
  waiting: string[] = [];
  constructor(columns: number, rows: number) {
    super();
    this.columns = columns;
    this.rows = rows;
  }
  // In its debug mode Ink writes each frame whole; what begins with Escape is for the terminal.
  write(text: string, done?: () => void): boolean {
    if (done !== undefined) setImmediate(done);
    if (text.startsWith('\u001B[?')) return true;
    this.last = text;
    this.frames += 1;
    this.emit('frame');
    return true;
  }
  /** Waits for the frame that `isThere` is true of; fails if none comes. */
  shows(isThere: () => boolean, failure: () => string): Promise<void> {
    const {promise, resolve, reject} = Promise.withResolvers<void>();
    const look = () => {
      if (isThere()) resolve();
    };
    const last = setTimeout(() => reject(new Error(failure())), patienceMs);
    this.on('frame', look);
    return promise.finally(() => {
      clearTimeout(last);
      this.off('frame', look);
    });
  }
  read(): string | null {
    return this.waiting.shift() ?? null;
  }
  setEncoding() {}
  setRawMode() {}
  ref() {}
  unref() {}
}

/** What sets colours and the like. */
const styles = /\u001B\[[0-9;]*m/gu;

export function openScreen({
  live = changing(demo),
  services = agreeing(),
  start = [{name: 'namespaces'}],
  columns = 80,
  rows = 24,
}: ScreenOptions = {}): Screen {
  const terminal = new Terminal(columns, rows);
  let result: unknown = 'running';
  const mouse = createMouse();
  const app = render(
    <App live={live} services={services} mouse={mouse} store={createStore(start)} user="jane" />,
    {
      stdout: terminal as unknown as NodeJS.WriteStream,
      stdin: terminal as unknown as NodeJS.ReadStream,
      debug: true,
      interactive: true,
      exitOnCtrlC: false,
      patchConsole: false,
    },
  );
  void app.waitUntilExit().then(value => {
    result = value;
  });
  const close = () => app.unmount();
  onTestFinished(close);
  const lines = () => terminal.last.replace(/\n$/, '').replaceAll(styles, '').split('\n');
  const frame = () =>
    lines()
      .map(line => line.replace(/ [┃│]$/, '').trimEnd())
      .join('\n');
  const shows = async (text: string | RegExp) => {
    const isThere = () => (typeof text === 'string' ? frame().includes(text) : text.test(frame()));
    if (!isThere()) await terminal.shows(isThere, () => `no ${text} on the screen:\n${frame()}`);
    return frame();
  };
  return {
    frame,
    lines,
    shows,
    close,
    ended: () => result,
    mouse(button, column, line) {
      const event = mouseEventOf(`\u001B[<${button};${column};${line}M`);
      if (event !== undefined) mouse.tell(event);
    },
    async press(...keys) {
      await new Promise(resolve => setImmediate(resolve)); // effects of the first frame
      for (const key of keys) {
        const before = terminal.frames;
        const drawn = new Promise(resolve => terminal.once('frame', resolve));
        terminal.waiting.push(key);
        terminal.emit('readable');
        // Ink waits whether Escape begins a longer key.
        if (key === esc && terminal.frames === before) await drawn;
        await new Promise(resolve => setImmediate(resolve));
      }
    },
    async resize(newColumns, newRows) {
      const drawn = new Promise(resolve => terminal.once('frame', resolve));
      Object.assign(terminal, {columns: newColumns, rows: newRows});
      terminal.emit('resize');
      await drawn;
      // A frame that was due before has the old size.
      const isResized = () => lines().length === newRows;
      if (!isResized()) await terminal.shows(isResized, () => `not resized:\n${frame()}`);
      await new Promise(resolve => setImmediate(resolve));
    },
  };
}
