import type {Resource} from '../kinds/resources.ts';
import {outsideOf} from '../read/readResource.ts';
import {addGap, clearGaps, type Tables} from './liveTables.ts';

/** Keeps the gaps of a kind that is read namespace by namespace. */
export interface NamespaceGaps {
  /** The kind was read in the namespace, or could not be, for this reason. */
  note(name: string, refusal: string | undefined): void;
  /**
   * There are these namespaces and no others, or, if they could not be listed, nobody knows what others
   * there are.
   */
  retain(names: ReadonlySet<string>, areListed: boolean): void;
}

/** `reason`: why it could not be read over all of them. */
export function namespaceGaps(
  tables: Tables,
  resource: Pick<Resource<unknown>, 'plural'>,
  reason: string,
): NamespaceGaps {
  const {plural} = resource;
  const known = new Map<string, string | undefined>();
  let areListed = true;
  const show = (name: string, refusal: string | undefined): void => {
    clearGaps(tables, plural, name);
    if (!areListed) addGap(tables, outsideOf(resource, refusal === undefined ? name : '', reason));
    else if (refusal !== undefined) {
      addGap(tables, {resource: plural, namespace: name, reason: refusal});
    }
  };
  return {
    note(name, refusal) {
      known.set(name, refusal);
      show(name, refusal);
    },
    retain(names, areAll) {
      areListed = areAll;
      clearGaps(tables, plural, '');
      for (const [name, refusal] of known) {
        if (names.has(name)) show(name, refusal);
        else {
          known.delete(name);
          clearGaps(tables, plural, name);
        }
      }
    },
  };
}
