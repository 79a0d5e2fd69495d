/*
 * The character classes of YAML 1.1 as gopkg.in/yaml.v2 v2.4.0 (yamlprivateh.go) has them: unlike
 * YAML 1.2, it breaks lines at NEL, LS and PS too. Each takes a UTF-16 code unit; 0 is the end.
 */

/** A space or a tab. */
export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** The start of a line break. */
export function isBreak(code: number): boolean {
  return code === 0x0a || code === 0x0d || code === 0x85 || code === 0x2028 || code === 0x2029;
}

/** Where a line ends. */
export function isBreakOrEnd(code: number): boolean {
  return code === 0 || isBreak(code);
}

/** Where a word ends. */
export function isBlankOrEnd(code: number): boolean {
  return isBlank(code) || isBreakOrEnd(code);
}

/** `,` `[` `]` `{` `}` */
export function isFlowIndicator(code: number): boolean {
  return code === 0x2c || code === 0x5b || code === 0x5d || code === 0x7b || code === 0x7d;
}

/** What YAML forbids in a stream (readerc.go); an escape in a quoted string is the way to write it. */
export const forbiddenCharacter =
  /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** What Go's unicode.IsSpace takes for space, at a text's start. */
export const leadingSpace = /^[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*/;
