import {isObject, type JsonObject} from '../../kube/json.ts';
import type {Policy} from '../../kube/objects.ts';
import {type NativeOptions, readOptions} from './options.ts';
import {findSources, policiesKey} from './sources.ts';

/** The objects have one name, whatever their kind. */
export const nativeName = 'kubectl-psp';
/** What names of objects from files end in (k8s.io/apiserver v0.37.2, pkg/admission/plugin/manifest). */
export const staticSuffix = '.static.k8s.io';
/** Where they keep what was asked for. */
export const optionsKey = 'psp.kubectl/options';

/** What the objects of a cluster say they were made from. */
export type FoundNative =
  | {
      readonly policies: readonly Policy[];
      /** As they were asked for; undefined if that can't be read. */
      readonly options: NativeOptions | undefined;
    }
  | {readonly problem: string};

/** The policies that objects of this program were made from; undefined if there are no such objects among these. */
export function policiesOfNativeObjects(objects: readonly JsonObject[]): FoundNative | undefined {
  for (const {kind, metadata} of objects) {
    if (kind !== 'ValidatingAdmissionPolicy' || !isObject(metadata)) continue;
    const {name, annotations: given} = metadata;
    if (name !== nativeName && name !== nativeName + staticSuffix) continue;
    const annotations = isObject(given) ? given : {};
    const found = findSources(annotations, objects);
    // Somebody took the annotation away: there are policies, and nobody knows which.
    if (found === undefined) return {problem: `it has no annotation ${policiesKey}`};
    if ('problem' in found) return found;
    return {policies: found.policies, options: readOptions(annotations[optionsKey])};
  }
  return undefined;
}
