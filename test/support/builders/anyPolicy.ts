import fc from 'fast-check';
import {controls} from '../../../src/controls/index.ts';
import {demoSnapshot} from '../../../src/demo/index.ts';
import {inventoryOfSnapshot} from '../../../src/inventory/files/snapshot.ts';
import type {Policy} from '../../../src/kube/objects.ts';
import {lastRelease} from '../../../src/kube/release.ts';
import {openPolicy} from '../../../src/policy/comparePolicies.ts';

/** The policies of the demo cluster, and one that lets everything through. */
export const somePolicies: readonly Policy[] = [
  openPolicy,
  ...inventoryOfSnapshot(demoSnapshot, 'demo').policies,
];

const walk = fc.array(fc.tuple(fc.constantFrom(...controls), fc.nat({max: 50})), {maxLength: 6});

/** A policy some steps away from another, by the controls' own steps. */
export function anyPolicyFrom(start: Policy): fc.Arbitrary<Policy> {
  return walk.map(path =>
    path.reduce((policy, [control, index]) => {
      const steps = control.steps(policy, lastRelease);
      return steps[index % Math.max(1, steps.length)]?.value ?? policy;
    }, start),
  );
}

/** Policies of all kinds, many of them close to each other. */
export const anyPolicy: fc.Arbitrary<Policy> = fc
  .constantFrom(...somePolicies)
  .chain(anyPolicyFrom);

/** Two policies, of which one is often a few steps from the other. */
export const twoPolicies: fc.Arbitrary<readonly [Policy, Policy]> = anyPolicy.chain(one =>
  fc.tuple(fc.constant(one), fc.oneof(anyPolicyFrom(one), anyPolicy)),
);
