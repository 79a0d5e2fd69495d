import {fieldTypesOf} from './fieldNames.ts';
import {isObject, type Json} from './json.ts';
import {nearName} from './nearNames.ts';

/** A field that Kubernetes does not know at its place: the API server silently drops it. */
export interface UnknownField {
  /** For example `spec.containers[0].securityContex`. */
  readonly path: string;
  /** The field of the same object that it looks like; undefined if none does. */
  readonly near: string | undefined;
}

/**
 * The fields of an object that its kind does not have, as kubectl's strict validation would find them.
 * None for a kind whose fields are not known here. The status is not looked at.
 */
export function unknownFields(kind: string, object: Json): readonly UnknownField[] {
  if (!isObject(object)) return [];
  const {apiVersion: _version, kind: _kind, status: _status, ...rest} = object;
  return unknownIn(kind, rest, '');
}

function unknownIn(type: string, value: Json, at: string): readonly UnknownField[] {
  const fields = fieldTypesOf(type);
  if (fields === undefined) return [];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => unknownIn(type, item, `${at}[${index}]`));
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => {
    const path = at === '' ? name : `${at}.${name}`;
    const fieldType = fields.get(name);
    if (fieldType === undefined) return [{path, near: nearName(name, [...fields.keys()])}];
    return fieldType === '' ? [] : unknownIn(fieldType, item ?? null, path);
  });
}
