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
 * Refuses two objects of the same name one of which has no containers, or containers without images: that is a
 * patch, as in kustomize, and neither of the two is what gets applied. Throws a UserError with the line to type.
 */
export function refusePatches(one: DefinedObject, other: DefinedObject): void {
  const what = (['containers', 'images'] as const).find(
    part => hasAll(one.value)[part] !== hasAll(other.value)[part],
  );
  if (what === undefined) return;
  const [patch, whole] = hasAll(one.value)[what] ? [other, one] : [one, other];
  const [file = ''] = patch.where.split(': document ');
  throw new UserError(
    `${patch.where}: ${patch.label} has no ${what} and is defined in ${whole.where} too: ` +
      'one is a patch of the other, so these files are not what gets applied: ' +
      `kubectl kustomize ${dirname(file.replaceAll('\\', '/'))} | kubectl psp ... -f -`,
  );
}

/** What every whole pod has. */
function hasAll(object: JsonObject): Readonly<Record<'containers' | 'images', boolean>> {
  const {apiVersion, kind} = object;
  const path =
    kind === 'Pod'
      ? []
      : templatePath({apiVersion: String(apiVersion), kind: String(kind), templateAt: undefined});
  const containers = [...path, 'spec', 'containers'].reduce<Json | undefined>(
    (tree, key) => (isObject(tree) ? tree[key] : undefined),
    object,
  );
  const list = Array.isArray(containers) ? containers : [];
  return {
    containers: list.length > 0,
    images: list.every((each: Json) => isObject(each) && Boolean(each.image)),
  };
}
