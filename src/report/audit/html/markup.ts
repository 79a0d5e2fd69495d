import {escapeText} from '../../escape.ts';

/** A piece of HTML that is safe to put into a page. Only html() and ownMarkup() make it. */
export interface Markup {
  readonly markup: string;
}

type Part = string | number | Markup | readonly Markup[] | undefined;

/**
 * HTML from a template. Whatever is put in and is not markup itself is escaped, for text and for quoted
 * attributes alike, so a name from a cluster can never become a tag; undefined leaves nothing.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let markup = strings[0] ?? '';
  for (const [index, part] of parts.entries()) markup += textOf(part) + (strings[index + 1] ?? '');
  return {markup};
}

/** The program's own markup, style or script as it is. Never for what came from a cluster. */
export function ownMarkup(markup: string): Markup {
  return {markup};
}

/** Text as HTML: what would hide or reorder text is shown as `\u{202e}`, and no character is markup. */
export function escapeHtml(text: string): string {
  return escapeText(text).replaceAll(/[&<>"']/g, character => entities[character] ?? '');
}

/** A value as JSON that can stand inside a script element: nothing in it is a character of markup. */
export function scriptJson(value: object): Markup {
  const json = JSON.stringify(value).replaceAll(
    /[<>&']/g,
    character => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
  return {markup: json};
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function textOf(part: Part): string {
  if (typeof part === 'string') return escapeHtml(part);
  if (part === undefined) return '';
  if (typeof part === 'number') return String(part);
  return 'markup' in part ? part.markup : part.map(({markup}) => markup).join('');
}
