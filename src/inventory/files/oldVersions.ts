import {isObject} from '../../kube/json.ts';
import {type Release, releaseName} from '../../kube/release.ts';
import type {StrictObject} from './unknownFieldRemarks.ts';

/** From which release on no server has an apiVersion that once held objects which are read (pkg/controlplane/instance.go). */
const goneFrom: Readonly<Record<string, Release>> = {
  'extensions/v1beta1': 16,
  'apps/v1beta1': 16,
  'apps/v1beta2': 16,
  'batch/v2alpha1': 21,
  'rbac.authorization.k8s.io/v1alpha1': 22,
  'rbac.authorization.k8s.io/v1beta1': 22,
};

/** Collects objects of an apiVersion that servers once had; those with a uid come from such a server. */
export function oldVersionNotes() {
  const found = new Map<string, StrictObject[]>();
  return {
    see(apiVersion: string, object: StrictObject, newest: string): void {
      const {value} = object;
      const isStored = isObject(value.metadata) && value.metadata.uid !== undefined;
      if (goneFrom[apiVersion] === undefined || isStored) return;
      const key = `${apiVersion} ${newest}`;
      found.set(key, [...(found.get(key) ?? []), object]);
    },
    /** One line for all of an apiVersion that should be of the same one now. */
    remarks: (): readonly string[] =>
      [...found].flatMap(([key, [first, ...more]]) => {
        const [apiVersion = '', newest] = key.split(' ');
        const release = goneFrom[apiVersion];
        if (first === undefined || release === undefined) return [];
        const rest = more.length === 0 ? '' : ` and ${more.length} more`;
        const from = releaseName(release);
        return [
          `${first.where}: ${first.label}${rest}: no server has it under ${apiVersion} from ${from} on: write ${newest}`,
        ];
      }),
  };
}
