import fc from 'fast-check';
import {expect, test} from 'vitest';
import {columnsOf} from '../../src/tui/columns.ts';
import type {Cell, Row} from '../../src/tui/table.ts';

const row = (...cells: readonly Cell[]): Row => ({key: String(cells), cells, enter: undefined});
const widths = (rows: readonly Row[], room: number, titles = ['A', 'B', 'C']) =>
  columnsOf(titles, rows, room, 2).map(({width}) => width);

test('words give way first, then names, words again, the first column, and numbers last', () => {
  const rows = [row('f'.repeat(20), 'n'.repeat(30), 12_345, 'one of many words '.repeat(4).trim())];
  const titles = ['A', 'B', 'C', 'D'];
  const at = (room: number) => widths(rows, room, titles);
  expect(at(132)).toEqual([20, 30, 5, 71]);
  expect(at(90)).toEqual([20, 30, 5, 29]);
  expect(at(80)).toEqual([20, 25, 5, 24]);
  expect(at(72)).toEqual([20, 17, 5, 24]);
  expect(at(60)).toEqual([20, 16, 5, 13]);
  expect(at(56)).toEqual([17, 16, 5, 12]);
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
      },
    ),
  );
});

test('a column of numbers is one at their right, gaps and all', () => {
  const rows = [row('a', 1, ''), row('b', {value: 20, tone: 'bad'}, 'c')];
  expect(columnsOf(['A', 'B', 'C'], rows, 80, 2).map(({isNumeric}) => isNumeric)).toEqual([
    false,
    true,
    false,
  ]);
});
