import type {Gap} from '../inventory/inventory.ts';
import {printJson} from '../kube/json.ts';
import {escapeJson} from './escape.ts';

const outputVersion = 'psp.kubectl/v1alpha1';

/** A versioned document of machine output. `gaps` are there if something could not be read. */
export function document(kind: string, items: readonly object[], gaps: readonly Gap[]): object {
  return {apiVersion: outputVersion, kind, items, gaps: gaps.length > 0 ? gaps : undefined};
}

/** A document as JSON text; what a terminal would act on is written as an escape. */
export function jsonText(answer: object): string {
  return `${escapeJson(printJson(answer, 2))}\n`;
}
