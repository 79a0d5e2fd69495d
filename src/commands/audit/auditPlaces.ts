import type {Finding} from '../../audit/finding.ts';
import {objectText} from '../../audit/words.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import {groupOf} from '../../kube/apiGroups.ts';
import {isObject, type Json} from '../../kube/json.ts';
import {kindText} from '../../kube/workloadKinds.ts';
import type {FilePlace} from '../../report/audit/sarif.ts';
import type {SourceDocument} from '../../yaml/documents.ts';
import type {World} from '../world.ts';

/** What notes where the objects of files stand while they are read. */
export interface PlaceNotes {
  /** The same world; of what is read through it the places are noted. */
  readonly world: World;
  /**
   * Where the findings of an inventory are: what is in no file itself, as a group, at the top of the first one
   * that was read; on a cluster nothing has a place.
   */
  placesIn(inventory: Inventory): (finding: Finding) => FilePlace | undefined;
}

/** Notes on what a world will read; what comes from standard input has no place. */
export function placeNotes(world: World): PlaceNotes {
  let notes: readonly Note[] = [];
  let first: FilePlace | undefined;
  const readDocuments: World['readDocuments'] = async paths => {
    const documents = await world.readDocuments(paths);
    if (paths.includes('-')) return documents;
    notes = [...notes, ...documents.flatMap(notesOn)];
    const [{file = ''} = {}] = documents;
    first ??= file === '' ? undefined : {file, line: 1};
    return documents;
  };
  return {
    // No copy: that would ask for all that the world finds out only when it is asked.
    world: Object.create(world, {readDocuments: {value: readDocuments}}) as World,
    placesIn({origin, defaultNamespace}) {
      // In a snapshot, on its one line, nothing can be shown but the file.
      if (origin !== 'manifests') return () => first;
      const places = new Map(
        notes.flatMap(note =>
          keysOf(note, defaultNamespace).map(key => [key, note.place] as const),
        ),
      );
      return ({object}) => {
        const whole = {...object, name: object.name.split(':', 1).join('')};
        return places.get(objectText(object)) ?? places.get(objectText(whole)) ?? first;
      };
    },
  };
}

interface Note {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly place: FilePlace;
}

/** The objects of a document; those of a list or an OpenShift Template stand where that does. */
function notesOn({
  file,
  line,
  value,
}: Pick<SourceDocument, 'file' | 'line' | 'value'>): readonly Note[] {
  if (!isObject(value)) return [];
  const inner = value.kind === 'Template' ? value.objects : value.items;
  if (Array.isArray(inner)) {
    return inner.flatMap((item: Json) => notesOn({file, line, value: item}));
  }
  const {apiVersion, kind, metadata} = value;
  if (typeof kind !== 'string' || !isObject(metadata)) return [];
  const {name, namespace} = metadata;
  if (typeof name !== 'string') return [];
  const own = typeof namespace === 'string' && namespace !== '' ? namespace : undefined;
  const group = groupOf(String(apiVersion));
  return [{kind: kindText({group, kind}), namespace: own, name, place: {file, line}}];
}

/** What findings may call the object. */
function keysOf({kind, namespace, name}: Note, defaultNamespace: string): readonly string[] {
  if (namespace !== undefined) return [`${kind}/${namespace}/${name}`];
  return [`${kind}/${name}`, `${kind}/${defaultNamespace}/${name}`];
}
