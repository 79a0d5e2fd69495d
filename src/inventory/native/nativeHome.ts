import {isObject, type Json, type JsonObject} from '../../kube/json.ts';
import {weaklyKeyed} from '../../once.ts';
import type {AskedForUse} from '../../rbac/leaks.ts';
import type {Inventory} from '../inventory.ts';
import {nativeName, policiesOfNativeObjects, staticSuffix} from './nativePolicies.ts';
import type {NativeOptions} from './options.ts';

/** What admission policies that were made from PodSecurityPolicies do with the pods of a namespace. */
export type NativeForce =
  /** They choose a policy, write its defaults and refuse what none takes, as PodSecurityPolicy did. */
  | 'full'
  /** They refuse what no policy takes as it is. */
  | 'validate'
  /** They choose a policy and write its defaults, and refuse nothing. */
  | 'writes'
  /** They do nothing that counts. */
  | 'none'
  /** That can't be told. */
  | 'unknown';

/** Where the policies of a cluster live that serves no PodSecurityPolicies: in admission policies. */
export interface NativeHome {
  /** undefined if they don't say how they were made. */
  readonly options: NativeOptions | undefined;
  /** Whether there is a namespace in which they refuse pods, or may. */
  readonly isInForce: boolean;
  /** Whether there is a namespace in which they write defaults, or may. */
  readonly mayWrite: boolean;
  /** Whether they do the same everywhere. */
  readonly isUniform: boolean;
  /** Whether nothing writes the defaults of the policies, though it was made to be. */
  readonly lacksDefaults: boolean;
  /** The bindings that say more than which namespaces they are for, with what they say: nobody looks into that. */
  readonly odd: readonly OddBinding[];
  /** What they do in a namespace with these labels; undefined labels are not known. */
  force(labels: Readonly<Record<string, string>> | undefined): NativeForce;
}

/** A binding that reaches only some pods. */
export interface OddBinding {
  readonly kind: string;
  readonly name: string;
  /** What of it says so, such as `objectSelector`. */
  readonly fields: readonly string[];
}

/** Where the policies of an inventory live; undefined if that is in no admission policies. */
export function nativeHomeIn({
  admissionPolicies,
}: Pick<Inventory, 'admissionPolicies'>): NativeHome | undefined {
  return admissionPolicies && nativeHomeOf(admissionPolicies);
}

/** Whether policies live in admission policies, whose expressions ask the server's own authorizer. */
export function askedIn({admissionPolicies}: Pick<Inventory, 'admissionPolicies'>): AskedForUse {
  return admissionPolicies === undefined ? 'rbac' : 'authorizer';
}

/** The home of policies in these objects; undefined if they are none of this program. */
export const nativeHomeOf = weaklyKeyed(
  (objects: readonly JsonObject[]): NativeHome | undefined => {
    const found = policiesOfNativeObjects(objects);
    if (found === undefined) return undefined;
    const options = 'problem' in found ? undefined : found.options;
    const denies = reachesOf(objects, 'ValidatingAdmissionPolicyBinding').filter(({actions}) =>
      actions.includes('Deny'),
    );
    const writes = reachesOf(objects, 'MutatingAdmissionPolicyBinding');
    return {
      options,
      isInForce: denies.length > 0,
      mayWrite: writes.length > 0,
      isUniform: [...denies, ...writes].every(
        ({selector, odd}) => selector === undefined && odd.length === 0,
      ),
      lacksDefaults: options?.mode === 'full' && denies.length > 0 && writes.length === 0,
      odd: [...denies, ...writes].flatMap(({kind, name, odd}) =>
        odd.length === 0 ? [] : [{kind, name, fields: odd}],
      ),
      force(labels) {
        const [isDenied, isWritten] = [isReached(denies, labels), isReached(writes, labels)];
        if (isDenied === undefined || isWritten === undefined) return 'unknown';
        if (!isDenied) return isWritten ? 'writes' : 'none';
        if (options?.mode === 'validate') return 'validate';
        if (options?.mode !== 'full') return 'unknown';
        return isWritten ? 'full' : 'validate';
      },
    };
  },
);

