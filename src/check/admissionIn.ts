import type {Inventory} from '../inventory/inventory.ts';
import {isByLabels} from '../inventory/regime.ts';
import {admissionOf, type CheckFinding} from './answerCheck.ts';
import {admissionFactsOf} from './checkFacts.ts';

/** What an inventory tells of the admission plugin; undefined where the labels of namespaces decide. */
export function admissionIn(inventory: Inventory): CheckFinding | undefined {
  if (isByLabels(inventory)) return undefined;
  return admissionOf({...admissionFactsOf(inventory), probe: undefined});
}
