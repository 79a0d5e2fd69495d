import type {JsonObject} from '../../kube/json.ts';
import {unknownFields} from '../../kube/unknownFields.ts';

/** This many unknown fields are reported one by one. */
const shown = 20;

/** An object of a kind whose fields are known. */
export interface StrictObject {
  /** `FILE: document 2, line 10`. */
  readonly where: string;
  readonly label: string;
  readonly kind: string;
  readonly value: JsonObject;
}

/** What kubectl's strict validation would find: fields that the API server drops in silence. */
export function unknownFieldRemarks(objects: readonly StrictObject[]): readonly string[] {
  const remarks = objects.flatMap(({where, label, kind, value}) =>
    unknownFields(kind, value).map(({path, near}) => {
      const hint = near === undefined ? '' : `: did you mean ${JSON.stringify(near)}?`;
      return `${where}: ${label}: unknown field ${JSON.stringify(path)}${hint}`;
    }),
  );
  const more = remarks.length - shown;
  return [
    ...remarks.slice(0, shown),
    ...(more > 0 ? [`${more} more unknown ${more === 1 ? 'field' : 'fields'}`] : []),
  ];
}
