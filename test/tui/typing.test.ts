import fc from 'fast-check';
import {expect, test} from 'vitest';
import {erased, inserted, mostColumns, movedCursor, sightOf} from '../../src/tui/typing.ts';

test('text goes in at the cursor, and out before it, by characters as people see them', () => {
  expect(inserted({text: 'ad', fromEnd: 1}, 'bc')).toBe('abcd');
  expect(inserted({text: '', fromEnd: 0}, 'a\r\nb\u001B\u0007c\uD800')).toBe('a b c ');
  expect(erased({text: 'e\u0301👩‍👩‍👧x', fromEnd: 1})).toBe('e\u0301x');
  expect(erased({text: 'abc', fromEnd: 3})).toBe('abc');
  expect(erased({text: 'abc', fromEnd: 9})).toBe('abc');
});

test('the cursor stays on the line', () => {
  expect(movedCursor({text: '日本', fromEnd: 0}, -1)).toBe(1);
  expect(movedCursor({text: '日本', fromEnd: 2}, -1)).toBe(2);
  expect(movedCursor({text: '日本', fromEnd: 0}, 1)).toBe(0);
  expect(movedCursor({text: 'abc', fromEnd: 0}, -Infinity)).toBe(3);
  expect(movedCursor({text: 'abc', fromEnd: 2}, Infinity)).toBe(0);
});

test('what is around the cursor is in sight', () => {
  expect(sightOf({text: 'abc', fromEnd: 0}, 4)).toEqual({before: 'abc', at: ' ', after: ''});
  expect(sightOf({text: 'abcdef', fromEnd: 0}, 4)).toEqual({before: '…ef', at: ' ', after: ''});
  expect(sightOf({text: 'abcdef', fromEnd: 5}, 4)).toEqual({before: 'a', at: 'b', after: 'cd'});
  expect(sightOf({text: '日本', fromEnd: 0}, 4)).toEqual({before: '…本', at: ' ', after: ''});
  expect(sightOf({text: '日', fromEnd: 1}, 1)).toEqual({before: '', at: '', after: ''});
});

test('a terminal may not join what makes up an emoji', () => {
  expect(mostColumns('a👩‍👩‍👧')).toBe(7);
  expect(mostColumns('日e\u0301')).toBe(3);
});

test('it is never wider than there is room', () => {
  const character = fc.constantFrom('a', '…', '日', 'e\u0301', '👩‍👩‍👧', '\u202E', '\u200D');
  fc.assert(
    fc.property(
      fc.array(character).map(all => all.join('')),
      fc.nat({max: 12}),
      fc.integer({min: 1, max: 30}),
      (text, fromEnd, width) => {
        const {before, at, after} = sightOf({text, fromEnd}, width);
        expect(mostColumns(before + at + after)).toBeLessThanOrEqual(width);
      },
    ),
  );
});
