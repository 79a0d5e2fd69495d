import {describe, expect, test} from 'vitest';
import {crumbAt} from '../../src/tui/frame/crumbs.ts';
import {editor, enter, esc, openScreen, type Screen} from './screen.tsx';

const [wheelUp, wheelDown, button] = [64, 65, 0];

/** The line of the screen, counted from 1, that has this. */
function lineOf(screen: Screen, text: string | RegExp): number {
  return 1 + screen.lines().findIndex(line => line.search(text) >= 0);
}

/** The name of the chosen row. */
function chosen(screen: Screen): string | undefined {
  return /^> (\S+)/m.exec(screen.frame())?.[1];
}

describe.each([
  [80, 24],
  [120, 40],
  [60, 11],
])('the mouse at %i by %i', (columns, rows) => {
  test('the wheel moves the cursor; a click chooses, on the chosen row it opens', async () => {
    const screen = openScreen({columns, rows});
    await screen.press();
    const names = screen
      .lines()
      .flatMap(line => /^(?:> | {2})([a-z][a-z-]+) /.exec(line)?.[1] ?? []);
    screen.mouse(wheelDown, 1, 1);
    await screen.shows(new RegExp(`^> ${names[1]} `, 'm'));
    screen.mouse(wheelUp, 1, 1);
    await screen.shows(new RegExp(`^> ${names[0]} `, 'm'));
    for (const name of names.slice(1, 4).reverse()) {
      screen.mouse(button, 30, lineOf(screen, new RegExp(`^. ${name} `)));
      await screen.shows(new RegExp(`^> ${name} `, 'm'));
    }
    screen.mouse(button, 5, lineOf(screen, /^> /));
    await screen.shows(`Namespaces > ${names[1]}`);
    screen.mouse(button, 3, lineOf(screen, `Namespaces > ${names[1]}`));
    await screen.shows(new RegExp(`^> ${names[1]} `, 'm'));
    expect(screen.frame()).not.toContain('Namespaces >');
  });
});

describe('the mouse', () => {
  test('clicks rows that are scrolled to', async () => {
    const screen = openScreen({start: [{name: 'pods'}]});
    await screen.press('G');
    const last = chosen(screen);
    screen.mouse(button, 5, lineOf(screen, /^> /) - 3);
    await screen.press();
    expect(chosen(screen)).toBeDefined();
    await screen.press('j', 'j', 'j');
    expect(chosen(screen)).toBe(last);
  });

  test('the wheel scrolls a text, also one about which there is a question', async () => {
    const screen = openScreen({start: [{name: 'help'}], rows: 16});
    await screen.shows('Enter goes in');
    screen.mouse(wheelDown, 1, 1);
    await screen.press();
    expect(screen.frame()).not.toContain('Enter goes in');
    screen.mouse(wheelUp, 1, 1);
    await screen.shows('Enter goes in');
  });

  test('does nothing while something is typed', async () => {
    const screen = openScreen();
    await screen.press('/', ...'sh');
    const before = screen.frame();
    screen.mouse(button, 5, 6);
    screen.mouse(wheelDown, 5, 6);
    await screen.press();
    expect(screen.frame()).toBe(before);
  });

  test('in a picker a second click marks, and accepts nothing', async () => {
    const screen = openScreen({start: editor('baseline')});
    await screen.press('/', ...'volumes', enter, enter);
    await screen.shows('nothing is changed before Enter');
    screen.mouse(button, 8, lineOf(screen, /^> /) + 1);
    await screen.press();
    screen.mouse(button, 8, lineOf(screen, /^> /));
    await screen.shows(/^> +\[ \] .*removed/m);
    await screen.press(esc);
    await screen.shows('Not accepted');
  });

  test('finds the views of a way that is cut at its beginning', () => {
    const crumbs = ['Namespaces', 'shop', 'web'];
    const places = (width: number) =>
      Array.from({length: width}, (_, column) => crumbAt(crumbs, width, column) ?? '.').join('');
    expect(places(30)).toBe('0000000000...1111.............');
    expect(places(16)).toBe('000...1111......');
  });
});
