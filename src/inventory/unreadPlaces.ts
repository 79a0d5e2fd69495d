import {isUnreadIn} from '../rbac/unreadRbac.ts';
import {count} from '../text.ts';
import {isAbsence, runningKinds} from './gaps.ts';
import {type Gap, type Inventory, namespacesOf} from './inventory.ts';

/** Where pods or workloads may be of which nothing is known, so that nobody can say what becomes of them. */
export type UnreadPlaces =
  /** In so many namespaces; undefined: in any that can't be listed. */
  | {readonly kind: 'namespaces'; readonly count: number | undefined}
  /** The files hold no pods and no workloads at all. */
  | {readonly kind: 'files'};

/**
 * Where something may run that was not read, of the namespaces that are given (undefined: of all);
 * undefined if there is no such place.
 */
export function unreadPlaces(
  inventory: Inventory,
  reached?: ReadonlySet<string>,
): UnreadPlaces | undefined {
  const kinds = new Set<string>(runningKinds.map(({plural}) => plural));
  const gaps = inventory.gaps.filter(({resource}) => kinds.has(resource));
  if (gaps.length === 0) return undefined;
  const unread = gaps.filter(gap => !isAbsence(gap));
  if (unread.length === 0) return {kind: 'files'};
  const isUnlisted = inventory.namespaces.length === 0 && unread.some(isEverywhere);
  if (isUnlisted && reached === undefined) return {kind: 'namespaces', count: undefined};
  const named = unread.flatMap(({namespace}) => namespace ?? []);
  const known = new Set([...namespacesOf(inventory), ...named, ...(reached ?? [])]);
  const places = [...known].filter(
    name =>
      (reached === undefined || reached.has(name)) && unread.some(gap => isUnreadIn(gap, name)),
  );
  return places.length === 0 ? undefined : {kind: 'namespaces', count: places.length};
}

/** What can't be said of an impact: "unknown for what runs in 14 namespaces that you may not read". */
export function unreadText(places: UnreadPlaces): string {
  if (places.kind === 'files') return 'unknown for what runs: the files have no pods or workloads';
  return places.count === undefined
    ? 'unknown for what runs in the namespaces that you may not read'
    : `unknown for what runs in ${count(places.count, 'namespace')} that you may not read`;
}

/** The same in a few words, for a line that says more: "unknown in 14 namespaces". */
export function unreadHint(places: UnreadPlaces): string {
  if (places.kind === 'files') return 'unknown for what runs';
  return places.count === undefined
    ? 'unknown in other namespaces'
    : `unknown in ${count(places.count, 'namespace')}`;
}

function isEverywhere({namespace}: Gap): boolean {
  return namespace === undefined;
}
