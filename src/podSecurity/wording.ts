import {bytewise} from './order.ts';

/** Items in quotes, with nothing escaped in them (policy/helpers.go, joinQuote). */
export function quoted(items: Iterable<string>): string {
  return Array.from(items, item => `"${item}"`).join(', ');
}

/** Different texts in the order of Go's sets: by their bytes. */
export function sortedSet(items: Iterable<string>): readonly string[] {
  return [...new Set(items)].sort(bytewise);
}

/** The word for so many. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return n === 1 ? one : many;
}

/** `container "a"`, `containers "a", "b"`. */
export function containersText(names: readonly string[]): string {
  return `${plural(names.length, 'container')} ${quoted(names)}`;
}

/** Who says something: `pod`, the containers, or both. */
export function settersText(pod: boolean, containers: readonly string[]): string {
  const setters = [
    ...(pod ? ['pod'] : []),
    ...(containers.length > 0 ? [containersText(containers)] : []),
  ];
  return setters.join(' and ');
}
