import type {Inventory} from '../../inventory/inventory.ts';
import {nativeHomeOf} from '../../inventory/native/nativeHome.ts';
import {admissionGap, unreadSources} from '../../inventory/read/readNative.ts';
import {isObject, type Json, type JsonObject} from '../../kube/json.ts';
import {weaklyKeyed} from '../../once.ts';
import {type Candidates, candidatesIn, untriedGrant} from './candidates.ts';
import {nativeObjectsBy} from './nativeObjects.ts';
import type {PolicyRun} from './runs.ts';

/** What they are made from and what they are. */
type Made = Pick<Inventory, 'admissionPolicies' | 'policies' | 'rbac'>;

/**
 * In what the admission policies of a cluster differ from what their own sources come to; undefined if in
 * nothing, or if there are none. What differs does something that is not known here. Which policies are tried
 * where is taken from them as it is: see untriedIn().
 */
export function nativeDrift(made: Made): string | undefined {
  return comparison(made).drift;
}

/** What the comparison with their sources gives, and which policies they try where of those put together. */
interface Comparison {
  readonly drift: string | undefined;
  readonly tried: ReadonlyMap<PolicyRun, Candidates>;
}

const comparison = weaklyKeyed(({admissionPolicies, policies}: Made): Comparison => {
  const tried = new Map<PolicyRun, Candidates>();
  const home = admissionPolicies && nativeHomeOf(admissionPolicies);
  if (admissionPolicies === undefined || home === undefined) return {drift: undefined, tried};
  if (home.options === undefined) return {drift: 'they do not say how they were made', tried};
  const found = candidatesIn(admissionPolicies);
  const made = nativeObjectsBy(policies, home.options, run => {
    const candidates = found(run);
    if (candidates !== undefined) tried.set(run, candidates);
    return candidates;
  });
  return {drift: differenceOf(made.objects, admissionPolicies), tried};
});

function differenceOf(
  made: readonly JsonObject[],
  found: readonly JsonObject[],
): string | undefined {
  const keyOf = ({kind, metadata}: JsonObject) =>
    `${kind} ${isObject(metadata) ? metadata.name : ''}`;
  for (const object of made.filter(isPolicy)) {
    const there = found.find(other => keyOf(other) === keyOf(object));
    if (there === undefined) return `${keyOf(object)} is not there`;
    const place = differingPlace(object.spec, there.spec, 'spec');
    if (place !== undefined) return `${keyOf(object)} differs in ${place}`;
  }
  return undefined;
}

/**
 * A right that counts for nothing, because admission policies that put many policies together were made before it
 * was granted; undefined if there is none among the rights that were read.
 */
export const untriedIn = weaklyKeyed((made: Made): string | undefined => {
  for (const [run, known] of comparison(made).tried) {
    const untried = untriedGrant(run, known, made.rbac);
    if (untried === undefined) continue;
    const where = untried.namespace === undefined ? '' : ` in namespace ${untried.namespace}`;
    return `they were made before policy ${untried.policy} was granted${where}, and don't try it there`;
  }
  return undefined;
});

/** What is to be known of a change of rights: that it counts for nothing yet. */
export function untriedNotes(before: Inventory, after: Inventory): readonly string[] {
  const untried = untriedIn(before) === undefined ? untriedIn(after) : undefined;
  if (untried === undefined) return [];
  const again = 'the grant counts once kubectl psp migrate policies --apply makes them again';
  return [`the policies live in admission policies, and ${untried}: ${again}`];
}

function isPolicy({kind}: JsonObject): boolean {
  return /AdmissionPolicy$/.test(String(kind));
}

/** What the server fills in by itself (pkg/apis/admissionregistration/v1/defaults.go, v1.37). */
const defaults: Readonly<Record<string, Json>> = {matchPolicy: 'Equivalent', scope: '*'};

/** Where something was found that was not wanted, or not; undefined if nowhere. */
function differingPlace(
  wanted: Json | undefined,
  found: Json | undefined,
  place: string,
): string | undefined {
  if (Array.isArray(wanted) && Array.isArray(found) && wanted.length === found.length) {
    return first(
      wanted.map((one, index) => () => differingPlace(one, found[index], `${place}[${index}]`)),
    );
  }
  if (isObject(wanted) && isObject(found)) {
    return first(
      Object.keys({...wanted, ...found}).map(key => () => {
        const filled = defaults[key] === found[key] || isEmpty(found[key]);
        return wanted[key] === undefined && filled
          ? undefined
          : differingPlace(wanted[key], found[key], `${place}.${key}`);
      }),
    );
  }
  return wanted === found ? undefined : place;
}

function first(places: readonly (() => string | undefined)[]): string | undefined {
  for (const place of places) {
    const found = place();
    if (found !== undefined) return found;
  }
  return undefined;
}

function isEmpty(value: Json | undefined): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

/** The inventory, with a gap where its admission policies are not what they say they are. */
export function withNativeDrift(inventory: Inventory): Inventory {
  const isUnread = inventory.gaps.some(({reason}) => reason.startsWith(unreadSources));
  if (isUnread) return inventory;
  const edited = nativeDrift(inventory);
  const drift = edited ? `${edited}: edited, or made by another version` : untriedIn(inventory);
  if (drift === undefined) return inventory;
  const reason = `${drift}; kubectl psp migrate policies makes them again`;
  return {...inventory, gaps: [...inventory.gaps, {...admissionGap, reason}]};
}