/** Whether an object is one of those that policies live in, or binds them. */
export function isNative({kind, metadata, spec}: JsonObject): boolean {
  const name = isObject(metadata) ? metadata.name : undefined;
  const bound = isObject(spec) ? spec.policyName : undefined;
  const isOurs = (one: Json | undefined) => one === nativeName || one === nativeName + staticSuffix;
  return /Binding$/.test(String(kind)) ? isOurs(bound) : isOurs(name);
}

/** What a binding reaches. */
interface Reach {
  readonly kind: string;
  readonly name: string;
  readonly actions: readonly Json[];
  /** undefined: all namespaces. */
  readonly selector: JsonObject | undefined;
  /** What else it says about what it reaches, which is not looked into. */
  readonly odd: readonly string[];
}

function reachesOf(objects: readonly JsonObject[], kind: string): readonly Reach[] {
  return objects
    .filter(object => object.kind === kind && isNative(object))
    .map(({spec, metadata}) => {
      const {validationActions, matchResources, paramRef} = isObject(spec) ? spec : {};
      const {namespaceSelector, objectSelector, resourceRules, excludeResourceRules} = isObject(
        matchResources,
      )
        ? matchResources
        : {};
      const others = {objectSelector, resourceRules, excludeResourceRules, paramRef};
      return {
        kind,
        name: isObject(metadata) ? String(metadata.name) : '',
        actions: Array.isArray(validationActions) ? validationActions : [],
        selector:
          isObject(namespaceSelector) && !isEmpty(namespaceSelector)
            ? namespaceSelector
            : undefined,
        odd: Object.entries(others).flatMap(([field, one]) =>
          one !== undefined && !isEmpty(one) ? [field] : [],
        ),
      };
    });
}

function isEmpty(value: Json): boolean {
  return (
    value === null ||
    (Array.isArray(value) && value.length === 0) ||
    (isObject(value) && Object.keys(value).length === 0)
  );
}

/** Whether one of them reaches a namespace; undefined if that is not known. */
function isReached(
  reaches: readonly Reach[],
  labels: Readonly<Record<string, string>> | undefined,
): boolean | undefined {
  const each = reaches.map(({selector, odd}) => {
    const isOdd = odd.length > 0;
    if (selector === undefined) return isOdd ? undefined : true;
    const selects = labels === undefined ? undefined : isSelected(selector, labels);
    return selects === false ? false : isOdd ? undefined : selects;
  });
  if (each.includes(true)) return true;
  return each.includes(undefined) ? undefined : false;
}

/** Whether a label selector of the API takes these labels; undefined if it says what is not known here. */
function isSelected(
  {matchLabels, matchExpressions}: JsonObject,
  labels: Readonly<Record<string, string>>,
): boolean | undefined {
  const equal = isObject(matchLabels)
    ? Object.entries(matchLabels).map(([key, value]) => labels[key] === value)
    : [];
  const told = (Array.isArray(matchExpressions) ? matchExpressions : []).map(one =>
    isObject(one) ? isExpressed(one, labels) : undefined,
  );
  const all = [...equal, ...told];
  if (all.includes(false)) return false;
  return all.includes(undefined) ? undefined : true;
}

function isExpressed(
  {key, operator, values}: JsonObject,
  labels: Readonly<Record<string, string>>,
): boolean | undefined {
  const own = labels[String(key)];
  const isIn = own !== undefined && Array.isArray(values) && values.includes(own);
  switch (operator) {
    case 'In':
      return isIn;
    case 'NotIn':
      return !isIn;
    case 'Exists':
      return own !== undefined;
    case 'DoesNotExist':
      return own === undefined;
    default:
      return undefined;
  }
}
