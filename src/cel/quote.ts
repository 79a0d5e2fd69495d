const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/**
 * Escaped besides quotes and backslashes: whatever shows nothing, or something else than it is, to the
 * person who reviews the policy, such as line breaks and marks that turn the direction of text.
 */
const special = /[\\']|[^\S ]|\p{C}|\p{Zl}|\p{Zp}/gu;

/** A text as a literal of CEL, in single quotes. What is no Unicode (half a pair) becomes U+FFFD, as in Go. */
export function quoteCel(text: string): string {
  return `'${text.toWellFormed().replace(special, escaped)}'`;
}

function escaped(character: string): string {
  const known = escapes[character];
  if (known !== undefined) return known;
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff
    ? `\\U${code.toString(16).padStart(8, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}
