import {type Cel, cel} from '../cel/cel.ts';
import type {Policy} from '../kube/objects.ts';
import type {Release} from '../kube/release.ts';

/**
 * What a control asks of one thing in a pod. In its expressions, `object` is the pod, `c` a container and
 * `v` a volume; further names are those of src/controls/shared/celNames.ts.
 */
export interface CelCheck {
  /** Whether it is let through as it is. */
  readonly unchanged: Cel;
  /** Whether it is let through once defaults are written; absent where that makes no difference. */
  readonly filled?: Cel;
  /** If it is not: what is at fault and what is allowed, as a text: "runs as user 0; allowed: 1-65535". */
  readonly fault: Cel;
}

/** What one value of a control asks of pods, in CEL. */
export interface CelRules {
  readonly pod?: CelCheck | undefined;
  readonly volume?: CelCheck | undefined;
  readonly container?: CelCheck | undefined;
  /** The defaults, each under the name of the patch that writes it. */
  readonly writes?: Readonly<Record<string, Cel>>;
}

/** How a default gets into a pod, whatever the policy; `given` is the default as an optional value. */
export interface CelPatch {
  /** The field: of a security context, or of the pod's spec. */
  readonly at: readonly ['pod' | 'container' | 'spec', field: string];
  /** Whether it is missing in the pod or the container. */
  when(given: Cel): Cel;
  value(given: Cel): Cel;
  /** Whether it has something to write even if no policy has a default, or none is chosen. */
  readonly always?: boolean;
}

/** How a control says itself in CEL: for admission policies on clusters without PodSecurityPolicy. */
export interface CelFacet<Value> {
  /** undefined if the value can neither deny nor change a pod. */
  rules(value: Value, release: Release): CelRules | undefined;
  readonly patches?: Readonly<Record<string, CelPatch>>;
  /** What of the value CEL can't say, each as a sentence; absent if it can say all. */
  lost?(value: Value): readonly string[];
}

/** The same of whole policies. */
export interface PolicyInCel {
  /** Empty if the policy neither denies nor changes a pod by this control. */
  rules(policy: Policy, release: Release): CelRules;
  readonly patches: Readonly<Record<string, CelPatch>>;
  lost(policy: Policy): readonly string[];
}

export function onPolicies<Value>(
  facet: CelFacet<Value>,
  read: (policy: Policy) => Value,
): PolicyInCel {
  return {
    rules: (policy, release) => facet.rules(read(policy), release) ?? {},
    patches: facet.patches ?? {},
    lost: policy => facet.lost?.(read(policy)) ?? [],
  };
}

/** For a default that goes where nothing is set, just as it is. */
export function fillsUnset(at: CelPatch['at'], isUnset: Cel): CelPatch {
  return {
    at,
    when: given => cel`${given}.hasValue() && ${isUnset}`,
    value: given => cel`${given}.value()`,
  };
}
