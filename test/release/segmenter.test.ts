import fc from 'fast-check';
import {expect, test} from 'vitest';
import {replaceCounted} from '../../scripts/bundle/replace.ts';
import {LazySegmenter} from '../../scripts/bundle/segmenter.ts';
import {runsOf} from '../support/run/runs.ts';

// biome-ignore format: texts, several a line
const pieces = [
  'a', 'Z', ' ', '~', '\n', '\r', '\r\n', '\t', '\u001B[1m', '…', '─', '│', '❯', '✔', '✔\uFE0F',
  'e\u0301', '👩‍👩‍👧', '🇩🇪', '漢', '한', 'ß', '\u200D', '\0', '\uD800',
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

const places = fc.oneof(
  fc.integer({min: -3, max: 40}),
  fc.double(),
  fc.constantFrom(undefined, null, '1', 'x', true, 1n),
);

test.each([[undefined, undefined] as const, ['en', {granularity: 'word'}] as const])(
  'it finds the segment at every place of a text as the real one does (%s, %o)',
  (locale, options) => {
    const lazy = new LazySegmenter(locale, options);
    const real = new Intl.Segmenter(locale, options);
    fc.assert(
      fc.property(texts, places, (text, place) => {
        const at = (segments: Intl.Segments) => outcome(() => segments.containing(place as number));
        expect(at(lazy.segment(text))).toEqual(at(real.segment(text)));
      }),
      {numRuns: runsOf(500)},
    );
  },
);

test('it has whatever the real one has, and its segments too', () => {
  const lazy = new LazySegmenter();
  const real = new Intl.Segmenter();
  expect(Object.keys(lazy)).toEqual([]);
  expect(membersMissing(LazySegmenter, Intl.Segmenter)).toEqual([]);
  expect(membersMissing(lazy, real)).toEqual([]);
  expect(lazy.resolvedOptions()).toEqual(real.resolvedOptions());
  expect(Object.prototype.toString.call(lazy)).toBe(Object.prototype.toString.call(real));
  for (const text of ['plain', 'e\u0301']) {
    const [ours, theirs] = [lazy.segment(text), real.segment(text)];
    expect(membersMissing(ours, theirs)).toEqual([]);
    expect(membersMissing(ours[Symbol.iterator](), theirs[Symbol.iterator]())).toEqual([]);
    expect([...ours]).toEqual([...ours]); // each loop begins at the start
    const iterator = ours[Symbol.iterator]();
    expect([...iterator]).toEqual([...theirs]);
    expect([...iterator]).toEqual([]);
  }
});

test.each<readonly unknown[]>([
  [undefined, {granularity: 'letter'}],
  ['no such locale'],
  [undefined, {localeMatcher: 'none'}],
  ['de', {granularity: 'sentence'}],
  [['xx', 'fr']],
])('it is made from %j as the real one is', (...args) => {
  const made = (kind: typeof LazySegmenter | typeof Intl.Segmenter) =>
    outcome(() => new kind(...(args as [])).resolvedOptions());
  expect(made(LazySegmenter)).toEqual(made(Intl.Segmenter));
});

/** What a call gives, or what it throws. */
function outcome<T>(call: () => T): T | string {
  try {
    return call();
  } catch (error) {
    return String(error);
  }
}

/** The members of an object and its prototypes that another one does not have. */
function membersMissing(other: object, original: object): readonly PropertyKey[] {
  const prototype: object | null = Object.getPrototypeOf(original);
  const inherited = prototype === null ? [] : membersMissing(other, prototype);
  return [...Reflect.ownKeys(original).filter(key => !(key in other)), ...inherited];
}

test('a patch that no longer fits a package fails the build', () => {
  expect(replaceCounted('a.js', 'x y x', /x/g, '$&', 2)).toBe('$& y $&');
  expect(() => replaceCounted('a.js', 'x y x', /x/g, 'z')).toThrow(
    'a.js: /x/g matches 2 times instead of 1',
  );
});
