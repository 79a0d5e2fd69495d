import {isObject, type Json, type JsonObject, parseJson, printJson} from '../kube/json.ts';

/** Where `kubectl apply` keeps what it applied last. */
export const lastAppliedKey = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * One field of an object, below `spec` or `metadata.annotations`, or at its top; without a value, it is
 * removed.
 */
export interface FieldChange {
  readonly in: 'spec' | 'annotations' | 'top';
  readonly key: string;
  readonly value: Json | undefined;
}

/**
 * What `kubectl apply` would have left in its annotation, had these changes been in the file: only they
 * are added, and what the file left to defaults stays that way. An annotation that `kubectl apply` can't
 * read either stays as it is.
 */
export function rewriteLastApplied(text: string, changes: readonly FieldChange[]): string {
  let old: Json;
  try {
    old = parseJson(text);
  } catch {
    return text;
  }
  if (!isObject(old)) return text;
  const metadata = isObject(old.metadata) ? old.metadata : {};
  // kubectl writes the annotations even where there are none.
  const annotations = changed(metadata.annotations, changes, 'annotations');
  // Objects of RBAC have no spec.
  const hasSpec = old.spec !== undefined || changes.some(change => change.in === 'spec');
  const spec = hasSpec ? changed(old.spec, changes, 'spec') : undefined;
  return encoded({...changed(old, changes, 'top'), metadata: {...metadata, annotations}, spec});
}

function changed(
  value: Json | undefined,
  changes: readonly FieldChange[],
  part: FieldChange['in'],
): JsonObject {
  const due = changes.filter(change => change.in === part);
  const fields = Object.fromEntries(due.map(({key, value}) => [key, value]));
  return {...(isObject(value) ? value : {}), ...fields};
}

const escaped = /[<>&\u2028\u2029]/g;

/**
 * As Go's JSON encoder writes a map: keys sorted, no spaces, some characters escaped, a line break
 * (kubectl v0.24, pkg/util/apply.go, GetModifiedConfiguration).
 */
function encoded(object: JsonObject): string {
  const text = printJson(sorted(object)).replace(
    escaped,
    character => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
  return `${text}\n`;
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(
    keys.flatMap(key => {
      const member = value[key];
      return member === undefined ? [] : [[key, sorted(member)]];
    }),
  );
}
