import {isObject, type Json, type JsonObject} from '../../kube/json.ts';
import type {Policy} from '../../kube/objects.ts';
import {minorOf} from '../../kube/release.ts';
import {type NativeOptions, readOptions} from './options.ts';
import {findSources, policiesKey} from './sources.ts';

/** The objects have one name, whatever their kind. */
export const nativeName = 'kubectl-psp';
/** What names of objects from files end in (k8s.io/apiserver v0.37.2, pkg/admission/plugin/manifest). */
export const staticSuffix = '.static.k8s.io';
/** The first version that reads admission policies from files by default (pkg/features/kube_features.go, v1.37). */
const firstWithFiles = 37;

/** Whether a server may have admission policies that no API shows. */
export function mayReadFiles(version: string | undefined): boolean {
  return (minorOf(version) ?? 0) >= firstWithFiles;
}

/** The names that they can have, which a name of the cluster is compared with. */
const ownNames: readonly (Json | undefined)[] = [nativeName, nativeName + staticSuffix];
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
  const [first, ...others] = objects.flatMap(({kind, metadata}) =>
    kind === 'ValidatingAdmissionPolicy' && isObject(metadata) && ownNames.includes(metadata.name)
      ? [metadata]
      : [],
  );
  if (first === undefined) return undefined;
  if (others.length > 0) return {problem: 'there are two of them, one in files of the server'};
  const annotations = isObject(first.annotations) ? first.annotations : {};
  const found = findSources(annotations, objects);
  // Somebody took the annotation away: there are policies, and nobody knows which.
  if (found === undefined)
    return {
      problem: `ValidatingAdmissionPolicy ${String(first.name)} has no annotation ${policiesKey}`,
    };
  if ('problem' in found) return found;
  return {policies: found.policies, options: readOptions(annotations[optionsKey])};
}
