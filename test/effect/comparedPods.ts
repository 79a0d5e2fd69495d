import {emptyInventory} from '../../src/inventory/inventory.ts';
import {type Item, templatesOf} from '../../src/inventory/submissions/items.ts';
import {isObject, type Json, type JsonObject} from '../../src/kube/json.ts';
import {decodePod} from '../../src/kube/pod.ts';

/** Pods as files have them, named p0, p1 and so on. */
export function itemsFrom(pods: readonly Json[]): readonly Item[] {
  return templatesOf({
    ...emptyInventory,
    pods: pods.map((raw, index) => {
      const spec = isObject(raw) ? raw : {};
      return decodePod({...spec, metadata: named(spec.metadata ?? {}, index)});
    }),
  });
}

function named(metadata: Json, index: number): Json {
  return {...(isObject(metadata) ? metadata : {}), name: `p${index}`, namespace: 'shop'};
}

/** A pod of one container c with this security context; `spec` and `annotations` of the pod. */
export function podOf(
  securityContext: JsonObject,
  {annotations, ...spec}: JsonObject = {},
): JsonObject {
  return {metadata: {annotations}, spec: {containers: [{name: 'c', securityContext}], ...spec}};
}
