/** Which of two texts comes first, by their code units: an order for sort() that knows no locale. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** "1 pod", "2 pods"; `many` is the plural of a word that doesn't just take an s. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** A word of a command line, quoted for POSIX shells if it has to be. */
export function shellWord(word: string): string {
  if (/^[\w./:@%+=,-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** A number, or the least that it is: `3+`. */
export function atLeast(number: number, isPartial: boolean): string {
  return isPartial ? `${number}+` : String(number);
}

/** As many characters at once as one writes well. */
const partLength = 2 ** 16;

/** The pieces of a long text joined to parts that are worth writing; few of them are in memory at once. */
export function* inParts(pieces: Iterable<string>): Generator<string, void> {
  let part = '';
  for (const piece of pieces) {
    part += piece;
    if (part.length < partLength) continue;
    yield part;
    part = '';
  }
  if (part !== '') yield part;
}
