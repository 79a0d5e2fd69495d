import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {folderOf} from '../support/run/files.ts';
import {hasTmux, openTerminal, type Terminal} from './tmux.ts';

const program = join(import.meta.dirname, '../../bin/kubectl-psp');

async function open(flags: string): Promise<Terminal> {
  const screen = openTerminal({cwd: folderOf()});
  onTestFinished(() => screen.close());
  screen.type(`clear; ${program} --demo ${flags}; echo "code $?"`);
  await screen.shows(/^> ci (.|\n)* help/m);
  return screen;
}

/** What a terminal sends of a button at a place, counted from 1: pressed and let go. */
function click(screen: Terminal, column: number, line: number): void {
  screen.press('-l', `\u001B[<0;${column};${line}M\u001B[<0;${column};${line}m`);
}

/** The line of the screen, counted from 1, that has this. */
function lineOf(screen: Terminal, text: RegExp): number {
  return (
    1 +
    screen
      .screen()
      .split('\n')
      .findIndex(line => text.test(line))
  );
}

describe.runIf(hasTmux())('the mouse in a terminal, with the built program', () => {
  test('the wheel, a click, a second one and the way back; Ctrl-Z, fg and q leave it to the terminal', async () => {
    const screen = await open('');
    expect(screen.state().mouse).toBe(true);
    screen.press('-l', '\u001B[<65;10;9M\u001B[<65;10;9M');
    await screen.shows(/^> default /m);
    const line = lineOf(screen, /^ {2}shop /);
    click(screen, 4, line);
    await screen.shows(/^> shop /m);
    click(screen, 4, line);
    await screen.shows('Namespaces > shop');
    screen.press('/', 'w');
    await screen.shows(/^\/w/m);
    click(screen, 4, line);
    screen.press('-l', '\u001B[<64;10;9Meb');
    await screen.shows(/^\/web/m);
    screen.press('Escape');
    await screen.shows(/^Row 1 of 7$/m);
    click(screen, 3, lineOf(screen, /^Namespaces > shop/));
    await screen.shows(/^> shop /m);
    screen.press('C-z');
    await screen.shows(/Stopped/);
    expect(screen.state().mouse).toBe(false);
    screen.type('fg');
    await screen.shows(/^> shop /m);
    await expect.poll(() => screen.state().mouse, {timeout: 20_000}).toBe(true);
    screen.press('q');
    await expect
      .poll(() => screen.state(), {timeout: 20_000})
      .toEqual({alternate: false, cursor: true, mouse: false});
  });

  test('--no-mouse leaves it to the terminal, and what comes all the same is no text', async () => {
    const screen = await open('--no-mouse');
    expect(screen.state().mouse).toBe(false);
    click(screen, 4, lineOf(screen, /^ {2}shop /));
    screen.press('/', 's', 'h');
    await screen.shows(/^\/sh +\d+ of \d+$/m);
  });

  test('a hang-up leaves it to the terminal', async () => {
    const screen = openTerminal({cwd: folderOf()});
    onTestFinished(() => screen.close());
    screen.type(
      `clear; sh -c 'echo $$ > pid; exec ${program} --demo' & sleep 0; fg; echo "code $?"`,
    );
    await screen.shows(/^> ci (.|\n)* help/m);
    expect(screen.state().mouse).toBe(true);
    screen.press('C-z');
    await screen.shows(/Stopped/);
    screen.type('kill -HUP %1; fg; echo "code $?"');
    await screen.shows(/code 129/);
    expect(screen.state().mouse).toBe(false);
  });
});
