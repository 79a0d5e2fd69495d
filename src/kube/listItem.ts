import type {JsonObject} from './json.ts';
import {type LateHead, LateItem} from './protobuf/late.ts';

/** An object of a list as the server sent it: JSON, or protobuf of which the spec is read later. */
export type ListItem = JsonObject | LateItem;

/** What is known of an item without reading its spec; of JSON, that is all of it. */
export function headOf(item: ListItem): JsonObject | LateHead {
  return item instanceof LateItem ? item.head : item;
}

/** The item as JSON; may throw DecodeError. */
export function wholeOf(item: ListItem): JsonObject {
  return item instanceof LateItem ? item.whole() : item;
}

/** The item if its spec is still to be read; undefined if it is JSON. */
export function lateOf(item: ListItem): LateItem | undefined {
  return item instanceof LateItem ? item : undefined;
}
