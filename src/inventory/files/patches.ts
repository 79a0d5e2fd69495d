import {dirname} from 'node:path/posix';
import {UserError} from '../../errors.ts';
import {isObject, type Json, type JsonObject} from '../../kube/json.ts';
import {templatePath} from '../kinds/workloads.ts';

/** A pod or a workload in a file. */
export interface DefinedObject {
  /** `FILE: document 2, line 10`. */
  readonly where: string;
  readonly label: string;
  readonly value: JsonObject;
}

/**
 * Refuses two objects of the same name one of which has no containers: that is a patch, as in kustomize,
 * and neither of the two is what gets applied. Throws a UserError with the line to type.
 */
export function refusePatches(one: DefinedObject, other: DefinedObject): void {
  if (hasContainers(one.value) === hasContainers(other.value)) return;
  const [patch, whole] = hasContainers(one.value) ? [other, one] : [one, other];
  const [file = ''] = patch.where.split(': document ');
  throw new UserError(
    `${patch.where}: ${patch.label} has no containers and is defined in ${whole.where} too: ` +
      'one is a patch of the other, so these files are not what gets applied: ' +
      `kubectl kustomize ${dirname(file.replaceAll('\\', '/'))} | kubectl psp ... -f -`,
  );
}

function hasContainers(object: JsonObject): boolean {
  const {apiVersion, kind} = object;
  const path =
    kind === 'Pod'
      ? []
      : templatePath({apiVersion: String(apiVersion), kind: String(kind), templateAt: undefined});
  const containers = [...path, 'spec', 'containers'].reduce<Json | undefined>(
    (tree, key) => (isObject(tree) ? tree[key] : undefined),
    object,
  );
  return Array.isArray(containers) && containers.length > 0;
}
