import {describe, expect, test} from 'vitest';
import {type HueName, hues, neutrals, type Pair} from '../../src/report/palette.ts';
import {barSpans, stateParts} from '../../src/tui/bars.ts';
import {type Piece, painted, type Theme} from '../../src/tui/paint.ts';

const plain: Theme = {colors: 'none', ground: undefined};
const named: Theme = {colors: 'named', ground: undefined};
const dark: Theme = {colors: 'any', ground: 'dark'};
const light: Theme = {colors: 'any', ground: 'light'};

describe('looks', () => {
  const denied: Piece = {text: 'denied', tone: 'bad'};
  const chosen: Piece = {...denied, on: 'chosen'};

  test('16 colours suffice, and are the terminal’s own where its ground is unknown', () => {
    expect(painted([denied], named)).toBe('\u001B[31mdenied\u001B[39m');
    expect(painted([denied], {colors: 'any', ground: undefined})).toBe(
      '\u001B[31mdenied\u001B[39m',
    );
  });

  test('the ground decides about the shade, and few colours about the nearest one', () => {
    expect(painted([denied], dark)).toBe('\u001B[38;2;255;122;146mdenied\u001B[39m');
    expect(painted([denied], light)).toBe('\u001B[38;2;176;31;63mdenied\u001B[39m');
    expect(painted([denied], {colors: 'fixed', ground: 'light'})).toBe(
      '\u001B[38;5;125mdenied\u001B[39m',
    );
    expect(painted([{text: '0', tone: 'dim'}], {colors: 'fixed', ground: 'dark'})).toBe(
      '\u001B[38;5;249m0\u001B[39m',
    );
  });

  test('what is chosen keeps the colour of what it says', () => {
    expect(painted([chosen], dark)).toContain('38;2;255;122;146');
    expect(painted([chosen], dark)).toContain('48;2;43;51;69');
    expect(painted([chosen], named)).toBe('\u001B[7;31mdenied\u001B[27;39m');
    expect(painted([chosen], plain)).toBe('\u001B[7mdenied\u001B[27m');
    // Faint on reverse video could not be read.
    expect(painted([{text: '0', tone: 'dim', on: 'chosen'}], plain)).toBe('\u001B[7m0\u001B[27m');
  });

  test('without colours there are none', () => {
    const spans: readonly Piece[] = [denied, {text: 'a', tone: 'dim'}, {text: 'b', on: 'band'}];
    expect(painted(spans, plain)).toBe('denied\u001B[2ma\u001B[22mb');
  });
});

/** The contrast of two colours as WCAG 2 measures it. */
function contrast(one: string, other: string): number {
  const [darker = 0, brighter = 0] = [one, other].map(luminance).sort((a, b) => a - b);
  return (brighter + 0.05) / (darker + 0.05);
}

function luminance(color: string): number {
  const digits = color.length === 4 ? color.replaceAll(/[^#]/g, '$&$&') : color;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(at => {
    const part = Number.parseInt(digits.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe('contrast by WCAG AA', () => {
  const words: readonly Pair[] = [neutrals.soft, ...Object.values(hues).map(({text}) => text)];

  test('words of every meaning can be read on the usual grounds, on bands and on what is chosen', () => {
    const lights = ['#ffffff', '#fdf6e3', neutrals.sunk.light, neutrals.chosen.light];
    const darks = [
      '#000000',
      '#1e1e2e',
      '#282c34',
      '#002b36',
      neutrals.sunk.dark,
      neutrals.chosen.dark,
    ];
    for (const word of words) {
      for (const ground of lights)
        expect(contrast(word.light, ground), `${word.light} on ${ground}`).toBeGreaterThanOrEqual(
          4.5,
        );
      for (const ground of darks)
        expect(contrast(word.dark, ground), `${word.dark} on ${ground}`).toBeGreaterThanOrEqual(
          4.5,
        );
    }
  });

  test('words stand out on the tints of the page', () => {
    for (const name of Object.keys(hues) as readonly HueName[]) {
      const {ink, tint} = hues[name];
      expect(contrast(ink.light, tint.light), name).toBeGreaterThanOrEqual(4.5);
      expect(contrast(ink.dark, tint.dark), name).toBeGreaterThanOrEqual(4.5);
    }
  });
});

describe('bars', () => {
  const text = (spans: readonly Piece[]) => spans.map(span => span.text).join('');
  const states = {denied: 13, unknown: 0, mutated: 18, drifted: 5, warned: 0, ok: 62};

  test('have a part for all that there is, by its share, in just their width', () => {
    for (let width = 0; width <= 120; width++) {
      expect(text(barSpans(stateParts(states), width, dark))).toHaveLength(width);
    }
    const spans = barSpans(stateParts(states), 98, dark);
    expect(spans.map(span => [span.tone, span.text.length])).toEqual([
      ['bad', 13],
      ['warn', 18],
      ['moved', 5],
      ['good', 62],
    ]);
    const lone = barSpans(stateParts({...states, denied: 1, ok: 5000}), 10, dark);
    expect(lone.map(span => span.text.length)).toEqual([1, 1, 1, 7]);
  });

  test('tell their parts apart without colours', () => {
    const spans = barSpans(
      stateParts({denied: 1, unknown: 1, mutated: 1, drifted: 1, warned: 0, ok: 1}),
      5,
      plain,
    );
    expect(new Set(text(spans)).size).toBe(5);
  });
});
