import fc from 'fast-check';
import {expect, test} from 'vitest';
import {replaceCounted} from '../../scripts/bundle/replace.ts';
import {LazySegmenter} from '../../scripts/bundle/segmenter.ts';

const pieces = [
  ...[
    'a',
    'Z',
    ' ',
    '~',
    '\n',
    '\r',
    '\r\n',
    '\t',
    '\u001B[1m',
    '…',
    '─',
    '│',
    '❯',
    '✔',
    '✔\uFE0F',
  ],
  ...['e\u0301', '👩‍👩‍👧', '🇩🇪', '漢', '한', 'ß', '\u200D', '\0', '\uD800'],
];
const texts = fc.array(fc.constantFrom(...pieces), {maxLength: 12}).map(parts => parts.join(''));

test.each([
  ['graphemes', {granularity: 'grapheme'}],
  ['words', {granularity: 'word'}],
  ['what it splits by default', undefined],
] as const)('the bundled segmenter splits %s as the real one does', (_, options) => {
  const lazy = new LazySegmenter('en', options);
  const real = new Intl.Segmenter('en', options);
  fc.assert(
    fc.property(texts, text => {
      expect([...lazy.segment(text)]).toEqual([...real.segment(text)]);
    }),
  );
});

test('a patch that no longer fits a package fails the build', () => {
  expect(replaceCounted('a.js', 'x y x', /x/g, '$&', 2)).toBe('$& y $&');
  expect(() => replaceCounted('a.js', 'x y x', /x/g, 'z')).toThrow(
    'a.js: /x/g matches 2 times instead of 1',
  );
});
