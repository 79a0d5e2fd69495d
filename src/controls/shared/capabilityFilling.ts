import type {ContainerView} from '../../kube/podView.ts';
import type {Report} from '../report.ts';
import {containsAll, unique} from './names.ts';

/**
 * Tells whether the policy changes what the container adds and drops. Lists that change come out
 * sorted and without duplicates; others are left as they are.
 */
export function fillCapabilities(
  container: ContainerView,
  defaultAdd: readonly string[],
  requiredDrop: readonly string[],
  report: Report,
): boolean {
  const {capabilitiesAdd: add, capabilitiesDrop: drop} = container;
  if (!hasMore(defaultAdd, add, drop) && containsAll(drop, requiredDrop)) return false;
  const filled = report.asksForEdits
    ? completed(
        unique([...defaultAdd.filter(name => !drop.includes(name)), ...add]),
        unique([...requiredDrop, ...drop]),
      )
    : undefined;
  report.fillContainer(container, 'capabilities', filled);
  return true;
}

function completed(add: readonly string[], drop: readonly string[]) {
  return {add: add.length > 0 ? add : undefined, drop: drop.length > 0 ? drop : undefined};
}

/** Whether one of the names is in neither list. */
function hasMore(names: readonly string[], one: readonly string[], other: readonly string[]) {
  return names.some(name => !one.includes(name) && !other.includes(name));
}
