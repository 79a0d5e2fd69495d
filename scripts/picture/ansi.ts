/** The colours that a terminal has by name and that the session uses. */
const colors = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;
export type Color = (typeof colors)[number];

/** A colour of 24 bits: `#rrggbb`. */
export type Rgb = `#${string}`;

/** How a text looks; a colour of undefined is the terminal's own. */
export interface Style {
  readonly color: Color | Rgb | undefined;
  /** What it stands on. */
  readonly ground: Rgb | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
  /** Text and ground change places. */
  readonly inverse: boolean;
}

/** A piece of a line in one style. */
export interface Span {
  readonly text: string;
  readonly style: Style;
}

const plain: Style = {color: undefined, ground: undefined, bold: false, dim: false, inverse: false};

/**
 * The lines of a screen as `tmux capture-pane -e` prints them: a style lasts beyond the end of its line.
 * Throws at an escape sequence that it has no picture for.
 */
export function spansOf(screen: string): readonly (readonly Span[])[] {
  let style = plain;
  return screen.split('\n').map(line => {
    const spans: Span[] = [];
    for (const [found, codes, text] of line.matchAll(/\x1b\[([\d;]*)m|([^\x1b]+)|\x1b/g)) {
      if (text !== undefined) append(spans, {text, style});
      else if (codes === undefined) throw new Error(`unknown escape sequence in ${line}`);
      else style = styledBy(found.slice(2, -1).split(';').map(Number), style);
    }
    return spans;
  });
}

/** Terminals say the same style in many ways; spans of one style are one. */
function append(spans: Span[], span: Span): void {
  const last = spans.at(-1);
  if (last === undefined || !isSame(last.style, span.style)) spans.push(span);
  else spans[spans.length - 1] = {...last, text: last.text + span.text};
}

function isSame(a: Style, b: Style): boolean {
  const isInk = a.color === b.color && a.bold === b.bold && a.dim === b.dim;
  return isInk && a.ground === b.ground && a.inverse === b.inverse;
}

/** A style after codes, of which colours of 24 bits take five. */
function styledBy(codes: readonly number[], before: Style): Style {
  let style = before;
  for (let at = 0; at < codes.length; at++) {
    const [code = 0, kind, ...parts] = codes.slice(at, at + 5);
    if ((code === 38 || code === 48) && kind === 2) {
      const rgb: Rgb = `#${parts.map(part => part.toString(16).padStart(2, '0')).join('')}`;
      style = code === 38 ? {...style, color: rgb} : {...style, ground: rgb};
      at += 4;
    } else style = styled(style, code);
  }
  return style;
}

/** A style after one code of ECMA-48's "select graphic rendition". */
function styled(style: Style, code: number): Style {
  const color = colors[code - 30];
  if (color !== undefined) return {...style, color};
  switch (code) {
    case 0:
      return plain;
    case 1:
      return {...style, bold: true};
    case 2:
      return {...style, dim: true};
    case 7:
      return {...style, inverse: true};
    case 22:
      return {...style, bold: false, dim: false};
    case 27:
      return {...style, inverse: false};
    case 39:
      return {...style, color: undefined};
    case 49:
      return {...style, ground: undefined};
    default:
      throw new Error(`unknown style ${code} on the screen`);
  }
}
