import type {Gap, Inventory} from '../inventory/inventory.ts';
import type {Item} from '../inventory/submissions/items.ts';
import {type UnreadPlaces, unreadPlaces} from '../inventory/unreadPlaces.ts';
import {type Gain, gainsOf} from './gains.ts';
import {turnOf} from './impact.ts';
import {reachOf} from './reach.ts';
import {type Rewrite, rewritesOf, type Treated} from './rewrites.ts';

/** What a person is to know and to answer before a change is made. */
export interface ChangeQuestion {
  /** Whether a name has to be typed; else y or n will do. */
  readonly mustType: boolean;
  /** Let in before, and not after. */
  readonly denied: readonly Item[];
  /** Of which nobody can tell whether they would be denied. */
  readonly unknown: readonly Item[];
  readonly gains: readonly Gain[];
  /** Where more runs, or may, of which nobody can tell as it was not read; undefined: nowhere. */
  readonly unread: UnreadPlaces | undefined;
  /** What was not read, where that leaves an answer open. */
  readonly gaps: readonly Gap[];
  /** What is written into pods: worth a warning, as it may keep an image from running. */
  readonly rewrites: readonly Rewrite[];
}

/** A change, and the pods and workloads that it treats differently. */
export interface JudgedChange {
  readonly before: Inventory;
  readonly after: Inventory;
  readonly treated: readonly Treated[];
}

/**
 * How to ask for a change, in proportion: y or n for what denies nobody and opens nothing beyond the
 * `restricted` standard; a name to type for what denies, can't be judged, or goes beyond it.
 */
export function questionFor({before, after, treated}: JudgedChange): ChangeQuestion {
  const turned = (turn: 'denied' | 'unknown') =>
    treated.filter(each => each.before && each.after && turnOf(each.before, each.after) === turn);
  const denied = turned('denied');
  // What gets in by a policy that is unknown is not denied.
  const unknown = turned('unknown').filter(({after: now}) => now?.allowed === undefined);
  const gains = gainsOf(before, after);
  const unread = unreadPlaces(before, reachOf(before, after));
  return {
    mustType: denied.length + unknown.length + gains.length > 0 || unread !== undefined,
    denied: denied.map(({item}) => item),
    unknown: unknown.map(({item}) => item),
    gains,
    unread,
    gaps: unknown.length > 0 || unread !== undefined ? before.gaps : [],
    rewrites: rewritesOf(treated),
  };
}
