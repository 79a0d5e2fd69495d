import type {ClusterReader} from '../inventory/read/reader.ts';
import {isObject, type Json, type JsonObject} from '../kube/json.ts';

/** The server's answer; undefined if there is no such thing, or the caller may not see it. */
export async function ask(client: ClusterReader, path: string): Promise<Json | undefined> {
  try {
    return await client.get(path);
  } catch (error) {
    if (client.isNotFound(error) || client.isForbidden(error)) return undefined;
    throw error;
  }
}

/** The objects of a list in an answer. */
export function itemsIn(value: Json | undefined, key: string): readonly JsonObject[] {
  const items = isObject(value) ? value[key] : undefined;
  return Array.isArray(items) ? items.filter(isObject) : [];
}
