import type {JsonObject} from './json.ts';
import {HeadItem, type LateHead, LateItem} from './protobuf/late.ts';

/** An object of a list as the server sent it: JSON, or protobuf whose spec is read later. */
export type ListItem = JsonObject | LateItem;

/** An object of a list, perhaps only its metadata, where that was asked for. */
export type ListItemOrHead = ListItem | HeadItem;

/** What is known about an item without reading its spec; for JSON, that is all of it. */
export function headOf(item: ListItemOrHead): JsonObject | LateHead {
  return item instanceof LateItem || item instanceof HeadItem ? item.head : item;
}

/** The item as JSON; may throw DecodeError. */
export function wholeOf(item: ListItem): JsonObject {
  return item instanceof LateItem ? item.whole() : item;
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
