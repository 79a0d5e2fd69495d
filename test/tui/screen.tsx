import {EventEmitter} from 'node:events';
import {render} from 'ink';
import {onTestFinished} from 'vitest';
import {grantObjects} from '../../src/advice/advice.ts';
import type {PlannedChange} from '../../src/apply/applyAll.ts';
import {
  objectPath,
  planCreate,
  planDelete,
  planLabels,
  planPolicyUpdate,
  planSubjects,
} from '../../src/apply/planChange.ts';
import {planReverse} from '../../src/apply/reverse.ts';
import {plain} from '../../src/apply/sameMeaning.ts';
import {objectOfStep} from '../../src/commands/grantChanges.ts';
import {demoSnapshot} from '../../src/demo/index.ts';
import {inventoryOfSnapshot} from '../../src/inventory/files/snapshot.ts';
import type {Freshness, LiveInventory} from '../../src/inventory/follow/followCluster.ts';
import {emptyInventory, type Inventory} from '../../src/inventory/inventory.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import type {Binding} from '../../src/kube/objects.ts';
import {printablePolicy} from '../../src/report/advice.ts';
import {App} from '../../src/tui/App.tsx';
import type {Services, Wanted} from '../../src/tui/services.ts';
import type {View} from '../../src/tui/session.ts';
import {createStore} from '../../src/tui/store.ts';
import {createMouse, mouseEventOf} from '../../src/world/mouseReports.ts';

/** The cluster of the demo. */
export const demo: Inventory = inventoryOfSnapshot(demoSnapshot, 'demo');

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

/** An inventory that a test changes. */
export interface Changing extends LiveInventory {
  set(inventory: Inventory, freshness?: Freshness): void;
}

export function changing(first: Inventory): Changing {
  const listeners = new Set<() => void>();
  let view = {
    inventory: first,
    freshness: {state: 'live', at: '2023-05-16T09:20:00Z'} as Freshness,
  };
  return {
    current: () => view,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(inventory, freshness = view.freshness) {
      view = {inventory, freshness};
      for (const listener of listeners) listener();
    },
    refresh() {},
    stop() {},
  };
}

/** Services that take everything, and remember what they were asked for. */
export function agreeing(overrides: Partial<Services> = {}): Services & {readonly asked: string[]} {
  const asked: string[] = [];
  const stored = new Map<string, JsonObject>();
  return {
    asked,
    readOnly: undefined,
    async plan(wanted) {
      asked.push(`plan ${wanted.kind}`);
      return planFor(wanted, stored);
    },
    async dryRun() {
      asked.push('dryRun');
      return {ok: true, lines: ['dryRun: done']};
    },
    async apply(changes) {
      asked.push('apply');
      for (const {action, path, desired} of changes) {
        if (action === 'delete') stored.delete(path);
        else stored.set(path, desired);
      }
      const made = changes.map(change => ({change, stored: change.desired, backup: 'backup.yaml'}));
      return {ok: true, lines: ['apply: done'], made};
    },
    async writeFile(path) {
      asked.push(`writeFile ${path}`);
      return 'written';
    },
    async contexts() {
      return ['reference', 'prod'];
    },
    async readChange(path) {
      asked.push(`readChange ${path}`);
      return emptyInventory;
    },
    async snapshot() {
      asked.push('snapshot');
      return '{}\n';
    },
    copy: text => void asked.push(`copy ${text}`),
    diff: (before, after) => (before === after ? ['same'] : ['-before', '+after']),
    ...overrides,
  };
}

/** What the program plans of a cluster that has just what the demo and earlier changes have. */
async function planFor(
  wanted: Wanted,
  stored: ReadonlyMap<string, JsonObject>,
): Promise<readonly PlannedChange[]> {
  const creations = (objects: readonly object[]) =>
    objects.flatMap(object => {
      const planned = planCreate(object, stored.get(objectPath(object)));
      return planned.plan === 'change' ? [planned.change] : [];
    });
  switch (wanted.kind) {
    case 'policy': {
      const {name} = wanted.draft.metadata;
      const old = demo.policies.find(({metadata}) => metadata.name === name) ?? wanted.draft;
      const raw = stored.get(objectPath(printablePolicy(old))) ?? plain(printablePolicy(old));
      const change = planPolicyUpdate(wanted.draft, raw);
      return change === undefined ? [] : [change];
    }
    case 'advice':
      return creations(
        wanted.advices.flatMap(advice => [printablePolicy(advice.policy), ...grantObjects(advice)]),
      );
    case 'grants': {
      const {deleted, steps} = wanted.change;
      const gone = deleted === undefined ? [] : [planDelete(plain(printablePolicy(deleted)))];
      const others = steps.flatMap((step): readonly PlannedChange[] => {
        const object = plain(objectOfStep(step));
        if (step.action === 'delete') return [planDelete(object)];
        if (step.action === 'create') return creations([object]);
        const {subjects = []} = step.object.body as Binding;
        const before = objectOfStep({
          action: 'create',
          object: {...step.object, body: step.before},
        });
        return [planSubjects(plain(before), subjects)];
      });
      return [...gone, ...others];
    }
    case 'labels': {
      const {namespace, set} = wanted.change;
      const object = {apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}};
      return [planLabels(stored.get(objectPath(object)) ?? object, set)];
    }
    case 'undo':
      return planReverse(wanted.made, async path => stored.get(path));
  }
}

export interface ScreenOptions {
  readonly live?: LiveInventory;
  readonly services?: Services;
  readonly start?: readonly View[];
  readonly columns?: number;
  readonly rows?: number;
}

/** The session on a terminal that is not there. */
export interface Screen {
  /** What is on the screen, without colours, the line ends trimmed. */
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
      .map(line => line.trimEnd())
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
