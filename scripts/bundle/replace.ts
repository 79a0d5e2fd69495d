/**
 * The text with `pattern` (global) replaced; throws unless it matches exactly `count` times, so that an
 * upgrade of a package that moves the code can't pass unseen.
 */
export function replaceCounted(
  file: string,
  text: string,
  pattern: RegExp,
  replacement: string,
  count = 1,
): string {
  const found = text.match(pattern)?.length ?? 0;
  if (found !== count) {
    throw new Error(`${file}: ${pattern} matches ${found} times instead of ${count}`);
  }
  return text.replace(pattern, () => replacement);
}
