import {isObject, type Json, type JsonObject, printJson} from '../../kube/json.ts';
import type {NativeFacts} from './nativeFacts.ts';
import type {NativeOptions} from './options.ts';

/** What etcd takes of one object, as the API server sends it: 1.5 MiB (etcd, --max-request-bytes), less the rest of a request. */
export const largestObject = 1.4 * 1024 * 1024;

/** An expression may have so many characters (github.com/google/cel-go, parser/parser.go). */
export const longestExpression = 100_000;

/**
 * Checks of the authorizer that one mutation, or one validating policy, can pay for: each costs 350,000 of a
 * budget of 10,000,000 (k8s.io/apiserver v0.37.2, pkg/cel/library/cost.go and pkg/apis/cel/config.go), which
 * is room for 28. Some of it is kept for everything else.
 */
export const checksInBudget = 26;

/** So many of the policies that are put together can be tried for one pod, each with its checks of rights. */
export const mostCandidates = 12;

/** Something of admission policies that has a limit. */
export interface Measure {
  readonly used: number;
  readonly most: number;
  /** Both, in words. */
  readonly says: string;
  /** What happens beyond it, as a sentence without a full stop. */
  readonly beyond: string;
}

/** From this part of a limit on it is near. */
const nearPart = 3 / 4;

/** What is near a limit of the server, or of how these objects are made. */
export function nearLimits(
  objects: readonly JsonObject[],
  facts: NativeFacts | undefined,
  options: NativeOptions | undefined,
): readonly Measure[] {
  const all = [
    ...objects.map(sizeOf),
    ...objects.flatMap(lengthOf),
    // A mutation has a budget of its own for each group of policies: it is never near.
    ...(options?.mode === 'full' ? [] : objects.flatMap(checksIn)),
    ...candidatesOf(facts),
  ];
  return all.filter(({used, most}) => used >= most * nearPart);
}

function sizeOf(object: JsonObject): Measure {
  const used = new TextEncoder().encode(printJson(object)).length;
  const kibi = (bytes: number) => Math.ceil(bytes / 1024);
  return {
    used,
    most: largestObject,
    says: `${nameOf(object)} has ${kibi(used)} KiB of the ${kibi(largestObject)} KiB that a server takes`,
    beyond: 'with more policies it can no longer be stored',
  };
}

function lengthOf(object: JsonObject): readonly Measure[] {
  const used = Math.max(0, ...expressionsIn(object.spec).map(text => text.length));
  if (used === 0) return [];
  return [
    {
      used,
      most: longestExpression,
      says: `the longest expression of ${nameOf(object)} has ${used} of ${longestExpression} characters`,
      beyond: 'a longer one is not compiled, and pods are refused',
    },
  ];
}

/** Of a policy that tries all for each pod, as nothing has chosen before: two checks for each variable about rights. */
function checksIn(object: JsonObject): readonly Measure[] {
  if (object.kind !== 'ValidatingAdmissionPolicy') return [];
  const variables = isObject(object.spec) ? object.spec.variables : [];
  const asked = (Array.isArray(variables) ? variables : []).filter(
    one => isObject(one) && /_mayUse(Old)?$/.test(String(one.name)),
  );
  const used = asked.length * 2;
  return [
    {
      used,
      most: checksInBudget,
      says: `${nameOf(object)} asks for rights up to ${used} times for a pod, and ${checksInBudget} can be paid for`,
      beyond: 'pods have to name their policy in the annotation kubernetes.io/psp',
    },
  ];
}

function candidatesOf(facts: NativeFacts | undefined): readonly Measure[] {
  return (facts?.tried ?? []).flatMap(({candidates: {everywhere, byNamespace}}) => {
    const places = [['all namespaces', everywhere] as const, ...byNamespace];
    const [most] = places.toSorted(([, a], [, b]) => b.length - a.length);
    if (most === undefined) return [];
    const [where, {length: used}] = most;
    return [
      {
        used,
        most: mostCandidates,
        says: `in ${where}, ${used} policies that differ in values alone may be used, and ${mostCandidates} can be tried for a pod`,
        beyond: 'each of them is written out, and the objects may become too large',
      },
    ];
  });
}

/** All that is evaluated, and what it says of patches. */
function expressionsIn(value: Json | undefined): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(expressionsIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    /expression$/i.test(key) && typeof inner === 'string' ? [inner] : expressionsIn(inner),
  );
}

function nameOf({kind, metadata}: JsonObject): string {
  return `${kind} ${isObject(metadata) ? metadata.name : ''}`;
}
