import {spansOf} from './ansi.ts';
import {type Frame, svgOf, type Window} from './svg.ts';
import {openTerminal, type Terminal} from './terminal.ts';

/** A part of the story: what to press, what shall then be on the screen, and what to call it. */
interface Part {
  readonly caption: string;
  act(terminal: Terminal): Promise<void>;
  readonly shows: RegExp;
}

const parts: readonly Part[] = [
  {
    caption: 'Namespaces: what would a restart do?',
    act: terminal => moveTo(terminal, 'shop'),
    shows: /^> shop/m,
  },
  {
    caption: 'Why would this pod be denied?',
    async act(terminal) {
      await open(terminal, /Namespaces > shop/);
      await moveTo(terminal, 'media');
      await open(terminal, /shop > media/);
      // Below the list stands what it is about to open: the way here tells them apart.
      await open(terminal, /media > Why/);
    },
    shows: /in namespace shop: denied/,
  },
  {
    caption: 'Policies: how strict, and in use?',
    async act(terminal) {
      await jump(terminal, 'policies', /SUBJECTS/);
      await moveTo(terminal, 'log-shipper');
    },
    shows: /^> log-shipper/m,
  },
  {
    caption: 'Editor: what would a step deny?',
    async act(terminal) {
      await open(terminal, /CONTROL/);
      for (const control of ['Group', 'Volume group']) {
        await moveTo(terminal, control);
        terminal.press('Left');
        await terminal.until(new RegExp(`^> ${control} .*edited`, 'm'));
      }
      await moveTo(terminal, 'Volumes', 'Up');
    },
    shows: /^So far: /m,
  },
  {
    caption: 'The difference that the edit makes',
    async act(terminal) {
      terminal.press('d');
    },
    shows: /^\+/m,
  },
  {
    caption: 'Who may use it, and through what?',
    act: terminal => jump(terminal, 'who-can log-shipper', /SUBJECT/),
    shows: /^> /m,
  },
  {
    caption: 'Findings: what is wrong, and how to fix it',
    act: terminal => jump(terminal, 'findings', /SEVERITY/),
    shows: /^> /m,
  },
];

const window: Window = {columns: 100, lines: 26, ground: 'dark'};

/** More rows than any table of the demo has. */
const farthest = 60;

async function moveTo(terminal: Terminal, row: string, key: 'Down' | 'Up' = 'Down'): Promise<void> {
  let chosen = chosenRow(await terminal.until(/^> /m));
  for (let moves = 0; moves <= farthest; moves++) {
    if (chosen.startsWith(`> ${row} `) || chosen === `> ${row}`) return;
    const before = chosen;
    terminal.press(key);
    chosen = chosenRow(await terminal.until(screen => chosenRow(screen) !== before));
  }
  throw new Error(`no row ${row} on the screen`);
}

function chosenRow(screen: string): string {
  return /^> .*/m.exec(screen)?.[0] ?? '';
}

/** To a view by its name. */
async function jump(terminal: Terminal, name: string, text: RegExp): Promise<void> {
  terminal.press(':');
  await terminal.until(/^:/m);
  terminal.press(name);
  await terminal.until(now => now.includes(`\n:${name}`));
  await open(terminal, text);
}

async function open(terminal: Terminal, text: RegExp): Promise<void> {
  terminal.press('Enter');
  await terminal.until(text);
}

/** Plays the story on the built program and draws it. */
export async function drawSession(program: string): Promise<string> {
  const terminal = openTerminal(program, ['--demo', '--theme', window.ground], {
    ...window,
    env: {COLORTERM: 'truecolor'},
  });
  try {
    await terminal.until(/^> /m);
    const frames: Frame[] = [];
    for (const {caption, act, shows} of parts) {
      await act(terminal);
      await terminal.until(shows);
      frames.push({caption, screen: spansOf(terminal.colored())});
    }
    return svgOf('kubectl psp: the interactive session', frames, window);
  } finally {
    terminal.close();
  }
}
