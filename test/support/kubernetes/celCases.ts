import {isDeepStrictEqual} from 'node:util';
import type {NativeOptions} from '../../../src/inventory/native/options.ts';
import {compact} from '../../../src/kube/edits.ts';
import {isObject, type Json, type JsonObject, printJson} from '../../../src/kube/json.ts';
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
