import {describe, expect, test} from 'vitest';
import {escapeJson, escapeText} from '../../src/report/escape.ts';
import {table} from '../../src/report/table.ts';
import {wrap} from '../../src/report/wrapped.ts';

describe('escapeText', () => {
  test.for([
    ['plain, with é and 日本', 'plain, with é and 日本'],
    ['\u001b[31m', '\\u{1b}[31m'],
    ['a\nb\tc\r', 'a\\u{a}b\\u{9}c\\u{d}'],
    ['\u202eabc\u2066', '\\u{202e}abc\\u{2066}'],
    ['\u200b\ufeff\u00ad', '\\u{200b}\\u{feff}\\u{ad}'],
    ['\u009b1m\u007f', '\\u{9b}1m\\u{7f}'],
    ['\ud800', '\\u{d800}'],
    ['😀', '😀'],
  ])('%j', ([text, safe]) => {
    expect(escapeText(text ?? '')).toBe(safe);
  });

  test('JSON keeps its meaning and its lines', () => {
    const value = {name: 'a\u202e\u009b\u001b\nb', list: ['\ud800', 'é']};
    const text = JSON.stringify(value, null, 2);
    expect(JSON.parse(escapeJson(text))).toEqual(value);
    expect(escapeJson(text).split('\n')).toHaveLength(text.split('\n').length);
    expect(escapeJson(text)).toContain('a\\u202e\\u009b\\u001b\\nb');
  });
});

describe('a wrapped table', () => {
  test.each([
    ['𐀀𐀀𐀀', 3, ['𐀀', '𐀀', '𐀀']],
    ['a😀b', 2, ['a', '😀', 'b']],
    ['😀😀', 1, ['😀', '😀']],
    ['abcde', 2, ['ab', 'cd', 'e']],
  ])('%s in %i columns: no character is cut in half', (text, width, lines) => {
    expect(wrap(text, width)).toEqual(lines);
  });
});

describe('table', () => {
  test('columns are as wide as their widest cell; empty cells but the last say so', () => {
    expect(
      table(
        ['A', 'LONG', 'C'],
        [
          ['one', '', 'x'],
          ['1', 'escaped\n', ''],
        ],
      ),
    ).toBe('A     LONG           C\none   <none>         x\n1     escaped\\u{a}\n');
  });

  test('no header, no rows', () => {
    expect(table(undefined, [['a', 'b']])).toBe('a   b\n');
    expect(table(undefined, [])).toBe('');
  });
});
