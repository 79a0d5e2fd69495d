import {isDeepStrictEqual} from 'node:util';
import {isObject, type Json, type JsonObject} from '../../kube/json.ts';
import {headOf, type ListItem} from '../../kube/listItem.ts';
import type {LateHead} from '../../kube/protobuf/late.ts';
import {byText} from '../../text.ts';
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

/**
 * An object whose fields that we read did not change stays the same value. It is kept by namespace: where a few of
 * many thousands of objects change, only theirs are put in order again.
 */
export function createCollection<T>(resource: Resource<T>): Collection<T> {
  const parts = createParts<T>();
  let value: readonly T[] | undefined = [];
  const drop = (namespace: string, name: string): void => {
    if (parts.drop(namespace, name)) value = undefined;
  };
  return {
    value() {
      value ??= parts.inOrder().flatMap(listOf);
      return value;
    },
    put(apiVersion, item) {
      const {namespace, name, version} = identityOf(headOf(item));
      const place = `${namespace}/${name}`;
      const part = parts.at(namespace);
      const known = part.entries.get(name);
      // With servers that send no version, only the comparison is left.
      if (known?.version === version && version !== '') return place;
      const read = decodeLive(resource, apiVersion, item);
      const object = known === undefined ? read : again(resource, known.object, read);
      part.entries.set(name, {object, version});
      if (object === known?.object) return place;
      if (known === undefined) part.names = undefined;
      part.value = undefined;
      value = undefined;
      return place;
    },
    remove(item) {
      const {namespace, name} = identityOf(item);
      drop(namespace, name);
    },
    retain(isKept) {
      for (const [namespace, name] of parts.places()) {
        if (!isKept(`${namespace}/${name}`)) drop(namespace, name);
      }
    },
  };
}

/** What is in one namespace, by name, and the same as a list; the list is undefined where it has changed since. */
interface Part<T> {
  readonly entries: Map<string, Entry<T>>;
  names: readonly string[] | undefined;
  value: readonly T[] | undefined;
}

function createParts<T>() {
  const parts = new Map<string, Part<T>>();
  let order: readonly Part<T>[] | undefined;
  return {
    /** In the order of places: those of `a-b` come before those of `a`. */
    inOrder(): readonly Part<T>[] {
      order ??= [...parts]
        .map(([namespace, part]) => ({start: `${namespace}/`, part}))
        .sort((one, other) => byText(one.start, other.start))
        .map(({part}) => part);
      return order;
    },
    places: () =>
      [...parts].flatMap(([namespace, {entries}]) =>
        [...entries.keys()].map(name => [namespace, name] as const),
      ),
    at(namespace: string): Part<T> {
      const known = parts.get(namespace);
      if (known !== undefined) return known;
      const made = {entries: new Map<string, Entry<T>>(), names: undefined, value: undefined};
      parts.set(namespace, made);
      order = undefined;
      return made;
    },
    /** Whether there was anything to drop. */
    drop(namespace: string, name: string): boolean {
      const part = parts.get(namespace);
      if (!part?.entries.delete(name)) return false;
      part.names = undefined;
      part.value = undefined;
      if (part.entries.size === 0) {
        parts.delete(namespace);
        order = undefined;
      }
      return true;
    },
  };
}

function listOf<T>(part: Part<T>): readonly T[] {
  part.names ??= [...part.entries.keys()].sort();
  part.value ??= part.names.flatMap(name => part.entries.get(name)?.object ?? []);
  return part.value;
}

/** What is kept of an object that was known and came again. */
function again<T>({again}: Resource<T>, before: T, now: T): T {
  if (again !== undefined) return again(before, now);
  return isDeepStrictEqual(before, now) ? before : now;
}

function identityOf(object: JsonObject | LateHead): {
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
} {
  const metadata = object.metadata as Json | undefined;
  const {namespace, name, uid = '', resourceVersion} = isObject(metadata) ? metadata : {};
  return {
    namespace: String(namespace ?? ''),
    name: String(name ?? ''),
    version: resourceVersion === undefined ? '' : `${uid}@${resourceVersion}`,
  };
}

/** `next`, or `before` itself if both have the very same members. For objects and arrays. */
export function sharing<T extends object>(before: T, next: T): T {
  if (Array.isArray(before) && Array.isArray(next)) {
    const isSame = before.length === next.length && next.every((one, at) => one === before[at]);
    return isSame ? before : next;
  }
  const keys = Object.keys(next) as (keyof T)[];
  return keys.length === Object.keys(before).length && keys.every(key => before[key] === next[key])
    ? before
    : next;
}
