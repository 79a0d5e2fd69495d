import {exitCodes, UserError} from '../../errors.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import {isOfKind, kindOf} from '../../inventory/kinds/kindOf.ts';
import {type Item, itemKey, itemOfWorkload, itemsOf} from '../../inventory/submissions/items.ts';
import {submissionsOf} from '../../inventory/submissions/submissions.ts';
import {unreadPlaces} from '../../inventory/unreadPlaces.ts';
import {nearName} from '../../kube/nearNames.ts';
import {kindText} from '../../kube/workloadKinds.ts';

/** An object by name. */
export interface NamedTarget {
  /** kubectl's name for the kind, as it was typed; undefined for a pod that is named alone. */
  readonly kind: string | undefined;
  readonly name: string;
}

/** So many names are proposed. */
const mostHints = 3;

/** What is said of a name that is not there: exact names of any kind come first, then what begins so. */
export function notFound(
  {kind, name}: NamedTarget,
  inventory: Inventory,
  namespace: string | undefined,
): UserError {
  const what = kind === undefined ? 'Pod' : kindOf(kind);
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
  const places = namespace === undefined ? undefined : new Set([namespace]);
  if (unreadPlaces(inventory, places)?.kind === 'namespaces') {
    return new UserError(
      `${what} ${JSON.stringify(name)} is not among what could be read${where}`,
      exitCodes.refused,
    );
  }
  const hints =
    kind === undefined
      ? hintsFor(name, inventory, namespace)
      : hintsOfKind({kind, name}, inventory, namespace);
  const hint = hints.length > 0 ? `; did you mean ${hints.join(', ')}?` : '';
  return new UserError(`${what} ${JSON.stringify(name)} not found${where}${hint}`);
}

function hintsFor(
  name: string,
  inventory: Inventory,
  namespace: string | undefined,
): readonly string[] {
  const submissions = submissionsOf(inventory);
  const all = itemsOf(inventory);
  const exact = [
    ...inventory.workloads
      .filter(({metadata}) => metadata.name === name)
      .map(workload => itemOfWorkload(workload, submissions)),
    ...all.filter(item => item.kind === 'Pod' && item.name === name),
  ];
  const isHere = (item: Item) => namespace === undefined || item.namespace === namespace;
  const [here, elsewhere] = [exact.filter(isHere), exact.filter(item => !isHere(item))];
  if (here.length > 0) return hintTexts(here, namespace);
  const around = all.filter(isHere);
  const prefixed = around.filter(item => item.name.startsWith(name));
  const names = around.map(item => item.name);
  const near = prefixed.length > 0 ? undefined : nearName(name, names);
  const others = prefixed.length > 0 ? prefixed : around.filter(item => item.name === near);
  return hintTexts([...elsewhere, ...others], namespace);
}

/** Of a workload that is not there: one of its kind whose name begins so or is near, else any with that name. */
function hintsOfKind(
  {kind, name}: {readonly kind: string; readonly name: string},
  inventory: Inventory,
  namespace: string | undefined,
): readonly string[] {
  const submissions = submissionsOf(inventory);
  const same = inventory.workloads
    .filter(workload => isOfKind(workload, kind))
    .filter(({metadata}) => namespace === undefined || metadata.namespace === namespace)
    .map(workload => itemOfWorkload(workload, submissions));
  const begins = same.filter(item => item.name.startsWith(name));
  const near = nearName(
    name,
    same.map(item => item.name),
  );
  const alike = begins.length > 0 ? begins : same.filter(item => item.name === near);
  if (alike.length > 0) return hintTexts(alike, namespace);
  return hintsFor(name, inventory, namespace).map(hint =>
    hint.includes('/') ? hint : `Pod/${hint}`,
  );
}

function hintTexts(items: readonly Item[], namespace: string | undefined): readonly string[] {
  const unique = new Map(items.map(item => [itemKey(item), item]));
  return [...unique.values()].slice(0, mostHints).map(item => {
    const name = item.kind === 'Pod' ? item.name : `${kindText(item)}/${item.name}`;
    const isHere = namespace === undefined || item.namespace === namespace;
    return isHere ? name : `${name} -n ${item.namespace}`;
  });
}
