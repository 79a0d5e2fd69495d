import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import fc from 'fast-check';
import {describe, expect, onTestFinished, test} from 'vitest';
import {isThorough} from '../support/kubernetes/reference.ts';
import {folderOf} from '../support/run/files.ts';
import {hasTmux, openTerminal, type Terminal} from './tmux.ts';

const program = join(import.meta.dirname, '../../bin/kubectl-psp');

/** How long to go on, in seconds; PSP_SWEEP_SECONDS and PSP_SWEEP_SEED repeat or prolong one. */
const seconds = Number(process.env.PSP_SWEEP_SECONDS ?? (isThorough ? 60 : 4));
const seed = Number(process.env.PSP_SWEEP_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** The keys that lead to each view from anywhere, after Escape. */
const views: Readonly<Record<string, readonly string[]>> = {
  namespaces: [':', 'n', 's', 'Enter'],
  accounts: [':', 'n', 's', 'Enter', 'Enter'],
  pods: [':', 'p', 'o', 'Enter'],
  why: [':', 'p', 'o', 'Enter', 'Enter'],
  policies: [':', 'p', 's', 'p', 'Enter'],
  'pods of a policy': [':', 'p', 's', 'p', 'Enter', 'p'],
  policy: [':', 'p', 's', 'p', 'Enter', 'Enter'],
  values: [':', 'p', 's', 'p', 'Enter', 'Enter', 'Enter'],
  walk: [':', 'p', 's', 'p', 'Enter', 'Enter', 't'],
  impact: [':', 'p', 's', 'p', 'Enter', 'Enter', 'i'],
  diff: [':', 'p', 's', 'p', 'Enter', 'Enter', 'd'],
  advise: [':', ...'advise', 'Enter'],
  advice: [':', ...'advise', 'Enter', 'Enter'],
  subjects: [':', 'p', 's', 'p', 'Enter', 'w'],
  rights: [':', 'p', 's', 'p', 'Enter', 'w', 'Enter'],
  grants: [':', ...'grants', 'Enter'],
  workloads: [':', ...'deploy', 'Enter'],
  findings: [':', ...'findings', 'Enter'],
  finding: [':', ...'findings', 'Enter', 'Enter'],
  describe: [':', 'p', 's', 'p', 'Enter', 'd'],
  gaps: [':', ...'gaps', 'Enter'],
  help: ['?'],
};

/** Keys that change no edit, in whatever view; a terminal sends Alt as an Escape before its key. */
// biome-ignore format: keys, several a line
const harmless = [
  'j', 'k', 'G', 's', 'r', 'i', 'd', 'e', 'b', '?', 'Down', 'Up', 'PPage', 'NPage', 'Home', 'End',
  'Tab', 'BTab', 'F5', 'M-z', 'C-a', 'IC',
];

/** What is typed and pasted: long, wide, joined, looking like keys, with control characters. */
const piece = fc.constantFrom(
  'q',
  'y',
  'n',
  ' ',
  '日本',
  '👩‍👩‍👧',
  'e\u0301',
  '\u202E',
  'psp',
  '…',
  '─',
  'x'.repeat(60),
);
const control = fc.constantFrom(
  '\u001B',
  '\u001B[31m',
  '\u001B[A',
  '\u0003',
  '\r',
  '\n',
  '\0',
  '\u0007',
);
const typed = fc.array(piece, {minLength: 1, maxLength: 8}).map(pieces => pieces.join(''));
const pasted = fc.oneof(
  fc.array(fc.oneof(piece, control), {minLength: 1, maxLength: 40}).map(pieces => pieces.join('')),
  fc.array(fc.oneof(piece, control), {minLength: 10, maxLength: 20}).map(pieces => {
    const text = pieces.join('');
    return text.repeat(Math.ceil(10_000 / text.length)).slice(0, 10_000);
  }),
);

type Step =
  | {readonly does: 'open'; readonly view: string}
  | {readonly does: 'resize'; readonly columns: number; readonly rows: number}
  | {readonly does: 'type'; readonly after: ':' | '/'; readonly text: string}
  | {readonly does: 'paste'; readonly after: ':' | '/' | ''; readonly text: string}
  | {readonly does: 'press'; readonly keys: readonly string[]};

const is = <D extends Step['does']>(does: D) => fc.constant(does);
/** All of these in an order of chance, again and again. */
function inTurn<T>(values: readonly T[]): () => T | undefined {
  const whole = {minLength: values.length};
  const order = fc.sample(fc.shuffledSubarray([...values], whole), {seed, numRuns: 1})[0] ?? [];
  let turn = -1;
  return () => {
    turn += 1;
    return order[turn % order.length];
  };
}

const from = (first: number, last: number) =>
  Array.from({length: last - first + 1}, (_, index) => first + index);

/** Steps of chance, in which every view, width and height has its turn before one comes again. */
function steps(count: number): readonly Step[] {
  const [view, columns, rows] = [
    inTurn(Object.keys(views)),
    inTurn(from(20, 250)),
    inTurn(from(5, 60)),
  ];
  return fc.sample(step, {seed, numRuns: count}).map(each => {
    if (each.does === 'open') return {...each, view: view() ?? ''};
    if (each.does === 'resize') return {...each, columns: columns() ?? 0, rows: rows() ?? 0};
    return each;
  });
}

const step: fc.Arbitrary<Step> = fc.oneof(
  {weight: 6, arbitrary: fc.record({does: is('open'), view: fc.constant('')})},
  {
    weight: 12,
    arbitrary: fc.record({does: is('resize'), columns: fc.constant(0), rows: fc.constant(0)}),
  },
  {
    weight: 2,
    arbitrary: fc.record({does: is('type'), after: fc.constantFrom(':', '/'), text: typed}),
  },
  {
    weight: 2,
    arbitrary: fc.record({does: is('paste'), after: fc.constantFrom(':', '/', ''), text: pasted}),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: is('press'),
      keys: fc.array(fc.constantFrom(...harmless), {minLength: 1, maxLength: 12}),
    }),
  },
);

