/** How strict the policy of a pod may be, the most severe first. */
export const policyTones = [
  'denied',
  'unknown',
  'many',
  'some',
  'few',
  'baseline',
  'restricted',
] as const;

/**
 * How strict the policy of a pod is: `denied` if it has none, `unknown` if nobody knows it; the standard that it keeps
 * to; and for the
 * many that keep to none, how many of their controls are open. Also the name of its colour.
 */
export type PolicyTone = (typeof policyTones)[number];

/**
 * Pods that go the same way: the indexes of namespace, service account, breadth, binding, policy and
 * state in the lists of Flows, how many pods, and the names of some.
 */
export type FlowRow = readonly [
  namespace: number,
  account: number,
  breadth: number,
  binding: number,
  policy: number,
  state: number,
  pods: number,
  names: string,
];

/**
 * Which way the pods go: from namespaces and accounts through grants to policies. All texts are safe
 * to show.
 */
export interface Flows {
  readonly namespaces: readonly string[];
  readonly accounts: readonly string[];
  /** To whom the policy was granted, in general: "the account itself". */
  readonly breadths: readonly string[];
  readonly bindings: readonly string[];
  readonly policies: readonly string[];
  /** How strict each of `policies` is. */
  readonly tones: readonly PolicyTone[];
  readonly states: readonly string[];
  readonly rows: readonly FlowRow[];
}
