import {isDeepStrictEqual} from 'node:util';
import {conformanceResult} from '../../../src/conformance/conformance.ts';
import type {NativeOptions} from '../../../src/inventory/native/options.ts';
import {seccompPodKey} from '../../../src/kube/annotations.ts';
import {compact} from '../../../src/kube/edits.ts';
import {
  isObject,
  type Json,
  type JsonObject,
  parseJson,
  printJson,
} from '../../../src/kube/json.ts';
import {decodePolicy, type Policy} from '../../../src/kube/objects.ts';
import {seccompFieldText} from '../../../src/kube/podView.ts';
import {nativeObjects} from '../../../src/migrate/native/nativeObjects.ts';
import {storedPolicy} from '../../../src/policy/evaluate.ts';
import {objectOf} from '../run/output.ts';
import type {CelAnswer, CelCase} from './celReference.ts';
import {changedPod, type Vector} from './conformance.ts';

/** The policies of a case as the API server would have stored them. */
export function policiesOf({policies, featureGates}: JsonObject): readonly Policy[] {
  const gates = isObject(featureGates) ? (featureGates as Record<string, boolean>) : {};
  return (Array.isArray(policies) ? policies : []).map(one =>
    storedPolicy(decodePolicy(one), gates),
  );
}

/** A case of the vectors, under what takes the place of its policies on v1.37. */
export function celCaseOf(input: JsonObject, options: Partial<NativeOptions> = {}): CelCase {
  const {name, operation, pod, oldPod, namespace, user, rbac} = input;
  const {username, groups} = objectOf(user ?? null);
  const {objects} = nativeObjects(policiesOf(input), {
    mode: 'full',
    server: 37,
    static: false,
    closeGaps: false,
    extensions: true,
    ...options,
  });
  return {
    name: String(name),
    objects,
    operation: operation === 'UPDATE' ? 'UPDATE' : 'CREATE',
    object: pod ?? null,
    oldObject: oldPod,
    namespace: String(namespace),
    user: {name: username ?? '', groups: groups ?? []},
    rbac: rbac ?? {},
  };
}

/**
 * What a pod has after policies, in words that do not depend on whether an annotation or a field says it: v1.24
 * writes annotations that later releases have fields for.
 */
export function securityOf(pod: Json): JsonObject {
  const {metadata, spec} = objectOf(pod);
  const annotations = objectOf(objectOf(metadata ?? {}).annotations ?? {});
  const {securityContext, runtimeClassName, initContainers, containers} = objectOf(spec ?? {});
  const own = objectOf(securityContext ?? {});
  const ofContainer = (one: Json): JsonObject => {
    const {name, securityContext: context} = objectOf(one);
    const {capabilities, seccompProfile, appArmorProfile, ...fields} = objectOf(context ?? {});
    const {add, drop} = objectOf(capabilities ?? {});
    const key = `container.seccomp.security.alpha.kubernetes.io/${String(name)}`;
    const appArmor = `container.apparmor.security.beta.kubernetes.io/${String(name)}`;
    return {
      ...fields,
      name,
      add: sorted(add),
      drop: sorted(drop),
      seccomp: profile(seccompProfile, annotations[key]),
      appArmor: profile(appArmorProfile, annotations[appArmor]),
    };
  };
  const {seccompProfile, appArmorProfile: _, sysctls: _sysctls, ...fields} = own;
  return compact({
    ...fields,
    seccomp: profile(seccompProfile, annotations['seccomp.security.alpha.kubernetes.io/pod']),
    runtimeClassName,
    containers: [initContainers, containers].flatMap(list =>
      Array.isArray(list) ? list.map(ofContainer) : [],
    ),
    policy: annotations['kubernetes.io/psp'],
  }) as JsonObject;
}

function sorted(names: Json | undefined): Json {
  return Array.isArray(names) ? [...new Set(names.map(String))].sort() : [];
}

function profile(field: Json | undefined, annotation: Json | undefined): string {
  const text = seccompFieldText(isObject(field) ? (field as never) : undefined);
  const name = text ?? String(annotation ?? '');
  return name === 'docker/default' ? 'runtime/default' : name;
}

