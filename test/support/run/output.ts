import {
  isObject,
  type Json,
  type JsonObject,
  parseJson,
  printJson,
} from '../../../src/kube/json.ts';

/** The items of a document of machine output. */
export function itemsOf(text: string): readonly JsonObject[] {
  const items = objectOf(parseJson(text)).items;
  if (!Array.isArray(items)) throw new Error('no items');
  return items.filter(isObject);
}

/** The value, if it is an object; fails if not. */
export function objectOf(value: Json | undefined): JsonObject {
  if (!isObject(value)) throw new Error(`not an object: ${printJson(value)}`);
  return value;
}
