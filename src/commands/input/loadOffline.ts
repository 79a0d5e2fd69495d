import {UserError} from '../../errors.ts';
import {inventoryOfSnapshot, isSnapshot} from '../../inventory/files/snapshot.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import {isObject} from '../../kube/json.ts';
import {lastRelease, type Release} from '../../kube/release.ts';
import type {World} from '../world.ts';

/** Reads the demo, or what --from names: a snapshot, or manifests, whose own code is loaded for them alone. */
export async function readOffline(
  world: World,
  {
    from,
    demo,
    namespace,
    release,
    isStrict,
  }: {
    readonly from: readonly string[];
    readonly demo: boolean;
    readonly namespace: string | undefined;
    /** Whatever the snapshot says; undefined: what it says. */
    readonly release: Release | undefined;
    /** Whether a key that comes twice in a manifest is an error. */
    readonly isStrict: boolean | undefined;
  },
): Promise<Inventory> {
  const judged = (inventory: Inventory) =>
    release === undefined ? inventory : {...inventory, release};
  if (demo) return judged(inventoryOfSnapshot(await world.demo(), 'the demo'));
  const documents = await world.readDocuments(from);
  const [first] = documents;
  if (first !== undefined && isObject(first.value) && isSnapshot(first.value)) {
    if (documents.length > 1) {
      throw new UserError(`--from: ${first.file} is a snapshot; it can't be mixed with others`);
    }
    return judged(inventoryOfSnapshot(first.value, first.file));
  }
  const {inventoryOfFiles, worldOfFiles} = await import('./loadFiles.ts');
  const place = {namespace: namespace ?? 'default', release: release ?? lastRelease, isStrict};
  return worldOfFiles(inventoryOfFiles(documents, from, place, world), world);
}
