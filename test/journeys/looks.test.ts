import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {spansOf} from '../../scripts/picture/ansi.ts';
import {folderOf} from '../support/run/files.ts';
import {hasTmux, openTerminal, type Terminal} from './tmux.ts';

const program = join(import.meta.dirname, '../../bin/kubectl-psp');

/** The demo's namespaces, with this in the environment and these flags. */
async function open(environment: string, flags = ''): Promise<Terminal> {
  const screen = openTerminal({cwd: folderOf()});
  onTestFinished(() => screen.close());
  screen.type(`clear; ${environment} ${program} --demo ${flags}`);
  await screen.shows(/13 denied(.|\n)* help/);
  return screen;
}

/** The colour of what is denied, in the line that says the state of the whole. */
function colorOfDenied(screen: Terminal): string | undefined {
  const spans = spansOf(screen.screen(true)).flat();
  return spans.find(({text}) => text.startsWith('13 denied'))?.style.color;
}

/** `denied` as the palette has it. */
const onDark = '#ff7a92';
const onLight = '#b01f3f';

describe.runIf(hasTmux())('the looks of the built program in a terminal', () => {
  test.each([
    ['dark', onDark],
    ['light', onLight],
  ])('--theme %s takes the shades for that ground', async (theme, color) => {
    const screen = await open('COLORTERM=truecolor', `--theme ${theme}`);
    expect(colorOfDenied(screen)).toBe(color);
  });

  test('a terminal gets the colours it has by name until it says what it writes on, and that is no key', async () => {
    const screen = await open('COLORTERM=truecolor');
    expect(colorOfDenied(screen)).toBe('red');
    screen.press('-l', '\u001B]11;rgb:ffff/ffff/ffff\u001B\\');
    await expect.poll(() => colorOfDenied(screen), {timeout: 20_000}).toBe(onLight);
    expect(screen.screen()).toMatch(/^> ci /m);
  });

  test('NO_COLOR takes all colours away, and nothing that they say', async () => {
    const screen = await open('NO_COLOR=1');
    const spans = spansOf(screen.screen(true)).flat();
    expect(spans.filter(({style}) => style.color ?? style.ground)).toEqual([]);
    expect(screen.screen()).toContain('13 denied, 18 changed, 5 moved');
  });
});
