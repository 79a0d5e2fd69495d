import {
  appArmorAllowedKey,
  appArmorDefaultKey,
  seccompAllowedKey,
  seccompDefaultKey,
} from '../kube/annotations.ts';
import {isObject, type Json, type JsonObject, parseJson, printJson} from '../kube/json.ts';
import {binding, policySpec, type Rule, role, type Subject} from '../kube/objects.ts';
import {metadataOf} from './change.ts';

/** The annotations that are part of a policy: its seccomp and AppArmor controls. */
export const profileKeys: readonly string[] = [
  seccompAllowedKey,
  seccompDefaultKey,
  appArmorAllowedKey,
  appArmorDefaultKey,
];

/** The fields of a policy's spec, in the API's order. */
export const specKeys: readonly string[] = Object.keys(policySpec({}));

/** What the annotations of this program begin with. */
export const ownAnnotations = 'psp.kubectl/';

/** The fields in which unset and the zero value are different (api v0.24, policy/v1beta1/types.go). */
const pointers = ['defaultAllowPrivilegeEscalation', 'allowPrivilegeEscalation'];

/**
 * A policy's spec in a form that is the same for everything that the server treats as the same: known fields
 * only, in the API's order, without those that it leaves out (`omitempty`), with its one default.
 */
export function normalSpec(spec: Json): JsonObject {
  const known = plain(policySpec(spec));
  const fields = Object.entries({allowPrivilegeEscalation: true, ...known});
  const rest = fields.filter(([key, value]) => pointers.includes(key) || !isZero(value));
  return Object.fromEntries(rest.map(([key, value]) => [key, withoutZeros(value ?? null)]));
}

function withoutZeros(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutZeros);
  if (!isObject(value)) return value;
  const filled = Object.entries(value).filter(([, member]) => !isZero(member));
  return Object.fromEntries(filled.map(([key, member]) => [key, withoutZeros(member ?? null)]));
}

function isZero(value: Json | undefined): boolean {
  const isEmpty = value === '' || (Array.isArray(value) && value.length === 0);
  return isEmpty || value === undefined || value === null || value === false;
}

/** The value as JSON, without what is undefined. */
export function plain(value: object): JsonObject {
  const json = parseJson(printJson(value));
  if (!isObject(json)) throw new TypeError('no object');
  return json;
}

/**
 * The difference between two policies, roles or bindings of a kind and name, in a word; undefined if they
 * mean the same. Labels and other annotations don't count, nor the order of rules and subjects.
 */
export function differenceOf(desired: JsonObject, existing: JsonObject): string | undefined {
  const [a, b] = [meaningOf(desired), meaningOf(existing)];
  return Object.keys(a).find(key => printJson(a[key]) !== printJson(b[key]));
}

function meaningOf(object: JsonObject): Readonly<Record<string, unknown>> {
  switch (object.kind) {
    case 'PodSecurityPolicy': {
      const {annotations} = metadataOf(object);
      const values = profileKeys.map(key => (isObject(annotations) ? annotations[key] : undefined));
      return {spec: normalSpec(object.spec ?? {}), profiles: values.map(value => value ?? null)};
    }
    case 'Role':
    case 'ClusterRole': {
      const {rules = [], aggregationRule} = role(object);
      // Decoded rules have no URLs, but those are rights as well.
      const raw = Array.isArray(object.rules) ? object.rules.filter(isObject) : [];
      const urls = raw.flatMap(({nonResourceURLs}) => nonResourceURLs ?? []);
      return {rules: [rules.map(ruleKey).sort(), urls], aggregation: aggregationRule ?? null};
    }
    case 'ConfigMap':
    case 'MutatingAdmissionPolicy':
    case 'ValidatingAdmissionPolicy': {
      const {annotations} = metadataOf(object);
      const own = Object.entries(isObject(annotations) ? annotations : {}).filter(([key]) =>
        key.startsWith(ownAnnotations),
      );
      return {spec: object.spec ?? null, data: object.data ?? null, annotations: own.sort()};
    }
    default: {
      const {roleRef, subjects = []} = binding(object);
      return {
        role: [roleRef?.kind, roleRef?.name],
        subjects: [...new Set(subjects.map(subjectKey))].sort(),
      };
    }
  }
}

function ruleKey({verbs, apiGroups, resources, resourceNames}: Rule): string {
  const parts = [verbs, apiGroups, resources, resourceNames];
  return printJson(parts.map((part = []) => [...new Set(part)].sort()));
}

/** The server fills in the API groups of subjects (pkg/apis/rbac/v1/defaults.go, v1.24). */
function subjectKey({kind, namespace = '', name}: Subject): string {
  return printJson([kind, namespace, name]);
}
