import fc from 'fast-check';
import {expect, test} from 'vitest';
import {layoutOf} from '../../src/tui/columns.ts';
import type {Cell, Row} from '../../src/tui/table.ts';

const row = (...cells: readonly Cell[]): Row => ({key: String(cells), cells, enter: undefined});
const widths = (rows: readonly Row[], room: number, titles = ['A', 'B', 'C']) =>
  layoutOf({titles, parts: [rows], room, gap: 2}).columns.map(({width}) => width);

test('words give way first, then names, words again, the first column, and numbers last', () => {
  const rows = [row('f'.repeat(20), 'n'.repeat(30), 12_345, 'one of many words '.repeat(4).trim())];
  const titles = ['A', 'B', 'C', 'D'];
  const at = (room: number) => widths(rows, room, titles);
  expect(at(132)).toEqual([20, 30, 5, 71]);
  expect(at(90)).toEqual([20, 30, 5, 29]);
  expect(at(80)).toEqual([20, 25, 5, 24]);
  expect(at(72)).toEqual([20, 17, 5, 24]);
  expect(at(60)).toEqual([17, 16, 5, 16]);
  expect(at(56)).toEqual([15, 15, 5, 15]);
});

test('the widest of a kind is cut first, and all fit while there is room for anything', () => {
  expect(widths([row('short', 'x'.repeat(50), 'middle')], 40)).toEqual([5, 25, 6]);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string(), fc.nat(), fc.string({unit: 'grapheme'}))),
      fc.integer({min: 16, max: 90}),
      (cells, room) => {
        const all = widths(
          cells.map(each => row(...each)),
          room,
        );
        expect(all.reduce((sum, width) => sum + width, 4)).toBeLessThanOrEqual(room);
        const rows = cells.map(each => row(...each));
        const whole = layoutOf({titles: ['A', 'B', 'C'], parts: [rows], room, gap: 2});
        const parts = [rows.slice(0, 2), rows.slice(2)];
        expect(layoutOf({titles: ['A', 'B', 'C'], parts, room, gap: 2})).toEqual(whole);
      },
    ),
  );
});

test('a column of numbers is one at their right, gaps and all', () => {
  const rows = [row('a', 1, ''), row('b', {value: 20, tone: 'bad'}, 'c')];
  expect(
    layoutOf({titles: ['A', 'B', 'C'], parts: [rows], room: 80, gap: 2}).columns.map(
      ({isNumeric}) => isNumeric,
    ),
  ).toEqual([false, true, false]);
});

test('spare columns are left out one by one, only where another would say too little', () => {
  const rows = [row('f'.repeat(40), 'words that are not a name', 'n'.repeat(20), 'm'.repeat(20))];
  const leftOut = (room: number) =>
    layoutOf({
      titles: ['A', 'B', 'C', 'D'],
      parts: [rows],
      room,
      gap: 2,
      spare: [3, 1],
    }).columns.flatMap(({isLeftOut}, index) => (isLeftOut ? [index] : []));
  expect(leftOut(111)).toEqual([]);
  expect(leftOut(110)).toEqual([]);
  expect(leftOut(96)).toEqual([3]);
  expect(leftOut(70)).toEqual([1, 3]);
});

test('where words matter more, they have their room before spare columns are shown', () => {
  const rows = [row('name', 'words that are not a name at all, but many of them', 'n'.repeat(20))];
  const leftOut = (wordRoom?: number) =>
    layoutOf({
      titles: ['A', 'B', 'C'],
      parts: [rows],
      room: 60,
      gap: 2,
      spare: [2],
      wordRoom,
    }).columns.some(({isLeftOut}) => isLeftOut);
  expect([leftOut(), leftOut(32), leftOut(40)]).toEqual([false, false, true]);
});

test('a column that can say it shortly is left out only where that has no room either', () => {
  const said = {
    value: 'one, two, three and many more of them',
    tone: 'plain',
    short: 'six of them',
  };
  const leftOut = (room: number) =>
    layoutOf({
      titles: ['A', 'B'],
      parts: [[row('n'.repeat(20), {...said, tone: 'plain'})]],
      room,
      gap: 2,
      spare: [1],
    }).columns.some(({isLeftOut}) => isLeftOut);
  expect([60, 40, 38, 20].map(leftOut)).toEqual([false, false, false, true]);
});

test('what is hidden of a row is counted, for the lines that show it', () => {
  const rows = [row('f'.repeat(40), 'm'.repeat(20))];
  const hidden = (room: number, spare: readonly number[]) =>
    layoutOf({titles: ['A', 'B'], parts: [rows], room, gap: 2, spare}).hidden;
  expect(hidden(62, [1])).toBe(0);
  expect(hidden(50, [1])).toBe(20 + 'b:   '.length + 1);
  expect(hidden(30, [])).toBe(40 + 20 + 2 * '   '.length);
});

test('of columns as wide, the one that lacks most already gives way, so that the other stays whole', () => {
  const list = (parts: number) => Array(parts).fill('secret').join(', ');
  const rows = [row('name', list(9), list(5)), row('name', list(5), list(9))];
  const [first, second] = rows.map(
    one => layoutOf({titles: ['A', 'B', 'C'], parts: [[one]], room: 76, gap: 2}).columns,
  );
  expect(first?.map(({width}) => width)).toEqual([4, 30, 38]);
  expect(second?.map(({width}) => width)).toEqual([4, 38, 30]);
});

test('where no one of several as wide can give all that is missing, they share it', () => {
  const list = (count: number) => Array.from({length: count}, () => 'entry').join(', ');
  expect(widths([row('a', list(12), list(10))], 66)).toEqual([1, 30, 31]);
});

test('where words matter more, they get less than 32 columns only after names did', () => {
  const rows = [row('high', 'n'.repeat(42), 'words that are not a name at all, but many of them')];
  const layout = layoutOf({titles: ['A', 'B', 'C'], parts: [rows], room: 76, gap: 2, wordRoom: 40});
  expect(layout.columns.map(({width}) => width)).toEqual([4, 36, 32]);
});
