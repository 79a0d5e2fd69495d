/**
 * Characters that a terminal would act on, or that hide or reorder what a reader sees: controls,
 * line and paragraph separators, bidirectional marks, zero-width characters, lone surrogates.
 */
const dangerous =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}/gu;

/** JSON text with the same characters as JSON's own escapes; line breaks between members stay. */
export function escapeJson(json: string): string {
  // JSON has its own escapes for the rest: of megabytes of ASCII, nothing has to be looked at twice.
  if (!/[^\n -~]/.test(json)) return json;
  return json.replaceAll(dangerous, character =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Text from a cluster or a file, made safe to show: dangerous characters as `\u{1b}`. */
export function escapeText(text: string): string {
  return text.replaceAll(
    dangerous,
    character => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
