import type {Inventory} from '../inventory/inventory.ts';
import {isByLabels} from '../inventory/regime.ts';
import {isOfPolicies} from './panes.ts';
import type {View} from './session.ts';

/** Whether a view says nothing where the labels of namespaces decide, and not policies. */
export function isVoid(view: View, inventory: Inventory): boolean {
  return isOfPolicies(view) && isByLabels(inventory);
}

/** What a view that says nothing has instead. */
export function voidLines({serverVersion = 'of this version'}: Inventory): readonly string[] {
  return [
    `This view is about policies, and this cluster (${serverVersion}) has none:`,
    'Kubernetes removed PodSecurityPolicy in 1.25. The labels of namespaces decide',
    'about pods here: :ns shows them.',
    '',
    ...policiesHere,
  ];
}

/** How policies come to a cluster whose version has none of its own. */
export const policiesHere = [
  'Policies that its workloads would need:  :advise, or kubectl psp advise -A',
  'As objects that this cluster enforces:   kubectl psp migrate policies',
  'A snapshot of an older cluster:          kubectl psp --from FILE',
] as const;
