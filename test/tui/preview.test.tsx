import {expect, test} from 'vitest';
import {down, editor, enter, esc, openScreen} from './screen.tsx';

const roomy = {columns: 120, rows: 40};

/** What is below the list: the rule that names it, and its lines. */
function preview(frame: string): readonly string[] {
  const lines = frame.split('\n');
  const rule = lines.findIndex(line => /^Enter .* ─+$/.test(line));
  const end = lines.findIndex((line, index) => index > rule && /^─+$/.test(line));
  return rule < 0 ? [] : lines.slice(rule, end);
}

test('where there is room, what Enter would open is below the list, and follows the cursor', async () => {
  const screen = openScreen({start: [{name: 'pods'}], ...roomy});
  const [rule, ...why] = preview(await screen.shows('Row 1 of 98'));
  expect(rule).toMatch(/^Enter Why nightly-e2e ─/);
  expect(why[0]).toBe('CronJob/nightly-e2e in namespace ci: denied');
  expect(why.join('\n')).toMatch(/✗ log-shipper +refused/);
  await screen.press(down, down, down);
  const next = preview(await screen.shows('Row 4 of 98'));
  expect(next[0]).toMatch(/^Enter Why cleanup-28070460-djqf2 ─/);
  expect(next[1]).toMatch(/: admitted by baseline/);
  await screen.press(enter);
  await screen.shows('Pods > Why cleanup-28070460-djqf2');
});

test('of a row that opens a table, its rows are', async () => {
  const screen = openScreen(roomy);
  const [rule, titles, first] = preview(await screen.shows('Row 1 of 11'));
  expect(rule).toMatch(/^Enter ci ─/);
  expect(titles).toMatch(/^ {2}SERVICE ACCOUNT +PODS +BINDS TO +MAY USE$/);
  expect(first).toMatch(/^ {2}build-agent +2 +denied +log-shipper$/);
});

test('a page is as long as the list is, and the chosen row stays in sight', async () => {
  const screen = openScreen({start: [{name: 'pods'}], ...roomy});
  await screen.shows('Row 1 of 98');
  await screen.press(' ');
  const [, row = ''] = /^Row (\d+) of 98$/m.exec(screen.frame()) ?? [];
  expect(Number(row)).toBeGreaterThan(10);
  expect(Number(row)).toBeLessThan(22);
  await screen.press('G');
  expect(await screen.shows('Row 98 of 98')).toMatch(/^> \S/m);
});

test('there is none where a list has no row, the view says it itself, or there is no room', async () => {
  const screen = openScreen({start: [{name: 'pods'}], ...roomy});
  await screen.press('/', ...'none-of-them');
  const empty = await screen.shows('0 of 98');
  expect(preview(empty)).toEqual([]);
  expect(empty).toContain('No row has what the filter says.');
  await screen.press(enter);
  await screen.shows('0 of 98, filter: none-of-them');
  await screen.press(esc);
  await screen.resize(80, 24);
  expect(preview(await screen.shows('Row 1 of 98'))).toEqual([]);
  const edited = openScreen({start: editor('data'), ...roomy});
  expect(preview(await edited.shows('Row 1 of 22'))).toEqual([]);
});

test('a short list shows it at any height, below what is cut of its row', async () => {
  const start = [{name: 'grants'}] as const;
  const screen = openScreen({start, columns: 80, rows: 24});
  await screen.press('/', ...'psp-baseline shop', enter);
  const frame = await screen.shows('Row 1 of 1 (1 of 23, filter: psp-baseline shop)');
  expect(frame).toMatch(
    /^ {2}sa:shop\/default, sa:shop\/storefront, .*\n {2}sa:shop\/media\nEnter psp-base/m,
  );
  expect(frame).toMatch(/^Enter psp-baseline \(YAML\) ─+\napiVersion: rbac/m);
});