/** How the answer differs from that of v1.24; undefined if v1.37 itself has refused the pod first. */
export function celDifferences(
  {input, expected}: Vector,
  answer: CelAnswer,
): readonly string[] | undefined {
  if (answer.error) return [`${answer.name}: ${answer.error}`];
  // v1.24 has let such a pod through admission, and refused it after that.
  if (answer.phase === 'validation' || hasUnknownDefault(input)) return undefined;
  const {allowed, policy} = expected;
  if (answer.allowed !== allowed) {
    return [`${answer.name}: allowed ${answer.allowed}, not ${String(allowed)}: ${answer.message}`];
  }
  if (!allowed || input.operation === 'UPDATE') return [];
  const found = securityOf(answer.pod ?? {});
  const wanted = securityOf(changedPod(input.pod ?? null, expected));
  if (isDeepStrictEqual(found, {...wanted, policy})) return [];
  return [`${answer.name}: ${printJson(found)}, not ${printJson({...wanted, policy})}`];
}

/**
 * How the answer of policies that only validate differs from whether a policy of v1.24 that may be used takes the pod
 * as it is; undefined if that can't be compared.
 */
export function asIsDifferences(vector: Vector, answer: CelAnswer): readonly string[] | undefined {
  if (answer.error) return [`${answer.name}: ${answer.error}`];
  const {pod} = vector.input;
  if (answer.phase === 'validation' || hasSeccompAnnotations(pod)) return undefined;
  const wanted = isTakenAsItIs(vector);
  return answer.allowed === wanted
    ? []
    : [`${answer.name}: allowed ${answer.allowed}, not ${wanted}: ${answer.message}`];
}

function isTakenAsItIs({input, expected}: Vector): boolean {
  const {pod = null} = input;
  const field = objectOf(objectOf(objectOf(pod).spec).securityContext ?? {}).seccompProfile;
  // Every policy writes the annotation of such a field, so that none would take the pod as it is.
  const {policies} =
    field === undefined
      ? expected
      : objectOf(
          parseJson(printJson(conformanceResult({...input, pod: annotated(pod, field)}) as Json)),
        );
  return (Array.isArray(policies) ? policies : []).some(one => {
    const {allowed, mutates, authorizedFor} = objectOf(one);
    const {serviceAccount, user} = objectOf(authorizedFor ?? {});
    return allowed === true && mutates === false && (serviceAccount === true || user === true);
  });
}

function annotated(pod: Json, field: Json): JsonObject {
  const {metadata, ...rest} = objectOf(pod);
  const {annotations, ...more} = objectOf(metadata ?? {});
  const text = profile(field, undefined);
  return {
    ...rest,
    metadata: {...more, annotations: {...objectOf(annotations ?? {}), [seccompPodKey]: text}},
  };
}

/** Whether a pod has the annotations of old, which mean nothing any more. */
function hasSeccompAnnotations(pod: Json | undefined): boolean {
  const {annotations} = objectOf(objectOf(pod ?? {}).metadata ?? {});
  return Object.keys(objectOf(annotations ?? {})).some(key => key.includes('seccomp'));
}

/** Whether a pod spells out the empty list that CEL can't see. */
export function hasEmptyGroups(pod: Json | undefined): boolean {
  const {securityContext} = objectOf(objectOf(pod ?? {}).spec ?? {});
  const {supplementalGroups} = objectOf(securityContext ?? {});
  return Array.isArray(supplementalGroups) && supplementalGroups.length === 0;
}

/** Whether a policy writes an AppArmor profile that no API server knows: none stores such a policy. */
function hasUnknownDefault(input: JsonObject): boolean {
  return policiesOf(input).some(({metadata: {annotations = {}}}) => {
    const fill = annotations['apparmor.security.beta.kubernetes.io/defaultProfileName'] ?? '';
    return !/^(|runtime\/default|unconfined|localhost\/.*)$/.test(fill);
  });
}

/** What only a server sets: it answers a conflict to another version or uid, and goes on with its own time of creation. */
const serversOwn = ['resourceVersion', 'uid', 'creationTimestamp'];

/**
 * Updates that would change that. The code of PodSecurityPolicy alone takes them for a change of the pod; on a server, of
 * v1.24 as of v1.37, it is not asked, or does not see it (k8s.io/apiserver, pkg/registry/generic/registry/store.go, Update).
 */
export function changesServersOwn({input: {operation, pod, oldPod}}: Vector): boolean {
  if (operation !== 'UPDATE') return false;
  const [one = {}, other = {}] = [pod, oldPod].map(object =>
    objectOf(objectOf(object ?? {}).metadata ?? {}),
  );
  return serversOwn.some(field => Boolean(one[field]) && one[field] !== other[field]);
}
