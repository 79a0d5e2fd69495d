import {appArmorContainerPrefix, validatedPolicyKey} from '../../kube/annotations.ts';
import {isObject, type Json, type JsonObject, printJson} from '../../kube/json.ts';

/** What matters of a pod to PodSecurityPolicy, by the path of each field: what is unset is not there. */
export type PodSecurity = ReadonlyMap<string, string>;

/**
 * The fields of a raw pod that a policy reads or writes, in a form that does not depend on the release:
 * profiles of AppArmor are those that v1.24 keeps in annotations, or those of the fields that came later.
 */
export function securityOf(pod: JsonObject): PodSecurity {
  const spec = objectIn(pod.spec);
  const annotations = objectIn(objectIn(pod.metadata).annotations);
  const {securityContext, ...rest} = pick(spec, podFields);
  const {appArmorProfile: podProfile, ...context} = objectIn(securityContext);
  const found = new Map<string, string>();
  const note = (path: string, value: Json | undefined) => {
    const kept = withoutEmpty(value);
    if (kept !== undefined) found.set(path, printJson(sorted(kept)));
  };
  // These three are off if they are not set.
  for (const [key, value] of Object.entries(rest)) note(`spec.${key}`, value || undefined);
  for (const [key, value] of Object.entries(context)) note(`spec.securityContext.${key}`, value);
  for (const list of ['initContainers', 'containers', 'ephemeralContainers']) {
    for (const container of objectsIn(spec[list])) {
      const at = `spec.${list}[${String(container.name)}]`;
      const {appArmorProfile: own, capabilities, ...fields} = objectIn(container.securityContext);
      const {add, drop} = objectIn(capabilities);
      note(`${at}.securityContext.capabilities.add`, inOrder(add));
      note(`${at}.securityContext.capabilities.drop`, inOrder(drop));
      for (const [key, value] of Object.entries(fields))
        note(`${at}.securityContext.${key}`, value);
      note(`${at}.appArmor`, appArmorOf(annotations, container, own ?? podProfile));
    }
  }
  note(`metadata.annotations.${validatedPolicyKey}`, annotations[validatedPolicyKey]);
  return found;
}

/** A field in which two pods differ; undefined where one of them does not set it. */
export interface FieldDifference {
  readonly field: string;
  readonly expected: string | undefined;
  readonly found: string | undefined;
}

/** Where two pods differ in what matters, by field. */
export function securityDifferences(
  expected: PodSecurity,
  found: PodSecurity,
): readonly FieldDifference[] {
  const fields = [...new Set([...expected.keys(), ...found.keys()])].sort();
  return fields
    .filter(field => expected.get(field) !== found.get(field))
    .map(field => ({field, expected: expected.get(field), found: found.get(field)}));
}

/** Fields of a pod's spec that a policy reads or writes; containers come by themselves. */
const podFields = [
  'hostNetwork',
  'hostPID',
  'hostIPC',
  'runtimeClassName',
  'securityContext',
] as const;

function pick(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.map(key => [key, object[key]]));
}

/** The profile of a container in the words of the annotation (pkg/security/apparmor and pkg/api/pod/util.go). */
function appArmorOf(
  annotations: JsonObject,
  {name}: JsonObject,
  field: Json | undefined,
): Json | undefined {
  const annotated = annotations[`${appArmorContainerPrefix}${String(name)}`];
  if (annotated !== undefined && annotated !== '') return annotated;
  if (!isObject(field)) return undefined;
  switch (field.type) {
    case 'RuntimeDefault':
      return 'runtime/default';
    case 'Unconfined':
      return 'unconfined';
    default:
      return `localhost/${String(field.localhostProfile ?? '')}`;
  }
}

/** The names in an order of their own: for capabilities, theirs means nothing. */
function inOrder(value: Json | undefined): Json | undefined {
  return Array.isArray(value) ? value.map(String).toSorted() : value;
}

/** The value without what the API leaves out: null, and empty strings, lists and objects. */
function withoutEmpty(value: Json | undefined): Json | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value;
  if (!isObject(value)) return value === '' ? undefined : value;
  const kept = Object.entries(value).flatMap(([key, item]) => {
    const inner = withoutEmpty(item);
    return inner === undefined ? [] : [[key, inner] as const];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item ?? null)]));
}

function objectIn(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
