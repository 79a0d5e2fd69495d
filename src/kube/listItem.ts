import type {JsonObject} from './json.ts';
import {DecodedItem, HeadItem, type LateHead, LateItem} from './protobuf/late.ts';

/** An object of a list as the server sent it: JSON, or protobuf that is decoded or whose spec is read later. */
export type ListItem = JsonObject | LateItem | DecodedItem;

/** An object of a list, perhaps only its metadata, where that was asked for. */
export type ListItemOrHead = ListItem | HeadItem;

/** What is known about an item without reading its spec; for JSON, that is all of it. */
export function headOf(item: ListItemOrHead): JsonObject | LateHead {
  if (item instanceof DecodedItem) return item.object;
  return item instanceof LateItem || item instanceof HeadItem ? item.head : item;
}

/** The item as JSON; may throw DecodeError. */
export function wholeOf(item: ListItem): JsonObject {
  if (item instanceof DecodedItem) return item.object;
  return item instanceof LateItem ? item.whole() : item;
}

/** The item's object if its parts are decoded; undefined if it is JSON, or its spec is still to be read. */
export function decodedOf(item: ListItem): JsonObject | undefined {
  return item instanceof DecodedItem ? item.object : undefined;
}

/** The item if its spec is still to be read; undefined if it is JSON. */
export function lateOf(item: ListItem): LateItem | undefined {
  return item instanceof LateItem ? item : undefined;
}

/** The items of a page, those that came whole apart from those that are metadata alone, each in their order. */
export function partedItems(items: readonly ListItemOrHead[]): {
  readonly whole: readonly ListItem[];
  readonly heads: readonly LateHead[];
} {
  const whole: ListItem[] = [];
  const heads: LateHead[] = [];
  for (const item of items) {
    if (item instanceof HeadItem) heads.push(item.head);
    else whole.push(item);
  }
  return {whole, heads};
}
