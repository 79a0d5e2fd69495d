import type {Scope} from '../../advice/scope.ts';
import type {UpgradedItem} from '../../advice/upgradeAdvice.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import type {Item} from '../../inventory/submissions/items.ts';
import type {World} from '../world.ts';
import type {AdviseFlags} from './adviseFlags.ts';

/** What every way of advising begins with: the flags, and what was read of what they name. */
export interface AdviseRequest {
  readonly flags: AdviseFlags;
  readonly scope: Scope;
  readonly inventory: Inventory;
  /** undefined: all namespaces. */
  readonly namespace: string | undefined;
  /** What needs a policy, each template once; perhaps nothing, which is said already. */
  readonly items: readonly Item[];
  /** The same ones as a later release sees them, for --for-upgrade. */
  readonly upgrade: readonly UpgradedItem[] | undefined;
  /** Whether these were named. */
  readonly isNamed: boolean;
  readonly world: World;
}
