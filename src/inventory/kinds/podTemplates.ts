import {UserError} from '../../errors.ts';
import {isObject, type Json, type JsonObject} from '../../kube/json.ts';
import {readDocuments} from '../../yaml/documents.ts';

/** The pod templates of an object of a kind that is not Kubernetes' own. */
export interface PodTemplates {
  /** The keys that lead to each of them. */
  readonly found: readonly (readonly string[])[];
  /** Whether there is something else that looks like the spec of a pod. */
  readonly hasOther: boolean;
  /** Whether something in it is a setting of a pod or a container that makes no sense elsewhere. */
  readonly hasSettings: boolean;
  /** Whether a text in it, such as a file in a ConfigMap, holds what looks like the spec of a pod. */
  readonly hasText: boolean;
}

const templateKeys = ['template', 'podTemplate'];

/**
 * Looks for pod templates at any depth: a `template` or `podTemplate` whose spec has containers. Not in
 * metadata and status, which make no pods.
 */
export function podTemplatesIn(value: JsonObject): PodTemplates {
  const found: (readonly string[])[] = [];
  const seen = new Set<object>();
  let hasOther = false;
  let hasSettings = false;
  let hasText = false;
  const look = (node: Json | undefined, path: readonly string[]): void => {
    if (typeof node === 'string') hasText ||= isPodText(node);
    if (typeof node !== 'object' || node === null || seen.has(node)) return;
    seen.add(node); // in YAML the same object may be in many places
    hasOther ||= isPodSpec(node);
    for (const [key, item] of Object.entries(node)) {
      if (path.length === 0 && ['metadata', 'status'].includes(key)) continue;
      const place = [...path, key];
      if (templateKeys.includes(key) && isTemplate(item)) {
        found.push(place);
        continue;
      }
      hasSettings ||= isSetting(key, item);
      look(item, place);
    }
  };
  look(value, []);
  return {found, hasOther, hasSettings, hasText};
}

function isTemplate(value: Json | undefined): boolean {
  return isObject(value) && isObject(value.spec) && Array.isArray(value.spec.containers);
}

function isPodSpec(value: Json): boolean {
  return isObject(value) && ['containers', 'initContainers'].some(key => hasContainers(value[key]));
}

const switches = ['hostNetwork', 'hostPID', 'hostIPC'];

/** A part of a pod, which a controller completes: `podTemplate`, a security context, `hostNetwork: true`. */
function isSetting(key: string, value: Json | undefined): boolean {
  if (switches.includes(key)) return typeof value === 'boolean';
  const isPart = /^pod(?:Template)?(?:Spec)?$|SecurityContext$|^securityContext$/.test(key);
  return isPart && isObject(value) && Object.keys(value).length > 0;
}

/** Containers have images; lists of container names, or of patches to containers, have none. */
function hasContainers(value: Json | undefined): boolean {
  return Array.isArray(value) && value.some(item => isObject(item) && Boolean(item.image));
}

/** A list of containers as YAML or JSON has it; prose and code rarely do. */
const containersKey = /(?:^|[\s{,])["']?(?:initContainers|containers)["']?\s*:\s*(?:\[|#|\{\{|$)/m;

/** Whether a text that is YAML or JSON, or a template of it, holds what looks like the spec of a pod. */
function isPodText(text: string): boolean {
  if (!containersKey.test(text)) return false;
  try {
    return readDocuments(text, '').some(({value}) => holdsPodSpec(value));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return /\bimage["']?\s*:/.test(text);
  }
}

function holdsPodSpec(value: Json | undefined): boolean {
  if (typeof value === 'string') return isPodText(value);
  if (typeof value !== 'object' || value === null) return false;
  if (isPodSpec(value) || isTemplate(value)) return true;
  return Object.values(value).some(holdsPodSpec);
}

/** What distinguishes the template at these keys from others of its object: `nodeSets[0]`, `headGroupSpec`. */
export function partOf(path: readonly string[]): string {
  const keys = path[0] === 'spec' ? path.slice(1) : path;
  const inner =
    keys.length > 1 && templateKeys.includes(keys.at(-1) ?? '') ? keys.slice(0, -1) : keys;
  return inner
    .map((key, index) => (/^\d+$/.test(key) ? `[${key}]` : index === 0 ? key : `.${key}`))
    .join('');
}
