import {exitCodes, UserError} from '../../errors.ts';
import {type Inventory, isSpokenFor} from '../../inventory/inventory.ts';
import {kindOf} from '../../inventory/kinds/kindOf.ts';
import type {Item} from '../../inventory/submissions/items.ts';
import {
  type FieldTest,
  parseFieldSelector,
  type SelectableField,
} from '../../kube/fieldSelector.ts';
import {isObject} from '../../kube/json.ts';
import {parseSelector} from '../../kube/labelSelector.ts';
import {placeOf} from '../../kube/reference.ts';
import type {selectorFlag, ValuesOf} from '../flags.ts';
import type {World} from '../world.ts';
import {type SourceRequest, withCluster} from './load.ts';
import type {WantedObjects} from './targets.ts';

type SelectionFlags = SourceRequest & Partial<ValuesOf<typeof selectorFlag>>;

/** What is left of items by -l and --field-selector. */
export type Select = (
  world: World,
  flags: SelectionFlags,
  inventory: Inventory,
  items: readonly Item[],
) => Promise<readonly Item[]>;

/** Reads -l and --field-selector; a usage error where they are none. */
export function parseSelection({selector, fieldSelector}: SelectionFlags): Select {
  const matches = parseSelector(selector ?? '');
  const tests = parseFieldSelector(fieldSelector ?? '');
  return async (world, flags, inventory, items) => {
    const labelled = items.filter(({labels}) => matches(labels));
    if (tests.length === 0) return labelled;
    const isWanted = await fieldsMatch(world, flags, inventory, tests);
    return labelled.filter(isWanted);
  };
}

/** Selectors choose among many: with names they make no sense, and kinds have not all the fields of pods. */
export function requireSelectable(targets: WantedObjects, flags: SelectionFlags): void {
  const {selector, fieldSelector = ''} = flags;
  const given = selector === undefined ? fieldSelector && '--field-selector' : '-l';
  if (targets.kind === 'names' && given) {
    throw new UserError(`name pods or give ${given}, not both`, exitCodes.usage);
  }
  if (targets.kind !== 'kinds') return;
  const other = targets.kinds.find(kind => kindOf(kind) !== 'Pod');
  const ofPods = parseFieldSelector(fieldSelector).find(({field}) => isOfPods(field));
  if (other === undefined || ofPods === undefined) return;
  throw new UserError(
    `--field-selector: ${ofPods.field} is a field of pods: leave out ${other}`,
    exitCodes.usage,
  );
}

/** Fields that only pods have, and not their templates. */
function isOfPods(field: SelectableField): boolean {
  return field === 'spec.nodeName' || field === 'status.phase';
}

async function fieldsMatch(
  world: World,
  flags: SelectionFlags,
  inventory: Inventory,
  tests: readonly FieldTest[],
): Promise<(item: Item) => boolean> {
  const plain = tests.filter(({field}) => !isOfPods(field));
  const ofPods = tests.filter(({field}) => isOfPods(field));
  const isPlain = (item: Item) =>
    plain.every(({field, isEqual, value}) => (plainField(item, field) === value) === isEqual);
  if (ofPods.length === 0) return isPlain;
  const places = await podsWith(world, flags, inventory, ofPods);
  return item => item.kind === 'Pod' && isPlain(item) && places.has(placeOf(item));
}

function plainField({name, namespace, submission}: Item, field: SelectableField): string {
  if (field === 'metadata.name') return name;
  return field === 'metadata.namespace' ? namespace : submission.serviceAccount;
}

/** The places of the pods that have these fields: the server knows them best. */
async function podsWith(
  world: World,
  flags: SelectionFlags,
  inventory: Inventory,
  tests: readonly FieldTest[],
): Promise<ReadonlySet<string>> {
  const isAsked = !flags.demo && (flags.from ?? []).length + (flags.filename ?? []).length === 0;
  if (isAsked) return askServer(world, flags, tests);
  const found = inventory.pods.filter(pod =>
    tests.every(({field, isEqual, value}) => {
      if (field === 'spec.nodeName' && !isSpokenFor(pod)) {
        return ((pod.spec.nodeName ?? '') === value) === isEqual;
      }
      throw new UserError(
        `--field-selector: the ${field} of pods is not read from ${inventory.source}: ask the cluster`,
      );
    }),
  );
  return new Set(found.map(({metadata}) => placeOf(metadata)));
}

async function askServer(
  world: World,
  flags: SelectionFlags,
  tests: readonly FieldTest[],
): Promise<ReadonlySet<string>> {
  const selector = tests.map(
    ({field, isEqual, value}) => `${field}${isEqual ? '=' : '!='}${value}`,
  );
  const query = `fieldSelector=${encodeURIComponent(selector.join(','))}`;
  const places = new Set<string>();
  await withCluster(world, flags, async (cluster, namespace) => {
    const scope = namespace === undefined ? '' : `namespaces/${encodeURIComponent(namespace)}/`;
    await cluster.list(`/api/v1/${scope}pods?${query}`, {
      onPage(page) {
        for (const {metadata} of page) {
          if (!isObject(metadata)) continue;
          const {name, namespace: home} = metadata;
          if (typeof name === 'string') places.add(placeOf({name, namespace: String(home ?? '')}));
        }
      },
    });
  });
  return places;
}
