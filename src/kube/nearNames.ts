/**
 * The end of a "there is no such name" message: the names that look like `wanted`, else the first
 * few that exist, else that there are none. `what` is the plural of the thing: "contexts".
 */
export function nearNames(wanted: string, names: readonly string[], what: string): string {
  if (names.length === 0) return `there are no ${what}`;
  const near = nearest(wanted, names)
    .slice(0, 3)
    .map(name => JSON.stringify(name));
  if (near.length > 0) return `did you mean ${near.join(' or ')}?`;
  const shown = names.slice(0, 5).map(name => JSON.stringify(name));
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : '';
  return `there are ${shown.join(', ')}${more}`;
}

/** The one name that looks most like `wanted`; undefined if none looks like it. */
export function nearName(wanted: string, names: readonly string[]): string | undefined {
  return nearest(wanted, names)[0];
}

/**
 * The one name that `wanted` could be a slip of: one letter off, or two in a longer word, or its beginning;
 * undefined if there is none. Stricter than nearName, for words that mean something by themselves.
 */
export function similarName(wanted: string, names: readonly string[]): string | undefined {
  const most = wanted.length < 5 ? 1 : 2;
  const [best] = names
    .map(name => ({name, letters: slips(wanted.toLowerCase(), name.toLowerCase())}))
    .filter(({name, letters}) => letters <= most || (wanted.length > 1 && name.startsWith(wanted)))
    .toSorted((a, b) => a.letters - b.letters);
  return best?.name;
}

/** As `distance`, but two letters that changed their places are one slip. */
function slips(from: string, to: string): number {
  const swapped = Array.from(from.slice(1), (_, i) =>
    [from.slice(0, i), from[i + 1], from[i], from.slice(i + 2)].join(''),
  );
  return Math.min(distance(from, to), swapped.includes(to) ? 1 : Number.POSITIVE_INFINITY);
}

/** The names that look like `wanted`, the most alike first. */
function nearest(wanted: string, names: readonly string[]): readonly string[] {
  return names
    .map(name => ({name, distance: distance(wanted.toLowerCase(), name.toLowerCase())}))
    .filter(({name, distance}) => distance <= Math.max(2, wanted.length / 4) || holds(name, wanted))
    .toSorted((a, b) => a.distance - b.distance)
    .map(({name}) => name);
}

function holds(name: string, wanted: string): boolean {
  return wanted.length >= 3 && name.toLowerCase().includes(wanted.toLowerCase());
}

/** How many letters to add, drop or change (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({length: to.length + 1}, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const changed = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
