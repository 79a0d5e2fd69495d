/** The colours that a terminal has by name and that the session uses. */
const colors = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;
export type Color = (typeof colors)[number];

/** How a text looks; a colour of undefined is the terminal's own. */
export interface Style {
  readonly color: Color | undefined;
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

const plain: Style = {color: undefined, bold: false, dim: false, inverse: false};

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
      else style = found.slice(2, -1).split(';').map(Number).reduce(styled, style);
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
  return a.color === b.color && a.bold === b.bold && a.dim === b.dim && a.inverse === b.inverse;
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
    case 49: // the ground's own colour, which nothing here changes
      return style;
    default:
      throw new Error(`unknown style ${code} on the screen`);
  }
}