function take(screen: Terminal, next: Step): void {
  if (next.does === 'open') screen.press('Escape', 'Escape', ...(views[next.view] ?? []));
  if (next.does === 'resize') screen.resize(next.columns, next.rows);
  if (next.does === 'press') screen.press(...next.keys);
  if (next.does === 'type') screen.press('Escape', 'Escape', next.after, next.text);
  if (next.does === 'paste') {
    if (next.after !== '') screen.press('Escape', 'Escape', next.after);
    screen.paste(next.text);
  }
}

/** Waits until the screen is whole: its frame in place, and no line wider than the terminal. */
async function expectWhole(screen: Terminal): Promise<void> {
  const deadline = Date.now() + 45_000;
  for (;;) {
    const lines = screen.screen().split('\n').slice(0, -1);
    const isFramed = lines[0]?.startsWith('kubectl psp') && lines.at(-1)?.trim() !== '';
    const isWrapped = screen.joined().split('\n').length <= lines.length;
    if (isFramed && !isWrapped) return;
    if (Date.now() > deadline) throw new Error(`the screen is not whole:\n${lines.join('\n')}`);
    await sleep(15);
  }
}

describe.runIf(hasTmux())('whatever is opened, typed, pasted and resized', () => {
  const name = `the built program goes on, keeps its edit and fits (seed ${seed}, ${seconds} s)`;
  test(name, {timeout: 60_000 + seconds * 2000}, async () => {
    const [columns = 47, rows = 15] = [inTurn(from(20, 60))(), inTurn(from(5, 60))()];
    const screen = openTerminal({cwd: folderOf(), columns, rows});
    onTestFinished(() => screen.close());
    screen.type(`clear; ${program} --demo --open psp/data`);
    await expectWhole(screen);
    screen.resize(120, 40);
    await screen.shows('Nothing is edited yet');
    screen.press('Right');
    await screen.shows(/> Privileged +allowed.*edited/);

    const done: Step[] = [];
    const end = Date.now() + seconds * 1000;
    for (const next of steps(100 * seconds)) {
      // On a busy machine time is no measure.
      if (Date.now() > end && done.length >= 20) break;
      done.push(next);
      take(screen, next);
      await expectWhole(screen).catch(error => {
        throw new Error(`seed ${seed}, after ${JSON.stringify(done.slice(-5))}: ${error.message}`);
      });
    }
    expect(screen.state().alternate).toBe(true);

    screen.resize(120, 40);
    screen.press('Escape', 'Escape', 'Escape', ':', 'p', 's', 'p', 'Enter');
    await screen.shows(/^Policies ─/m);
    screen.press('/', 'd', 'a', 't', 'a', 'Enter', 'Enter');
    await screen.shows(/> data\*(.|\n)*Privileged +allowed.*edited/);
  });
});
