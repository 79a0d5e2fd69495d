import {controls} from '../../src/controls/index.ts';
import type {Policy} from '../../src/kube/objects.ts';

/** A policy in which every control is open. */
export const open = controls.reduce<Policy>((policy, control) => control.open(policy), {
  metadata: {name: 'open'},
  spec: {},
});
