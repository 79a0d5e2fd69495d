import {isDeepStrictEqual} from 'node:util';
import {isObject, type Json, type JsonObject} from '../../kube/json.ts';
import {headOf, type ListItem} from '../../kube/listItem.ts';
import type {LateHead} from '../../kube/protobuf/late.ts';
import {decodeLive, type Resource} from '../kinds/resources.ts';

/** The objects of one kind, as they change. */
export interface Collection<T> {
  /** In the order of an inventory; the same array until something in it changes. */
  value(): readonly T[];
  /** Adds or replaces one object as the server sent it; returns its place. May throw. */
  put(apiVersion: string, item: ListItem): string;
  remove(item: JsonObject): void;
  /** Drops the rest. A place is `namespace/name`; the namespace is empty for what is in none. */
  retain(isKept: (place: string) => boolean): void;
}

interface Entry<T> {
  readonly object: T;
  /** Distinguishes versions of the object, even for kinds whose decoded objects have no version. */
  readonly version: string;
}

/** An object whose fields that we read did not change stays the same value. */
export function createCollection<T>(resource: Resource<T>): Collection<T> {
  const entries = new Map<string, Entry<T>>();
  let order: readonly string[] | undefined = [];
  let value: readonly T[] | undefined = [];
  const drop = (place: string): void => {
    if (!entries.delete(place)) return;
    order = undefined;
    value = undefined;
  };
  return {
    value() {
      order ??= [...entries.keys()].sort();
      value ??= order.flatMap(place => entries.get(place)?.object ?? []);
      return value;
    },
    put(apiVersion, item) {
      const {place, version} = identityOf(headOf(item));
      const known = entries.get(place);
      // With servers that send no version, only the comparison is left.
      if (known?.version === version && version !== '') return place;
      const object = decodeLive(resource, apiVersion, item);
      if (known !== undefined && isDeepStrictEqual(known.object, object)) {
        entries.set(place, {object: known.object, version});
        return place;
      }
      entries.set(place, {object, version});
      value = undefined;
      if (known === undefined) order = undefined;
      return place;
    },
    remove: item => drop(identityOf(item).place),
    retain(isKept) {
      for (const place of [...entries.keys()]) if (!isKept(place)) drop(place);
    },
  };
}

function identityOf(object: JsonObject | LateHead): {place: string; version: string} {
  const metadata = object.metadata as Json | undefined;
  if (!isObject(metadata)) return {place: '/', version: ''};
  const {namespace = '', name = '', uid = '', resourceVersion} = metadata;
  return {
    place: `${namespace}/${name}`,
    version: resourceVersion === undefined ? '' : `${uid}@${resourceVersion}`,
  };
}

/** `next`, or `before` itself if both have the very same members. For objects and arrays. */
export function sharing<T extends object>(before: T, next: T): T {
  const keys = Object.keys(next) as (keyof T)[];
  return keys.length === Object.keys(before).length && keys.every(key => before[key] === next[key])
    ? before
    : next;
}
