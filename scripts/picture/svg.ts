import type {Color, Span, Style} from './ansi.ts';
import {columns, lines} from './terminal.ts';

/** One screen of the story. */
export interface Frame {
  /** What there is to see, in a few words. */
  readonly caption: string;
  readonly screen: readonly (readonly Span[])[];
}

/** Pixels. A letter of a monospaced font of 14 is 8.4 wide; `textLength` makes others fit. */
const font = 14;
const cell = {width: 8.4, height: 18};
const margin = 16;
const bar = 38;
const width = columns * cell.width + 2 * margin;
const height = bar + lines * cell.height + margin;

const secondsOfFrame = 5;

/** On the window's own dark ground, so that it looks the same on a light page and on a dark one. */
const ground = '#15181e';
const ink = '#d5dbe3';
const inks: Readonly<Record<Color, string>> = {
  black: '#6b7480',
  red: '#ff8b82',
  green: '#7ddb8f',
  yellow: '#e6c15c',
  blue: '#7fb4ff',
  magenta: '#d9a0f5',
  cyan: '#6fd3d8',
  white: ink,
};

/**
 * A terminal window that shows the frames one after another, for ever; to who wants no motion, and
 * where there are no animations, the first one. One file that needs no other.
 */
export function svgOf(title: string, frames: readonly Frame[]): string {
  const captions = frames.map(({caption}, index) => `${index + 1}. ${caption}`).join(' ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title story">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="story">${escaped(captions)}</desc>`,
    `<style>${styleSheet(frames.length)}</style>`,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="9" fill="${ground}" stroke="#6b7480"/>`,
    `<path d="M0.5 ${bar - 6}H${width - 0.5}" stroke="#343a44"/>`,
    ...['#ff6159', '#ffbd2e', '#28c941'].map(
      (color, index) => `<circle cx="${20 + 18 * index}" cy="16" r="5.5" fill="${color}"/>`,
    ),
    ...frames.flatMap((frame, index) => frameLines(frame, index, frames.length)),
    '</svg>',
    '',
  ].join('\n');
}

function styleSheet(count: number): string {
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

function frameLines({caption, screen}: Frame, index: number, count: number): readonly string[] {
  return [
    `<g class="frame f${index}">`,
    `<text x="${width / 2}" y="21" text-anchor="middle">${escaped(caption)}</text>`,
    `<text class="dim" x="${width - margin}" y="21" text-anchor="end">${index + 1}/${count}</text>`,
    ...screen.slice(0, lines).flatMap(rowLines),
    '</g>',
  ];
}

function rowLines(spans: readonly Span[], row: number): readonly string[] {
  const top = bar + row * cell.height;
  const drawn: string[] = [];
  let column = 0;
  for (const {text, style} of spans) {
    if (style.inverse) {
      const size = `width="${place(text.length)}" height="${cell.height}"`;
      drawn.push(
        `<rect class="${style.color ?? 'ground'}" x="${left(column)}" y="${top}" ${size}/>`,
      );
    }
    // Blanks between words are places, not letters: XML viewers fold them.
    for (const {0: words, index} of text.matchAll(/\S+(?: \S+)*/g)) {
      const at = `x="${left(column + index)}" y="${top + font}" textLength="${place(words.length)}"`;
      drawn.push(`<text${classOf(style)} ${at}>${escaped(words)}</text>`);
    }
    column += text.length;
  }
  return drawn;
}

function classOf({color, bold, dim, inverse}: Style): string {
  const hue = inverse ? 'on' : color;
  const names = [hue, bold && 'bold', dim && 'dim'].filter(name => typeof name === 'string');
  return names.length === 0 ? '' : ` class="${names.join(' ')}"`;
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
