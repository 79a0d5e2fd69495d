import {createHash} from 'node:crypto';
import {policiesOfNativeObjects} from '../../inventory/native/nativePolicies.ts';
import {sourceTexts} from '../../inventory/native/sources.ts';
import {isObject, type Json, type JsonObject, printJson} from '../../kube/json.ts';
import type {Policy} from '../../kube/objects.ts';
import {byText} from '../../text.ts';

/** Where an admission policy says what it and the other one were when they were made. */
export const madeKey = 'psp.kubectl/made';

/** Digests of the objects and of the policies that they keep: who edits one changes no digest. */
export interface MadeMark {
  readonly objects: string;
  readonly policies: string;
}

/** The mark of objects that are made of these policies. */
export function markOf(objects: readonly JsonObject[], policies: readonly Policy[]): MadeMark {
  const specs = objects
    .filter(isAdmissionPolicy)
    .map(({kind, spec}) => [String(kind), withoutDefaults(spec ?? {})] as const);
  return {
    objects: digestOf(specs.sort(([a], [b]) => byText(a, b))),
    policies: digestOf(sourceTexts(policies)),
  };
}

/** The mark that the objects of a cluster carry; undefined if they have none that can be read. */
export function markIn(objects: readonly JsonObject[]): MadeMark | undefined {
  for (const {metadata} of objects.filter(isAdmissionPolicy)) {
    const annotations = isObject(metadata) ? metadata.annotations : undefined;
    const text = isObject(annotations) ? annotations[madeKey] : undefined;
    if (typeof text !== 'string') continue;
    const [whole, own = '', kept = ''] = /^objects=(\w+) policies=(\w+)$/.exec(text) ?? [];
    return whole === undefined ? undefined : {objects: own, policies: kept};
  }
  return undefined;
}

/** What the objects of a cluster are now, to be compared with their mark. */
export function markNow(objects: readonly JsonObject[]): MadeMark {
  const found = policiesOfNativeObjects(objects);
  return markOf(objects, found === undefined || 'problem' in found ? [] : found.policies);
}

/** A mark as an annotation has it. */
export function markText({objects, policies}: MadeMark): string {
  return `objects=${objects} policies=${policies}`;
}

/** Whether it is one of the two that do something, rather than a binding or a ConfigMap. */
export function isAdmissionPolicy({kind}: JsonObject): boolean {
  return /AdmissionPolicy$/.test(String(kind));
}

/** What the server fills in by itself (pkg/apis/admissionregistration/v1/defaults.go, v1.37). */
const defaults: Readonly<Record<string, Json>> = {matchPolicy: 'Equivalent', scope: '*'};

/** A value without what the server fills in, its keys in one order: two that mean the same are the same. */
export function withoutDefaults(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutDefaults);
  if (!isObject(value)) return value;
  const entries = Object.entries(value)
    .map(([key, inner]) => [key, withoutDefaults(inner ?? null)] as const)
    .filter(([key, inner]) => defaults[key] !== inner && !isEmpty(inner));
  return Object.fromEntries(entries.sort(([a], [b]) => byText(a, b)));
}

function isEmpty(value: Json): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(printJson(value)).digest('hex').slice(0, 32);
}
