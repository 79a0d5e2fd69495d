import type {Color, Span, Style} from './ansi.ts';

/** One screen of the story. */
export interface Frame {
  /** What there is to see, in a few words. */
  readonly caption: string;
  readonly screen: readonly (readonly Span[])[];
}

/** The window that screens are drawn in. */
export interface Window {
  readonly columns: number;
  readonly lines: number;
  readonly ground: 'light' | 'dark';
}

/** Pixels. A letter of a monospaced font of 14 is 8.4 wide; `textLength` makes others fit. */
const font = 14;
const cell = {width: 8.4, height: 18};
const margin = 16;
const bar = 38;

const secondsOfFrame = 5;

/** The colours of a window: its own ground, so that it looks the same on any page, and the terminal's by name. */
interface Paint {
  readonly ground: string;
  readonly ink: string;
  readonly edge: string;
  readonly rule: string;
  readonly inks: Readonly<Record<Color, string>>;
}

const paints: Readonly<Record<Window['ground'], Paint>> = {
  dark: {
    ground: '#15181e',
    ink: '#d5dbe3',
    edge: '#6b7480',
    rule: '#343a44',
    inks: {
      black: '#6b7480',
      red: '#ff8b82',
      green: '#7ddb8f',
      yellow: '#e6c15c',
      blue: '#7fb4ff',
      magenta: '#d9a0f5',
      cyan: '#6fd3d8',
      white: '#d5dbe3',
    },
  },
  light: {
    ground: '#ffffff',
    ink: '#24292f',
    edge: '#8c959f',
    rule: '#d0d7de',
    inks: {
      black: '#24292f',
      red: '#cf222e',
      green: '#116329',
      yellow: '#7d4e00',
      blue: '#0969da',
      magenta: '#8250df',
      cyan: '#1b7c83',
      white: '#6e7781',
    },
  },
};

/**
 * A terminal window that shows the frames one after another, for ever; to who wants no motion, and
 * where there are no animations, the first one. One file that needs no other.
 */
export function svgOf(title: string, frames: readonly Frame[], window: Window): string {
  const {columns, lines} = window;
  const paint = paints[window.ground];
  const width = Number((columns * cell.width + 2 * margin).toFixed(1));
  const height = bar + lines * cell.height + margin;
  const captions = frames.map(({caption}, index) => `${index + 1}. ${caption}`).join(' ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title story">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="story">${escaped(captions)}</desc>`,
    `<style>${styleSheet(frames.length, paint)}</style>`,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="9" fill="${paint.ground}" stroke="${paint.edge}"/>`,
    `<path d="M0.5 ${bar - 6}H${width - 0.5}" stroke="${paint.rule}"/>`,
    ...['#ff6159', '#ffbd2e', '#28c941'].map(
      (color, index) => `<circle cx="${20 + 18 * index}" cy="16" r="5.5" fill="${color}"/>`,
    ),
    ...frames.flatMap((frame, index) => frameLines(frame, index, frames.length, window)),
    '</svg>',
    '',
  ].join('\n');
}

function styleSheet(count: number, {ground, ink, inks}: Paint): string {
  const share = Number((100 / count).toFixed(4));
  const delays = Array.from(
    {length: count},
    (_, index) => `.f${index}{animation-delay:${index * secondsOfFrame}s}`,
  );
  const classes = Object.entries(inks).map(([name, value]) => `.${name}{fill:${value}}`);
  return [
    `text{font:${font}px ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;fill:${ink}}`,
    ...classes,
    `.bold{font-weight:700}.dim{fill-opacity:.7}.on{fill:${ground}}.ground{fill:${ink}}`,
    '.frame{visibility:hidden}.f0{visibility:visible}',
    `@keyframes show{0%{visibility:visible}${share}%,100%{visibility:hidden}}`,
    `@media (prefers-reduced-motion:no-preference){.frame{animation:show ${count * secondsOfFrame}s step-end infinite}${delays.join('')}}`,
  ].join('\n');
}

function frameLines(
  {caption, screen}: Frame,
  index: number,
  count: number,
  {columns, lines}: Window,
): readonly string[] {
  const width = columns * cell.width + 2 * margin;
  return [
    `<g class="frame f${index}">`,
    `<text x="${width / 2}" y="21" text-anchor="middle">${escaped(caption)}</text>`,
    ...(count === 1
      ? []
      : [
          `<text class="dim" x="${width - margin}" y="21" text-anchor="end">${index + 1}/${count}</text>`,
        ]),
    ...screen.slice(0, lines).flatMap(rowLines),
    '</g>',
  ];
}

function rowLines(spans: readonly Span[], row: number): readonly string[] {
  const top = bar + row * cell.height;
  const drawn: string[] = [];
  let column = 0;
  for (const {text, style} of spans) {
    const ground = style.inverse ? (style.color ?? 'ground') : style.ground;
    if (ground !== undefined) {
      const size = `width="${place(text.length)}" height="${cell.height}"`;
      drawn.push(`<rect${colored([ground])} x="${left(column)}" y="${top}" ${size}/>`);
    }
    // Blanks between words are places, not letters: XML viewers fold them.
    for (const {0: words, index} of text.matchAll(/\S+(?: \S+)*/g)) {
      const at = `x="${left(column + index)}" y="${top + font}" textLength="${place(words.length)}"`;
      drawn.push(`<text${lookOf(style)} ${at}>${escaped(words)}</text>`);
    }
    column += text.length;
  }
  return drawn;
}

function lookOf({color, bold, dim, inverse}: Style): string {
  const hue = inverse ? 'on' : color;
  return colored([hue, bold && 'bold', dim && 'dim'].filter(name => typeof name === 'string'));
}

/** Classes, and a colour that is none of them, as attributes. */
function colored(names: readonly string[]): string {
  const rgb = names.find(name => name.startsWith('#'));
  const classes = names.filter(name => name !== rgb);
  const word = classes.length === 0 ? '' : ` class="${classes.join(' ')}"`;
  return rgb === undefined ? word : `${word} style="fill:${rgb}"`;
}

/** So many letters in pixels. */
function place(letters: number): number {
  return Number((letters * cell.width).toFixed(1));
}

function left(column: number): number {
  return Number((margin + column * cell.width).toFixed(1));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, letter => entities[letter] ?? letter);
}
