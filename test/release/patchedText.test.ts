import fc from 'fast-check';
import {beforeAll, describe, expect, test} from 'vitest';
import {runsOf} from '../support/run/runs.ts';
import {type Bundled, bundlePatched, originalOf} from './bundledPackages.ts';

/** The packages in which the bundle puts another segmenter, and string-width with its short way. */
const paths = {
  width: 'string-width/index.js',
  slice: 'slice-ansi/index.js',
  truncate: 'cli-truncate/index.js',
  wrap: 'wrap-ansi/index.js',
  tokens: '@alcalzone/ansi-tokenize/build/index.js',
  line: 'ink/build/line-update.js',
} as const;

type Name = keyof typeof paths;
type Call = (...args: readonly unknown[]) => unknown;

let patched: Bundled = {};
const originals = new Map<Name, Readonly<Record<string, unknown>>>();
beforeAll(async () => {
  patched = await bundlePatched(paths);
  for (const name of Object.keys(paths) as Name[]) {
    originals.set(name, await originalOf(paths[name]));
  }
});

/** A function of a package, as the bundle has it and as the package has it. */
function both(name: Name, member = 'default'): readonly [Call, Call] {
  return [patched[name]?.[member] as Call, originals.get(name)?.[member] as Call];
}

const symbols = ['‐', '―', '•', '…', '←', '↓', '─', '╿', '❯', '✓', '✔', '✗'];
// biome-ignore format: texts, several a line
const odd = [
  'é', 'e\u0301', '👩‍👩‍👧', '🇩🇪', '漢', '한', 'ᄀ', '\u200D', '\uFE0F', '#\u20E3', '✔\uFE0F',
  '\uD800',
  'ﬀ', 'नि', '\u202E', '\t', '\n', '\r\n', '\0', '\u001B',
];
const codes = ['\u001B[1m', '\u001B[22m', '\u001B[31m', '\u001B[39m', '\u001B[7m', '\u001B[27m'];
const piece = fc.oneof(
  {weight: 4, arbitrary: fc.string({minLength: 1, maxLength: 6, unit: 'grapheme-ascii'})},
  {weight: 2, arbitrary: fc.constantFrom(...symbols)},
  {weight: 1, arbitrary: fc.constantFrom(...codes)},
  {weight: 1, arbitrary: fc.constantFrom(...odd)},
);
const text = fc.array(piece, {maxLength: 14}).map(pieces => pieces.join(''));
const place = fc.integer({min: -20, max: 60});
const width = fc.integer({min: 1, max: 60});

/** Each package's way with a text, and the arguments after it. */
const calls: readonly (readonly [string, Name, string, fc.Arbitrary<readonly unknown[]>])[] = [
  [
    'string-width',
    'width',
    'default',
    fc.tuple(
      text,
      fc.record({ambiguousIsNarrow: fc.boolean(), countAnsiEscapeCodes: fc.boolean()}),
    ),
  ],
  ['slice-ansi', 'slice', 'default', fc.tuple(text, place, fc.option(place, {nil: undefined}))],
  [
    'cli-truncate',
    'truncate',
    'default',
    fc.tuple(text, width, fc.record({position: fc.constantFrom('start', 'middle', 'end')})),
  ],
  [
    'wrap-ansi',
    'wrap',
    'default',
    fc.tuple(
      text,
      width,
      fc.record({hard: fc.boolean(), trim: fc.boolean(), wordWrap: fc.boolean()}),
    ),
  ],
  ['ansi-tokenize', 'tokens', 'tokenize', fc.tuple(text)],
  ["Ink's change of a line", 'line', 'default', fc.tuple(text, text, width)],
];

describe('in the bundle it does what the package does', () => {
  test.each(calls)('%s', (_, name, member, args) => {
    const [ours, theirs] = both(name, member);
    fc.assert(
      fc.property(args, given => {
        expect(outcome(ours, given)).toEqual(outcome(theirs, given));
      }),
      {numRuns: runsOf(400)},
    );
  });

  test('string-width, of characters by themselves and as emoji', () => {
    const [ours, theirs] = both('width');
    const wrong: string[] = [];
    for (let code = 0; code < 0x2_ffff; code += 1) {
      const character = String.fromCodePoint(code);
      for (const given of [character, `${character}\uFE0F`]) {
        if (code > 0x2800 && code % 37 !== 0) continue;
        if (ours(given) !== theirs(given)) wrong.push(given);
      }
    }
    expect(wrong).toEqual([]);
  });
});

function outcome(call: Call, args: readonly unknown[]): unknown {
  try {
    return call(...args);
  } catch (error) {
    return String(error);
  }
}
