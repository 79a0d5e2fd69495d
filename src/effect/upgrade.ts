import type {Inventory} from '../inventory/inventory.ts';
import type {Release} from '../kube/release.ts';
import {type Effect, effectOf} from './effect.ts';

/** What an upgrade of the servers does to everything that runs. */
export interface Upgrade {
  readonly to: Release;
  readonly effect: Effect;
}

/**
 * Judges everything by the rules of a later release. What is stored stays as it is: an upgrade does not
 * validate policies again.
 */
export function upgradeOf(inventory: Inventory, to: Release): Upgrade {
  return {to, effect: effectOf(inventory, {...inventory, release: to})};
}
