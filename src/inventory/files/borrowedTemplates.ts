import {isObject, type JsonObject} from '../../kube/json.ts';
import {placeOf} from '../../kube/reference.ts';
import type {SourceObject} from './sourceObjects.ts';

/** The object whose pod template another one uses: an Argo Rollout may name a Deployment (`workloadRef`). */
export interface Lender {
  readonly kind: string;
  readonly name: string;
}

/** Whose template it uses; undefined if it names nobody. */
export function lenderOf({spec}: JsonObject): Lender | undefined {
  const reference = isObject(spec) ? spec.workloadRef : undefined;
  if (!isObject(reference)) return undefined;
  const {kind, name} = reference;
  return typeof kind === 'string' && typeof name === 'string' ? {kind, name} : undefined;
}

/** Tells whether an object's lender, in its own namespace, is among these. */
export function lendersAmong(
  objects: readonly SourceObject[],
  defaultNamespace: string,
): (lender: Lender, value: JsonObject) => boolean {
  const keyOf = ({kind, name}: Lender, {metadata}: JsonObject) => {
    const {namespace} = isObject(metadata) ? metadata : {};
    const home = typeof namespace === 'string' && namespace !== '' ? namespace : defaultNamespace;
    return `${kind} ${placeOf({namespace: home, name})}`;
  };
  const known = new Set(
    objects.map(({value}) => {
      const {kind, metadata} = value;
      const name = isObject(metadata) ? metadata.name : undefined;
      return keyOf({kind: String(kind), name: String(name)}, value);
    }),
  );
  return (lender, value) => known.has(keyOf(lender, value));
}
