import {printJson} from '../../kube/json.ts';
import {type DefinedObject, refusePatches} from './patches.ts';

/** Notes which objects are defined more than once. */
export function definitionNotes() {
  const defined = new Map<string, DefinedObject>();
  const clashes: string[] = [];
  return {
    remarks: () => firstOf(clashes),
    add(key: string, object: DefinedObject, holdsPods: boolean): void {
      const clash = clashOf(defined.get(key), object, holdsPods);
      if (clash !== undefined) clashes.push(clash);
      defined.set(key, object);
    },
  };
}

/** What is odd about two objects of the same name; a UserError if one is a patch of the other. */
function clashOf(
  older: DefinedObject | undefined,
  object: DefinedObject,
  holdsPods: boolean,
): string | undefined {
  if (older === undefined || printJson(older.value) === printJson(object.value)) return undefined;
  if (holdsPods) refusePatches(older, object);
  return `${object.where}: ${object.label} is defined again, differently: this one counts`;
}

/** This many clashes are reported one by one. */
const clashesShown = 5;

function firstOf(clashes: readonly string[]): readonly string[] {
  const more = clashes.length - clashesShown;
  return [
    ...clashes.slice(0, clashesShown),
    ...(more > 0 ? [`${more} more ${more === 1 ? 'object is' : 'objects are'} defined again`] : []),
  ];
}
