import {type HueName, hues, neutrals, type Pair} from '../report/palette.ts';

/** What a piece of the screen means, which gives it its colour; words or signs say the same. */
export type Tone = 'plain' | 'dim' | HueName;

/** How a piece of the screen looks. */
export interface Look {
  readonly tone?: Tone;
  readonly bold?: boolean;
  /** A line of a bar or a rule: as bright as an area, not as words. */
  readonly isArea?: boolean;
  /** What it stands on: the row that is chosen, or the band at the top and the bottom of the screen. */
  readonly on?: 'chosen' | 'band';
}

/** A text, safe to show, in one look. */
export interface Piece extends Look {
  readonly text: string;
}

/** What the terminal can do, and on which ground it writes; colours are the terminal's own where that is unknown. */
export interface Theme {
  /** `named`: the 16 colours that each terminal has; `fixed`: 256 of them; `any`: 24 bits. */
  readonly colors: 'none' | 'named' | 'fixed' | 'any';
  readonly ground: 'light' | 'dark' | undefined;
}

export const plainTheme: Theme = {colors: 'none', ground: undefined};

/** Spans as a text with the escape sequences of their looks. */
export function painted(spans: readonly Piece[], theme: Theme): string {
  return spans.map(span => paintedSpan(span, theme)).join('');
}

function paintedSpan({text, ...look}: Piece, theme: Theme): string {
  if (text === '') return '';
  const codes = codesOf(look, theme);
  if (codes.length === 0) return text;
  const starts = codes.map(({start}) => start).join(';');
  const ends = codes.map(({end}) => end).join(';');
  return `\u001B[${starts}m${text}\u001B[${ends}m`;
}

/** A code of ECMA-48's "select graphic rendition", and the one that ends it. */
interface Code {
  readonly start: string;
  readonly end: number;
}

const bold: Code = {start: '1', end: 22};
const faint: Code = {start: '2', end: 22};
const reversed: Code = {start: '7', end: 27};

function codesOf({tone = 'plain', bold: isBold, isArea, on}: Look, theme: Theme): readonly Code[] {
  const usesOwn = isOwn(theme);
  // Faint on a row in reverse video is grey on grey.
  const isLost = tone === 'dim' && on === 'chosen' && !usesOwn;
  return [
    ...(isBold ? [bold] : []),
    ...(on === undefined ? [] : usesOwn ? [ground(theme, on)] : on === 'chosen' ? [reversed] : []),
    ...(tone === 'plain' || isLost ? [] : toneCodes(tone, isArea === true, theme)),
  ];
}

/** Whether the colours are ours: the ground is known, and the terminal has more than it has names for. */
function isOwn({colors, ground}: Theme): boolean {
  return ground !== undefined && (colors === 'fixed' || colors === 'any');
}

/** The terminal's own colours for the hues. */
const names: Readonly<Record<HueName, number>> = {
  bad: 31,
  warn: 33,
  moved: 36,
  good: 32,
  unknown: 35,
};

function toneCodes(tone: HueName | 'dim', isArea: boolean, theme: Theme): readonly Code[] {
  if (isOwn(theme)) return [colored(38, pairOf(tone, isArea), theme)];
  if (tone === 'dim') return [faint];
  return theme.colors === 'none' ? [] : [{start: `${names[tone]}`, end: 39}];
}

function pairOf(tone: HueName | 'dim', isArea: boolean): Pair {
  if (tone === 'dim') return isArea ? neutrals.line : neutrals.soft;
  return isArea ? hues[tone].fill : hues[tone].text;
}

function ground(theme: Theme, on: 'chosen' | 'band'): Code {
  return colored(48, on === 'chosen' ? neutrals.chosen : neutrals.sunk, theme);
}

/** A colour of our own, for letters (38) or what is behind them (48). */
function colored(where: 38 | 48, {light, dark}: Pair, {colors, ground}: Theme): Code {
  const parts = partsOf(ground === 'light' ? light : dark);
  const start = colors === 'any' ? `${where};2;${parts.join(';')}` : `${where};5;${nearest(parts)}`;
  return {start, end: where + 1};
}

/** Red, green and blue of `#rrggbb`, or of `#rgb`. */
function partsOf(color: string): readonly number[] {
  const digits = color.length === 4 ? color.replaceAll(/[^#]/g, '$&$&') : color;
  return [1, 3, 5].map(at => Number.parseInt(digits.slice(at, at + 2), 16));
}

/** The brightness of the 24 greys, and of the six steps of red, green and blue among the 256 colours. */
const steps = [0, 95, 135, 175, 215, 255];

/** The place among the 256 colours of the one that looks most like it. */
function nearest(parts: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = parts.map(part =>
    steps.reduce(
      (best, step, index) =>
        Math.abs(step - part) < Math.abs((steps[best] ?? 0) - part) ? index : best,
      0,
    ),
  );
  if (Math.max(...parts) - Math.min(...parts) <= greyish) {
    const mean = parts.reduce((sum, part) => sum + part, 0) / 3;
    return 232 + Math.max(0, Math.min(23, Math.round((mean - 8) / 10)));
  }
  return 16 + 36 * red + 6 * green + blue;
}

/** How far red, green and blue are apart at most in what is as good as a grey. */
const greyish = 28;
