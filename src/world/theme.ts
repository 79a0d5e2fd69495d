import type {Theme} from '../tui/paint.ts';

/** Asks a terminal for the colour that it writes on: xterm's operating system command 11. */
export const askForGround = '\u001B]11;?\u0007';

/** What the terminal can do, as it says in the environment: https://no-color.org, COLORTERM and TERM. */
export function colorsOf(env: Readonly<Record<string, string | undefined>>): Theme['colors'] {
  if ((env.NO_COLOR ?? '') !== '') return 'none';
  if (/^(truecolor|24bit)$/i.test(env.COLORTERM ?? '')) return 'any';
  return /256color|-direct$/.test(env.TERM ?? '') ? 'fixed' : 'named';
}

/** The ground that a terminal's answer to `askForGround` tells of: `11;rgb:ffff/ffff/dddd`; undefined for any other. */
export function groundOf(answer: string): Theme['ground'] {
  const parts = /^11;rgba?:([\da-f]{1,4})\/([\da-f]{1,4})\/([\da-f]{1,4})/i.exec(answer);
  if (parts === null) return undefined;
  const [red = 0, green = 0, blue = 0] = parts
    .slice(1)
    .map(part => Number.parseInt(part, 16) / (16 ** part.length - 1));
  // Rec. 709: how bright each part looks.
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5 ? 'light' : 'dark';
}
