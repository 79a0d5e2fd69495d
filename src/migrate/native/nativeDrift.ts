import {isOfEffect, nativeEffect} from '../../inventory/gaps.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import {
  driftText,
  makeAgain,
  type NativeDrift,
  type NativeFacts,
  type TriedPolicies,
} from '../../inventory/native/nativeFacts.ts';
import {policiesOfNativeObjects} from '../../inventory/native/nativePolicies.ts';
import {type UntriedGrant, untriedGrants} from '../../inventory/native/untriedGrants.ts';
import {isObject, type Json, type JsonObject} from '../../kube/json.ts';
import {weaklyKeyed} from '../../once.ts';
import {candidatesIn, namesIn} from './candidates.ts';
import {isAdmissionPolicy, markIn, markNow, withoutDefaults} from './madeMark.ts';
import {nativeObjectsBy} from './nativeObjects.ts';

/**
 * What the admission policies of a cluster are, compared with what their own sources come to: what differs does
 * something that is not known here. Which policies are tried where is taken from them as it is. undefined if they
 * are none of this program, or don't say what they were made from.
 */
export const nativeFactsOf = weaklyKeyed(
  (objects: readonly JsonObject[]): NativeFacts | undefined => {
    const found = policiesOfNativeObjects(objects);
    if (found === undefined || 'problem' in found) return undefined;
    if (found.options === undefined) {
      return {drift: {cause: 'edited', places: ['they do not say how they were made']}, tried: []};
    }
    const tried: TriedPolicies[] = [];
    const candidatesOf = candidatesIn(objects);
    const {objects: made} = nativeObjectsBy(found.policies, found.options, run => {
      const candidates = candidatesOf(run);
      if (candidates !== undefined) tried.push({names: namesIn(run), candidates});
      return candidates;
    });
    return {drift: driftOf(made, objects), tried};
  },
);

function driftOf(
  made: readonly JsonObject[],
  found: readonly JsonObject[],
): NativeDrift | undefined {
  const places = made.filter(isAdmissionPolicy).flatMap(object => {
    const key = keyOf(object);
    const there = found.find(other => keyOf(other) === key);
    return there === undefined
      ? [`${key} is not there`]
      : placesIn(withoutDefaults(object.spec ?? {}), withoutDefaults(there.spec ?? {}), 'spec').map(
          place => `${key} differs in ${place}`,
        );
  });
  if (places.length === 0) return undefined;
  const [mark, now] = [markIn(found), markNow(found)];
  const cause =
    mark === undefined
      ? 'unknown'
      : mark.objects !== now.objects
        ? 'edited'
        : mark.policies !== now.policies
          ? 'sources'
          : 'version';
  return {cause, places};
}

function keyOf({kind, metadata}: JsonObject): string {
  return `${kind} ${isObject(metadata) ? metadata.name : ''}`;
}

/** Where something was found that was not wanted, or not. */
function placesIn(
  wanted: Json | undefined,
  found: Json | undefined,
  place: string,
): readonly string[] {
  if (Array.isArray(wanted) && Array.isArray(found) && wanted.length === found.length) {
    return wanted.flatMap((one, index) => placesIn(one, found[index], `${place}[${index}]`));
  }
  if (isObject(wanted) && isObject(found)) {
    return Object.keys({...wanted, ...found}).flatMap(key =>
      placesIn(wanted[key], found[key], `${place}.${key}`),
    );
  }
  return wanted === found ? [] : [place];
}

/**
 * A right that counts for nothing, because admission policies that put many policies together were made before it
 * was granted; undefined if there is none among the rights that were read.
 */
function untriedIn({native, rbac}: Pick<Inventory, 'native' | 'rbac'>): string | undefined {
  const [untried] = untriedGrants(native?.tried ?? [], rbac);
  return untried && untriedText(untried);
}

function untriedText({policy, namespace}: UntriedGrant): string {
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
  return `they were made before policy ${policy} was granted${where}, and don't try it there`;
}

/** What is to be known of a change of rights: that it counts for nothing yet. */
export function untriedNotes(before: Inventory, after: Inventory): readonly string[] {
  const tried = after.native?.tried ?? [];
  const known = new Set(untriedGrants(tried, before.rbac).map(untriedText));
  const [late] = untriedGrants(tried, after.rbac).filter(one => !known.has(untriedText(one)));
  if (late === undefined) return [];
  return [
    `the policies live in admission policies, and ${untriedText(late)}: the grant counts once ${makeAgain} has made them again`,
  ];
}

/**
 * The inventory, with what its admission policies are compared with their sources, and a gap where that leaves
 * open what they do.
 */
export function withNativeFacts(inventory: Inventory): Inventory {
  const {admissionPolicies, gaps} = inventory;
  const native = admissionPolicies && nativeFactsOf(admissionPolicies);
  if (native === undefined) return inventory;
  const others = gaps.some(isOfEffect) ? gaps.filter(gap => !isOfEffect(gap)) : gaps;
  const known = {...inventory, native, gaps: others};
  const doubt = native.drift ? driftText(native.drift) : untriedIn(known);
  if (doubt === undefined) return known;
  const reason = `${doubt}; ${makeAgain} makes them again`;
  return {...known, gaps: [...others, {resource: nativeEffect, namespace: undefined, reason}]};
}
