import {describe, expect, test} from 'vitest';
import {keysOf} from '../../src/tui/keys.ts';
import type {View} from '../../src/tui/session.ts';
import {down, editor, enter, esc, left, openScreen} from './screen.tsx';
import {agreeing} from './standIns.ts';

describe('the editor', () => {
  test('steps, marks what a step would deny, undoes, resets, takes the least', async () => {
    const screen = openScreen({start: editor('ci-builder')});
    expect(screen.frame()).toContain('← ! tighter: forbid privileged containers (2 are unknown)');
    await screen.press(left);
    expect(await screen.shows('ci-builder*')).toContain('So far: 2 are unknown');
    await screen.press('u');
    await screen.shows('Nothing is edited yet');
    await screen.press('U', 'x');
    await screen.shows('Nothing is edited yet');
    await screen.press('a');
    expect(await screen.shows('edited')).toMatch(
      /Volumes +emptyDir, secret +emptyDir, secret +edited/,
    );
    await screen.press('d');
    await screen.shows('+after');
  });

  test('exact values are checked as the API server does, next to the field', async () => {
    const screen = openScreen({start: editor('baseline')});
    await screen.press(down, down, down, down, enter, '+', ...'70000', enter);
    expect(await screen.shows('! ')).toMatch(/! .*(70000|65535)/);
    await screen.press('+', ...'8080-8090', enter);
    await screen.shows(/\[x\] +8080-8090 +added/);
    await screen.press(enter);
    await screen.shows(/Host ports +8080-8090/);
  });

  test('the lists of the impact, and why a pod would be denied', async () => {
    const screen = openScreen({start: editor('ci-builder')});
    await screen.press(left, 'i');
    expect(await screen.shows('[2 unknown]')).toMatch(/> ci +runner-\S+ +ci-builder +unknown/);
    await screen.press(enter);
    expect(await screen.shows('(after the edit)')).toContain('unknown');
    // Of an impact that is not all known, lists of nothing have no tab, and no key leads to one.
    await screen.press(esc, '6', '2', left);
    await screen.shows('[2 unknown]');
    await screen.press('7');
    await screen.shows('[2 unknown]');
  });

  test('in a picker the order stays, Esc changes nothing, and Enter accepts', async () => {
    const screen = openScreen({start: editor('baseline')});
    await screen.press('/', ...'volumes', enter);
    await screen.press(enter);
    const before = await screen.shows('nothing is changed before Enter');
    const order = (frame: string) =>
      [...frame.matchAll(/^. +\[.\] +(\S+)/gm)].map(([, entry]) => entry);
    expect(order(before).length).toBeGreaterThan(8);
    await screen.press('G', ' ', 'g', ' ', ' ', down, ' ');
    const marked = await screen.shows(/Before: .*\S/);
    expect(order(marked)).toEqual(order(before));
    const [first, second] = order(before);
    expect(marked).toMatch(new RegExp(`\\[x\\] +\\S*${first?.replace('*', '\\*')} *$`, 'm'));
    expect(marked).toMatch(new RegExp(`> +\\[ \\] +${second} +removed`));
    await screen.press(esc);
    await screen.shows('Not accepted: nothing is changed');
    await screen.shows(/ baseline( ─+)?$/m);
    await screen.press(enter, down, ' ', enter);
    expect(await screen.shows('baseline*')).toMatch(/Volumes .*edited/);
    await screen.press('x', 'd');
    await screen.shows('same');
  });

  test('a picker is filtered, and typed entries are marked', async () => {
    const screen = openScreen({start: editor('baseline')});
    await screen.press('/', ...'capabilities', enter, enter, '/', ...'net_', enter);
    const frame = await screen.shows('filter: net_');
    expect(frame).toMatch(/NET_ADMIN/);
    expect(frame).not.toMatch(/SYS_ADMIN/);
    await screen.press(esc);
    await screen.shows(/SYS_ADMIN|CHOWN/);
    await screen.press('+', ...'MINE', enter);
    await screen.shows(/> +\[x\] +MINE +added/);
  });

  test('of a choice Enter takes the row that the cursor is on', async () => {
    const screen = openScreen({start: editor('ci-builder')});
    await screen.press(enter);
    expect(await screen.shows(/> +\(x\) +allowed/)).toMatch(/\( \) +forbidden/);
    await screen.press(down, enter);
    expect(await screen.shows('ci-builder*')).toMatch(/Privileged +forbidden .*edited/);
    await screen.press(enter, enter);
    await screen.shows('Privileged stays as it was');
  });

  test('help has every key of the view it was called from, and does not stack', async () => {
    for (const name of ['policies', 'policy', 'values'] as const) {
      const start: readonly View[] = [
        {name: 'policies'},
        name === 'policy'
          ? {name, policy: 'data'}
          : name === 'values'
            ? {name, policy: 'data', control: 'volumes'}
            : {name},
      ];
      const screen = openScreen({start, rows: 60});
      await screen.press('?', '?');
      const frame = await screen.shows('Here');
      for (const {key, does} of keysOf(start[1] ?? {name: 'policies'})) {
        expect(frame).toMatch(new RegExp(`^ +${key.replaceAll(/[+?/]/g, '\\$&')} +${does}`, 'm'));
      }
      await screen.press(esc);
      expect(await screen.shows(/Policies/)).not.toContain('Everywhere');
    }
  });

  test('u after an apply says what it takes back, with its own impact, and asks', async () => {
    const services = agreeing();
    const screen = openScreen({services, start: editor('ci-builder')});
    await screen.press('u');
    await screen.shows('There is nothing to undo');
    await screen.press(left, 'p');
    await screen.shows('Type ci-builder to apply:');
    await screen.press(...'ci-builder', enter);
    await screen.shows('u takes it back; it asks first.');
    await screen.press('u');
    const frame = await screen.shows('This takes back: Apply ci-builder');
    expect(frame).toContain('updated PodSecurityPolicy ci-builder (as it was: backup.yaml)');
    // The cluster has not told of the apply yet: what was read to take it back counts.
    expect(frame).toMatch(/^Pods and workloads: 2 are let in for sure, /m);
    await screen.press(esc);
    await screen.shows('Not applied');
    expect(services.asked.at(-2)).toBe('plan undo');
  });

  test('the guide goes through all controls, and its steps count', async () => {
    const screen = openScreen({start: editor('baseline')});
    await screen.press('t', 'G');
    await screen.shows(/> skip the rest *$/m);
    await screen.press('g', down, enter);
    await screen.shows('2 of 22');
    await screen.press(left);
    expect(await screen.shows('1 of 22')).toMatch(/Now +allowed/);
    expect(screen.frame()).toMatch(/tighten to what pods need \(suggested\) +forbidden/);
    await screen.press('G', enter);
    await screen.shows('That was the last one');
    expect(screen.frame()).toContain('Privileged: forbidden -> allowed');
    await screen.press(esc);
    await screen.shows('baseline*');
  });

  test('the guide suggests to loosen what an edit has made too tight', async () => {
    const screen = openScreen({start: editor('ci-builder')});
    await screen.press(left, 't');
    await screen.shows('1 of 22');
    expect(screen.frame()).toMatch(/> loosen to what pods need \(suggested\) +allowed/);
    expect(screen.frame()).toMatch(/keep it *$/m);
  });

  test('the choices of the guide are filtered and clicked like the rows of any list', async () => {
    const screen = openScreen({start: editor('baseline')});
    await screen.press('t', '/', ...'skip', enter);
    await screen.shows('1 of 3, filter: skip');
    expect(screen.frame()).toMatch(/^> skip the rest/m);
    expect(screen.frame()).not.toContain('keep it');
    await screen.press(esc);
    const row = () => screen.lines().findIndex(line => line.includes('keep it')) + 1;
    await screen.shows('keep it');
    screen.mouse(0, 4, row());
    await screen.shows(/^> keep it/m);
    screen.mouse(0, 4, row());
    await screen.shows('2 of 22');
    screen.mouse(65, 4, 5);
    await screen.shows(/^> loosen/m);
  });

  test('the end of the guide is a text: it scrolls, and is searched', async () => {
    const screen = openScreen({
      start: [...editor('baseline'), {name: 'walk', policy: 'baseline', step: 22}],
    });
    await screen.shows('That was the last one');
    await screen.press('/', ...'Impact', enter);
    await screen.shows('That was the last one');
    await screen.press(left);
    await screen.shows('22 of 22');
  });
});

test('a picker offers only keys that do something in it', async () => {
  const values = (control: 'privileged' | 'volumes' | 'runAsUser') =>
    keysOf({name: 'values', policy: 'data', control}).map(({key}) => key);
  expect(values('privileged')).not.toContain('+');
  expect(values('privileged')).not.toContain('Tab');
  expect(values('volumes')).toContain('+');
  expect(values('volumes')).not.toContain('Tab');
  expect(values('runAsUser')).toContain('Tab');
});

test('where no pod uses a policy, the editor says so in place of bars', async () => {
  const screen = openScreen({start: editor('web')});
  await screen.shows('No pod that was read would use it');
});
